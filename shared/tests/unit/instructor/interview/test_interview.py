"""Interview sheets: what the rules find, what is drawn, the timeline of the pushes, and code that is hostile to reading."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from classroom.core.assignment import Assignment, weeks
from classroom.core.errors import CouldNotCheck, UsageError
from classroom.core.receipts import RECEIVED
from classroom.core.result import Result
from classroom.core.submission import Submission, submissions
from classroom.instructor.grading.evidence import Evidence, write_evidence
from classroom.instructor.grading.similarity import Starter
from classroom.instructor.interview import scorecards
from classroom.instructor.interview import timeline as timelines
from classroom.instructor.interview.constructs import KINDS
from classroom.instructor.interview.find import find_all
from classroom.instructor.interview.interviews import Interviews
from classroom.instructor.interview.limited import LimitedProcess
from classroom.instructor.interview.rules import Rule, read_rules, rules_file
from classroom.instructor.interview.sheet import QUESTIONS, draw
from classroom.instructor.interview.timeline import timeline
from classroom.instructor.proof import questions

WEEKS = weeks(Path(__file__).resolve().parents[5])
CODE = """
import os


@app.get("/a", tags=["x"])
async def read(a: int, b: Literal["x"] = "x"):
    global seen
    with session.begin() as one:
        found = [x for x in one.scalars(select(A)) if x is None]
    for x in found:
        del x
    try:
        return f"{a}"
    except (KeyError, errors.Gone):
        raise HTTPException(404)
    yield lambda: 1


class Out(BaseModel):
    pass
"""
SORTED = """\
about = "Sorts nothing, and changes nothing."

[[edit]]
file = "app/main.py"
find = 'return {"double"'
replace = 'sorted([]); return {"double"'
"""
EACH_KIND = {
    "call:one.scalars": 9,
    "raise:HTTPException": 15,
    "except:Gone": 14,
    "decorator:app.get": 5,
    "with:session.begin": 8,
    "keyword:tags": 5,
    "class:BaseModel": 19,
    "parameter:a": 6,
    "type:Literal": 6,
    "compare:Is": 9,
    "function:read": 6,
    "async": 6,
    "comprehension": 9,
    "lambda": 16,
    "loop": 10,
    "return": 13,
    "yield": 16,
    "fstring": 13,
    "global:seen": None,
    "global": 7,
    "delete": 11,
}


def rule(python="", sql="", name="it", task=1):
    """A rule with a question."""
    return Rule(name, task, "Line {line} in {function} of {file}: {found}?", "That.", python, sql)


def found_lines(one, text, file="app/main.py"):
    """The lines in which a rule finds something."""
    every = set(range(1, text.count("\n") + 2))
    return [found.line for found in find_all([one], {file: text}, {file: every}).found]


@pytest.mark.parametrize("construct", EACH_KIND)
def test_each_kind_of_construct_is_found(construct):
    """A construct is found by its kind and the end of its name, at its line."""
    line = EACH_KIND[construct]

    assert found_lines(rule(construct), CODE) == ([] if line is None else [line])


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("class", "class A:\n    pass\n"),
        ("raise", "raise\n"),
        ("except", "try:\n    f()\nexcept* OSError:\n    pass\n"),
    ],
)
def test_kind_alone_finds_any_of_it(kind, text):
    """Without a name every construct of a kind is found, also one that has none."""
    assert len(found_lines(rule(kind), text)) == 1


def test_every_kind_has_an_example():
    """The examples above name every kind but `if`, whose rule is like that of `loop`."""
    assert {construct.partition(":")[0] for construct in EACH_KIND} | {"if"} == set(KINDS)


def test_only_the_students_own_lines_are_asked_about():
    """Constructs in other lines are not found, in Python or SQL."""
    reading = find_all([rule("return"), rule(sql="select", name="sql")], {"app/a.py": CODE}, {"app/a.py": {9}})

    assert [(one.rule, one.line, one.function) for one in reading.found] == [("sql", 9, "")]


HOSTILE = {
    "nested": "x = " + "(" * 100_000 + ")" * 100_000,
    "unary": "x = " + "-" * 150_000 + "1",
    "attributes": "x = a" + ".b" * 90_000,
    "brackets": "f(" * 50_000,
    "zero": "x = '\0'",
    "surrogates": "x = '\udcff'",
    "not Python": "return to sender",
    "huge": "x = 1\n" * 100_000,
    "braces": "f'" + "{" * 5_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_file_that_python_cannot_read_is_named(text):
    """What cannot be read ends as a sentence about its file, and other files are still read."""
    files = {"app/bad.py": text, "app/good.py": "def f():\n    return 1\n"}

    reading = find_all([rule("return")], files, {name: {1, 2} for name in files})

    assert [one.file for one in reading.found] == ["app/good.py"]
    assert len(reading.problems) == 1
    assert reading.problems[0].startswith("app/bad.py")


@pytest.mark.parametrize(("function", "argument"), [(time.sleep, 60), (os._exit, 1)], ids=["slow", "crash"])
def test_call_that_does_not_end_is_ended(function, argument):
    """A process that hangs or crashes is abandoned at its time limit, and the next call works."""
    with LimitedProcess(0.5) as process, pytest.raises(CouldNotCheck, match="not finished"):
        process.call(function, argument)
    with LimitedProcess(30) as process:
        assert process.call(abs, -1) == 1


def test_lines_of_the_course_are_known_in_another_process():
    """A line with the words of a course's page is nobody's own, also in the process that reads submissions."""
    page = "found = [item for item in items if item.price is None]"
    files = {"app/main.py": f"{page}  # and more\nmine = 1\n"}
    starter = Starter({}, {"README.md": f"Write `{page}` there."})

    with LimitedProcess(60) as process:
        assert process.call(starter.own_lines, files) == starter.own_lines(files) == {"app/main.py": {2}}


def test_process_starts_under_a_lower_limit(tmp_path):
    """Where memory is limited already, by less than the limit of ours, code is read under that limit."""
    program = tmp_path / "program.py"
    program.write_text(
        "import resource\nfrom classroom.instructor.interview.limited import LimitedProcess\n"
        "if __name__ == '__main__':\n    resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000,) * 2)\n"
        "    with LimitedProcess(60) as process:\n        print(process.call(abs, -1))\n"
    )

    done = subprocess.run([sys.executable, program], capture_output=True, text=True, timeout=120, check=False)

    assert done.stdout == "1\n", done.stderr


def test_draw_is_repeatable_and_of_many_tasks():
    """The same seed draws the same five, of different tasks if there are as many, another seed others."""
    rules = [rule("return", name=f"r{number}", task=number % 6) for number in range(12)]
    found = [one for each in rules for one in find_all([each], {"a.py": CODE}, {"a.py": {13}}).found]

    drawn = draw(rules, found, "1")

    assert drawn == draw(rules, found, "1")
    assert len({question.rule.task for question in drawn}) == QUESTIONS
    assert any(drawn != draw(rules, found, str(seed)) for seed in range(2, 9))
    assert drawn[0].text == r"Line 13 in read of a.py: Return?"


def git(folder, *words):
    """What git says."""
    options = (
        "-c",
        "user.name=x",
        "-c",
        "user.email=x@y",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "init.defaultBranch=main",
    )
    return subprocess.run(
        ["git", *options, *words], cwd=folder, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def handed(tmp_path, assignment):
    """A bare repository of ada with two pushes after the handout, a folder of bob, and the results of both."""
    work, bare = tmp_path / "work", tmp_path / "all" / "hw-one-ada.git"
    (work / "app").mkdir(parents=True)
    git(work, "init", "--quiet")
    commits = []
    for text in ("", "a = 1\nb = 2\n", "def f():\n    return 1\n"):
        (work / "app/main.py").write_text(text)
        git(work, "add", ".")
        git(work, "commit", "--quiet", "--message", "x")
        commits.append(git(work, "rev-parse", "HEAD"))
    git(tmp_path, "clone", "--quiet", "--bare", work, bare)
    rows = (f"2026-11-0{number}T10:00:00+00:00 refs/heads/main {commit}\n" for number, commit in enumerate(commits, 1))
    (bare / RECEIVED).write_text("".join(rows))
    (tmp_path / "all/bob/app").mkdir(parents=True)
    (tmp_path / "all/bob/app/main.py").write_text("def g():\n    return `2`  # *bold* <b>\n" * 3)
    rules_file(assignment).write_text(
        '[[question]]\nname = "r"\ntask = 1\npython = "return"\nask = "Why line {line}?"\ngood = "So."\n'
    )
    out = tmp_path / "the grades"
    (out / "results").mkdir(parents=True)
    ada = Result(assignment.name, "ada", "graded", 70, 100, commit=commits[2])
    for result in (ada, replace(ada, submission="bob", commit=None), replace(ada, submission="eve", status="missing")):
        (out / "results" / f"{result.submission}.json").write_text(result.to_json())
    settings = {"submissions": str(tmp_path / "all"), "slug": "hw-one", "timezone": "Europe/Berlin"}
    (out / "grading.json").write_text(json.dumps(settings))
    files = {"ada": "def f():\n    return 1\n", "bob": (tmp_path / "all/bob/app/main.py").read_text()}
    for name, text in files.items():
        kept = Evidence(fingerprint="1", files=(("app/main.py", text),))
        write_evidence(out / f"code/{name}.json", kept)
    students = {
        "ada": {"username": "ada", "identifier": "Ada Lovelace"},
        "eve": {"username": "eve", "name": "Eve Gone"},
    }
    (out / "students.json").write_text(json.dumps(students))
    return out


def test_timeline_has_pushes_with_sizes_and_scores(handed, assignment):
    """Each push has the time at which it was received, the lines of its commits, and its score if it is known."""
    (bob, ada) = submissions(handed.parent / "all", assignment)

    pushes = timeline(ada, {ada.commit: 70}).pushes

    assert [(f"{push.at:%d}", push.added, push.removed, push.score, push.why) for push in pushes] == [
        ("01", 0, 0, None, "handed out"),
        ("02", 2, 0, None, ""),
        ("03", 2, 2, 70, ""),
    ]
    assert "not a repository" in timeline(bob, {}).remark


def push(handed, commit, day):
    """Point the branch of ada's repository to a commit of the work, as a push with `--force` does."""
    bare = handed.parent / "all/hw-one-ada.git"
    git(bare, "fetch", "--quiet", str(handed.parent / "work"), f"+{commit}:main")
    with (bare / RECEIVED).open("a") as file:
        file.write(f"2026-11-0{day}T10:00:00+00:00 refs/heads/main {git(bare, 'rev-parse', 'main')}\n")
    return bare


def sizes(bare):
    """Return what the timeline says of each push."""
    pushes = timeline(Submission("ada", bare, bare=True), {}).pushes
    return [(push.commits, push.added, push.removed, push.why) for push in pushes]


def test_push_that_replaced_commits_is_compared_with_the_one_before(handed):
    """After a force push only what the student has changed counts, not the handout below it."""
    work = handed.parent / "work"
    (work / "app/main.py").write_text("def f():\n    return 2\n")
    git(work, "commit", "--quiet", "--amend", "--all", "--message", "y")

    assert sizes(push(handed, "HEAD", 4)) == [
        (0, 0, 0, "handed out"),
        (1, 2, 0, ""),
        (0, 2, 2, "no longer on the branch"),
        (1, 1, 1, ""),
    ]


def test_push_back_to_the_handout_removes_lines(handed):
    """A force push to an earlier commit brings none, and the handout has no points even if that commit was graded."""
    work = handed.parent / "work"
    handout = git(work, "rev-parse", "HEAD~2")
    bare = push(handed, handout, 4)

    assert sizes(bare)[3] == (0, 0, 2, "back to an earlier commit")
    found = timeline(Submission("ada", bare, bare=True), {handout: 30}).pushes
    assert [each.score for each in found] == [None, None, None, 30]


def test_sheets_are_written_for_who_has_handed_in(handed, assignment, tmp_path):
    """Each sheet has the pushes and questions with lines and answers; hostile code costs its questions alone."""
    interviews = Interviews(handed, assignment)

    written = interviews.write(tmp_path / "sheets")

    assert [path.name for path in written] == ["ada.md", "bob.md"]
    assert interviews.left_out == {"Eve Gone (eve)": "no submission"}
    ada, bob = (path.read_text(encoding="utf-8") for path in written)
    assert ada.startswith("# Ada Lovelace (ada): Tiny\n\n70 of 100 points, commit ")
    assert "| time (Europe/Berlin) |" in ada
    assert "| 2026-11-03 11:00 |" in ada
    assert "**Why line 2?**\n\nA good answer mentions: So." in ada
    assert "suspicion" not in ada
    assert "Only 1 of the week's questions fits this student's code." in ada
    assert "None of the week's questions fit this student's code." in bob
    assert "app/main.py, line 2 cannot be read as Python, or is too long." in bob


def test_sheet_has_the_scores_of_earlier_gradings(handed, assignment, tmp_path):
    """A push has the score of its last grading, which an attempt of the same commit does not replace."""
    first, *_ = git(handed.parent / "work", "log", "--reverse", "--format=%H").splitlines()[1:]
    ada = Result.from_json((handed / "results/ada.json").read_text())
    kept = {"attempts/ada.x": 5, "attempts/bob.x": 6, "earlier/ada.1.33": 33}
    for name, score in kept.items():
        (handed / name).parent.mkdir(exist_ok=True)
        one = replace(ada, submission=name.split("/")[1].split(".")[0], commit=first, score=score)
        (handed / f"{name}.json").write_text(one.to_json())

    (path,) = Interviews(handed, assignment).write(tmp_path, "ada")

    rows = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("| 2026")]
    assert [row.split("|")[-2].strip() for row in rows] == ["", "33", "70"]


def test_questions_are_about_the_code_that_was_graded(handed, assignment, tmp_path):
    """A line is asked about as it was graded and numbered there, whatever was submitted later and however long lines are."""
    text = f"data = '{'x' * 3000}\f'\ndef f():\n    return 1\n"
    write_evidence(handed / "code/bob.json", Evidence(fingerprint="1", files=(("app/main.py", text),)))
    (handed / "code/ada.json").unlink()

    ada, bob = (path.read_text(encoding="utf-8") for path in Interviews(handed, assignment).write(tmp_path))

    assert "**Why line 3?**" in bob
    assert "grade again to keep it there" in ada


def test_sheet_about_a_submission_that_was_not_graded(handed, assignment, tmp_path):
    """Of an excused student whose work was never graded, only the history is shown."""
    bob = json.loads((handed / "results/bob.json").read_text()) | {"status": "excused", "score": None}
    (handed / "results/bob.json").write_text(json.dumps(bob))
    (handed / "code/bob.json").unlink()

    (path,) = Interviews(handed, assignment).write(tmp_path, "bob")

    assert "Nothing was graded, so there is no code to ask about." in path.read_text(encoding="utf-8")


def test_score_on_a_branch_that_a_student_can_push_is_not_shown(handed, assignment):
    """The results of the grading come first, and a branch `feedback` says nothing where pushes are not recorded."""
    (_, ada) = submissions(handed.parent / "all", assignment)
    work = handed.parent / "work"
    git(work, "checkout", "--quiet", "--orphan", "feedback")
    (work / "SCORECARD.md").write_text(f"**99 of 100 points**\n\nGraded now, commit {ada.commit}\n")
    git(work, "add", ".")
    git(work, "commit", "--quiet", "--message", "x")
    git(work, "push", "--quiet", str(ada.path), "feedback")

    assert timeline(ada, {}).pushes[-1].score == 99
    assert timeline(ada, {ada.commit: 70}).pushes[-1].score == 70
    (ada.path / RECEIVED).unlink()
    assert [push.score for push in timeline(ada, {}).pushes] == [None] * 3


def test_commits_and_scorecards_are_read_once(handed, assignment, monkeypatch):
    """What a commit says never changes, so git is not asked again about the same one."""
    (_, ada) = submissions(handed.parent / "all", assignment)
    found = timeline(ada, {})
    for module in (timelines, scorecards):
        monkeypatch.setattr(module, "git", None)

    assert timeline(ada, {}) == found


def test_one_sheet_by_name_and_clear_refusals(handed, assignment, tmp_path):
    """A student is named by username or identifier; an unknown student, or one without a submission, is rejected."""
    interviews = Interviews(handed, assignment)

    assert [path.name for path in interviews.write(tmp_path, "ada lovelace")] == ["ada.md"]
    with pytest.raises(UsageError, match="There is no result for zoe in"):
        interviews.write(tmp_path, "zoe")
    with pytest.raises(UsageError, match="nothing to ask eve: no submission"):
        interviews.write(tmp_path, "eve")
    with pytest.raises(UsageError, match="give their folder with --submissions"):
        Interviews(handed, assignment, tmp_path / "gone")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("task = 1", "task = 99", "needs `task`, the number of one of the week's tasks"),
        ("python =", "pyton =", "has the unknown entry 'pyton'"),
        ('"return"', '"retrun"', "'retrun' is not a construct"),
        ('python = "return"', 'sql = "("', "is not a regular expression"),
        ('good = "So."', "", "needs `good`, a string"),
        ("[[question]]", "[[question]", "cannot be read"),
        ("[[question]]", "[[questions]]", "has the unknown entry 'questions' (known: question)"),
    ],
)
def test_rule_that_is_wrong_is_named(old, new, said, handed, assignment):
    """A mistake in questions.toml is named with its question."""
    path = rules_file(assignment)
    path.write_text(path.read_text().replace(old, new))

    with pytest.raises(UsageError, match=r"questions\.toml") as caught:
        read_rules(assignment)
    assert said in str(caught.value)


def test_question_that_finds_nothing_is_a_problem(handed, assignment):
    """`verify` names a question that neither the solution nor another right answer gives a reason for."""
    rules_file(assignment).write_text(rules_file(assignment).read_text().replace('"return"', '"delete"'))

    few, nothing = questions.problems(assignment)

    assert "has 1 questions: a class needs at least 12" in few
    assert "the question r finds nothing in the solution" in nothing


def test_question_about_an_edit_of_a_right_answer_finds_it(handed, assignment):
    """A right answer that is described by its edits only is searched as well."""
    rules_file(assignment).write_text(rules_file(assignment).read_text().replace('"return"', '"call:sorted"'))
    path = assignment.folder / "grading/right/sorted.toml"
    path.write_text(SORTED, encoding="utf-8")

    (few,) = questions.problems(assignment)

    assert "has 1 questions" in few


@pytest.mark.parametrize("number", WEEKS)
def test_each_week_has_questions_that_find_something(number):
    """Each week has at least twelve questions, and each of them finds something in a right answer."""
    week = Assignment.load(WEEKS[number])

    assert rules_file(week).is_file()
    assert [*questions.problems(week)] == []
