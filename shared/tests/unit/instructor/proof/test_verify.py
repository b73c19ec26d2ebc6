"""The course proves itself: a flaw of a case, a check or a text is found and named."""

import re
import shutil
from collections import Counter

import pytest
from classroom.cli.instructor.grading import _chosen
from classroom.cli.instructor.proof_report import ProofReport
from classroom.core.assignment import Assignment
from classroom.core.errors import UsageError
from classroom.instructor.proof import readme_shell
from classroom.instructor.proof.cases import cases
from classroom.instructor.proof.consistency import problems, unwritten
from classroom.instructor.proof.readme_examples import problems as untrue
from classroom.instructor.proof.slips import read_slips
from classroom.instructor.proof.verify import Proof, verify


def test_sound_week_has_no_problems(assignment):
    """A week whose every case holds is proven, and every case was graded."""
    proof = verify(assignment)

    assert proof.problems == []
    assert dict(proof.kinds) == {
        "starter": 1,
        "solution": 1,
        "right": 1,
        "wrong": 6,
        "prefix": 2,
        "without": 2,
        "degenerate": 8,
    }
    assert proof.visible == {2: (6, 5), 3: (1, 1)}


@pytest.mark.long
def test_slowest_check_is_named(assignment):
    """A slow check shows in the proof, with the answer that took so long."""
    path = next((assignment.folder / "tests").glob("test_*.py"))
    slow = "    __import__('time').sleep(0.3)\n    number = draw"
    path.write_text(path.read_text(encoding="utf-8").replace("    number = draw", slow), encoding="utf-8")

    seconds, name = verify(assignment, only="solution").slowest

    assert (seconds >= 0.3, name) == (True, "double (solution)")


@pytest.mark.long
def test_what_this_machine_cannot_prove_is_no_problem_and_is_told(assignment, monkeypatch):
    """A README that cannot be run here is named next to the problems, but is not one."""
    monkeypatch.setattr(readme_shell, "skip_reason", lambda week: f"{week.name} was not walked through.")

    proof = verify(assignment, sample=1)

    assert (proof.problems, proof.left_out) == ([], ["week1-tiny was not walked through."])


def test_extras_are_verified_after_their_week_and_sampled(course, extra, monkeypatch):
    """Without a name every week and extra is verified; of the extras, a sample has as many as of each kind of answer."""
    shutil.copytree(extra, extra.with_name("again"))
    monkeypatch.chdir(course)

    names = {sample: [one.name for one in _chosen(None, sample, seed=2)] for sample in (None, 1, 3)}

    assert names[None] == names[3] == ["week1-tiny", "again", "more"]
    assert names[1] in (["week1-tiny", "again"], ["week1-tiny", "more"])
    assert [one.name for one in _chosen("more")] == ["more"]


@pytest.mark.parametrize(
    ("name", "problem"), [("more", None), ("7", "must be lowercase words"), ("week1-tiny", "has the same name as")]
)
def test_extra_that_its_name_does_not_lead_to_is_a_problem(week, extra, name, problem):
    """An extra cannot have the name of a week or another extra, nor one that is read as a number."""
    extra = extra.rename(extra.with_name(name))

    found = [text for text in problems(Assignment.load(extra)) if "name" in text]

    assert [problem in text for text in found] == ([True] if problem else [])


FLAWS = {
    "a wrong answer that loses more than it says": (
        ("grading/wrong/no_type.toml", "loses = [2, 3]", "loses = [2]"),
        "wrong/no_type",
        r"wrong/no_type .*loses task 3, which it does not name",
    ),
    "a wrong answer that loses less than it says": (
        ("grading/wrong/off_by_1.toml", "loses = [2]", "loses = [2, 3]"),
        "wrong/off_by_1",
        r"wrong/off_by_1 .*keeps all points of task 3",
    ),
    "a wrong answer that only hidden checks show": (
        ("grading/wrong/absolute.toml", "hidden_only = true", ""),
        "wrong/absolute",
        r"wrong/absolute .*green on the visible checks",
    ),
    "a right answer that loses": (
        (
            "grading/right/async_handler.toml",
            'replace = "async def double("',
            'replace = "def twice("\n[[edit]]\nfile = "app/main.py"\nfind = "2 *"\nreplace = "3 *"',
        ),
        "right/async_handler",
        r"right/async_handler loses task 2",
    ),
    "a starter that earns": (
        (
            "app/main.py",
            'raise NotImplementedError("TODO 2: return twice the number")',
            "if number: return {'double': 2 * int(number)}\n    raise NotImplementedError('TODO 2: twice')",
        ),
        "starter",
        r"starter: task 2 earns 60 on the untouched starter",
    ),
    "a check that stumbles over an answer": (
        (
            "tests/test_tiny.py",
            'expect(client.get(f"/double/{number}")).ok({"double": 2 * number})',
            'assert client.get(f"/double/{number}").json["double"] == 2 * number',
        ),
        "starter",
        r"starter: the check double raised an error itself: KeyError",
    ),
    "a check that stands on a later task": (
        (
            "tests/test_tiny.py",
            "    number = draw",
            '    expect(client.get("/double/x")).refused(422)\n    number = draw',
        ),
        "prefix/2",
        r"prefix/2 loses task 2, whose `needs` do not name an undone task: double",
    ),
    "a task that stands on another and does not say so": (
        ("assignment.toml", "needs = [2]", ""),
        "without/2",
        r"without/2 loses task 3, whose `needs` do not name an undone task: word_is_refused \(skipped\)",
    ),
    "an undone task that passes": (
        ("grading/undone/3.toml", 'replace = "def double(number):"', 'replace = "def double(number: int):"'),
        "without/3",
        r"without/3 passes task 3, which is undone",
    ),
    "points that an undone task is said to keep": (
        ("grading/undone/3.toml", "about", "keeps = 5\nabout"),
        "without/3",
        r"without/3: task 3 is undone and earns 0, not 5",
    ),
}


@pytest.mark.parametrize("name", FLAWS)
def test_flaw_of_a_case_is_found(week, name):
    """A case that is not what it claims to be is named with its file."""
    (path, old, new), case, told = FLAWS[name]
    text = (week / path).read_text()
    assert old in text
    (week / path).write_text(text.replace(old, new))

    proof = verify(Assignment.load(week), only=case)

    assert proof.graded == 1
    assert any(re.search(told, problem) for problem in proof.problems)


@pytest.mark.long
def test_flaw_of_the_solution_is_told_alone(week):
    """If the solution loses points, what follows for the other answers is not told as well."""
    path = week / "tests/test_tiny.py"
    path.write_text(path.read_text(encoding="utf-8").replace("2 * number}", "3 * number}"), encoding="utf-8")

    proof = verify(Assignment.load(week), sample=1)

    (problem,) = proof.problems
    assert problem.startswith("week1-tiny: solution loses task 2: double (fail): ")
    assert proof.left_out[0].startswith("the other answers are compared once the solution earns all points")


@pytest.mark.long
def test_misspelled_fixture_is_one_sentence(week):
    """A check whose parameter no fixture has the name of is named with its file and a close name, and told once."""
    path = week / "tests/test_tiny.py"
    path.write_text(
        path.read_text(encoding="utf-8").replace("test_double(client", "test_double(clinet"), encoding="utf-8"
    )

    (problem,) = verify(Assignment.load(week), sample=1).problems

    assert problem == (
        "week1-tiny: solution could not be graded: task 2 could not be checked: the check itself failed:"
        " tests/test_tiny.py: there is no fixture 'clinet'; did you mean 'client'?"
    )


def test_report_counts_in_words_that_fit(assignment, capsys):
    """One problem is not "1 problems", and three slips are not "3 slip"."""
    report = ProofReport(verbose=False)

    report.end(
        Proof(assignment, problems=["A title is missing."], kinds=Counter(prefix=2, slip=3, right=2, solution=1))
    )

    first, _ = capsys.readouterr().out.splitlines()
    assert "week1-tiny: 2 prefixes, 3 slips, 2 right, 1 solution, in" in first
    assert first.endswith(": 1 problem")


TEXTS = {
    "README.md": (
        "## 2. Double",
        "## 2. Twice",
        r"README\.md's heading for task 2 differs from the title in assignment\.toml: '2\. Double'",
    ),
    "HINTS.md": ("## 3. No words", "## 4. No words", r"HINTS\.md has no hint under '## 3\. No words'"),
    "app/main.py": ("# TODO 3: refuse", "# refuse", r"task 3 has no TODO 3 in the starter"),
    "grading/hidden/test_more.py": ("@task(3)", "@task(2)", r"task 3 has no hidden check"),
    "tests/test_tiny.py": (
        '    """GET /double/{number} returns twice the number."""\n',
        "",
        r"test_double has no docstring",
    ),
    "grading/solution/app/main.py": (
        '"world"',
        '"moon"',
        r"differs from the starter's app/main\.py, line \d+, which has no TODO",
    ),
    "assignment.toml": ("points = 60", "points = 50", r"add up to 90, not 100"),
}


@pytest.mark.parametrize("path", TEXTS)
def test_text_that_does_not_fit_is_found(week, path):
    """A number that is missing in one of the places is found, and the file is named."""
    old, new, told = TEXTS[path]
    text = (week / path).read_text()
    assert old in text
    (week / path).write_text(text.replace(old, new, 1))

    found = problems(Assignment.load(week))

    assert any(re.search(told, problem) for problem in found)


def test_task_that_the_readme_does_not_say_it_builds_on_is_found(week):
    """A task whose `needs` are not in the first line of its section is found, and the section is named."""
    path = week / "assignment.toml"
    path.write_text(path.read_text().replace('title = "Double"', 'title = "Double"\nneeds = [1]'))

    (problem,) = problems(Assignment.load(week))

    assert problem.endswith("README.md: the section '## 2. Double' must begin with the line 'Builds on task 1.'.")


def test_task_that_was_removed_is_named_where_it_is_left(course, week):
    """Sections, a file that undoes it, and the course's row are named if assignment.toml has no such task."""
    for name in ("README.md", "HINTS.md"):
        with (week / name).open("a", encoding="utf-8") as file:
            file.write("\n## 4. Count jobs\n\nAll of them.\n")
    (week / "grading/undone/4.toml").touch()
    (course / "README.md").write_text("| [1](week1-tiny/README.md) | **Tiny** | 4 | 1 hour |\n", encoding="utf-8")

    found = [problem.replace("\\", "/") for problem in problems(Assignment.load(week))]

    assert [problem.removeprefix(f"{course.as_posix()}/") for problem in found] == [
        "week1-tiny/README.md has the section '## 4. Count jobs', but assignment.toml has no task 4: remove it.",
        "week1-tiny/HINTS.md has the section '## 4. Count jobs', but assignment.toml has no task 4: remove it.",
        "week1-tiny/grading/undone/4.toml undoes task 4, which assignment.toml does not have: remove it.",
        "README.md: the row for week1-tiny says 4 tasks, but assignment.toml has 3.",
    ]


@pytest.mark.parametrize(
    ("path", "entries", "entry"),
    [
        ("wrong", "loses = [5]", "loses"),
        ("wrong", "loses = [2]\nmay_lose = [5]", "may_lose"),
        ("slips", 'task = 5\nshows = ["x"]', "task"),
    ],
)
def test_case_of_a_task_that_was_removed_is_named(week, path, entries, entry):
    """A case that names a task which the week does not have is reported with its number."""
    (week / "grading" / path).mkdir(exist_ok=True)
    (week / f"grading/{path}/left.toml").write_text(f'about = "x"\n{entries}\n', encoding="utf-8")

    with pytest.raises(UsageError, match=rf"left\.toml: `{entry}` names task 5, which assignment\.toml does not have"):
        cases(Assignment.load(week)) + read_slips(Assignment.load(week))


def test_points_that_a_section_says_are_compared(week):
    """A line with a task's points says what assignment.toml says."""
    path = week / "README.md"
    text = path.read_text(encoding="utf-8")
    told = "the section '## 2. Double' says 50 points, but assignment.toml says 60."

    path.write_text(text.replace("## 2. Double\n", "## 2. Double\n\n*60 points.*\n"), encoding="utf-8")
    assert problems(Assignment.load(week)) == []

    path.write_text(text.replace("## 2. Double\n", "## 2. Double\n\n*50 points.*\n"), encoding="utf-8")
    assert [problem for problem in problems(Assignment.load(week)) if problem.endswith(told)]


def test_texts_of_other_programs_are_not_counted(week):
    """What is in an environment or another hidden folder of a week is not a text of the week."""
    (week / ".venv/lib").mkdir(parents=True)
    (week / ".venv/lib/README.md").write_text("AUTHOR: somebody else\n", encoding="utf-8")

    assert unwritten(Assignment.load(week)) == []


def test_todo_in_a_docstring_is_found(week):
    """A TODO in a docstring would turn up in the API's own description."""
    path = week / "app/main.py"
    path.write_text(path.read_text().replace("    # TODO 2", '    """TODO 2: twice."""\n    # TODO 2'))

    assert any("TODO in a docstring" in problem for problem in problems(Assignment.load(week)))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            '{"double":8}',
            '{"double":9}',
            r"line 13: the response is \{\"double\":8\}, the README shows \{\"double\":9\}",
        ),
        ('\n\n{"double":8}', "\n...", r"line 13: the response is .*, the README shows no body: .*after a blank line"),
        ("200 OK", "404 Not Found", r"line 13: the status is 200"),
        ("/double/4", "/double/5", r'the response is \{"double":10\}'),
        ("curl -i ", "curl -i --compressed ", r"line 13: only a curl with one address and the options"),
    ],
)
def test_readme_example_that_is_not_true_is_found(week, old, new, told):
    """An example request with a different response is named with its line."""
    path = week / "README.md"
    path.write_text(path.read_text().replace(old, new))

    (problem,) = untrue(Assignment.load(week))

    assert re.search(told, problem)


def test_task_without_a_stub_needs_a_file_that_undoes_it(classroom, week):
    """A task that no stub raises and no file undoes is reported with the file to write."""
    (week / "grading/undone/3.toml").unlink()

    done = classroom("verify", 1)

    assert done.status == 2
    assert "undone/3.toml is missing: no stub in the starter raises TODO 3." in done.err.replace("\\", "/")


def test_stub_that_the_solution_has_under_another_name_is_named(classroom, week):
    """If a TODO is in a function that the solution does not have, the message says in which."""
    path = week / "app/main.py"
    path.write_text(path.read_text(encoding="utf-8").replace("def double(", "def twice("), encoding="utf-8")

    done = classroom("verify", 1)

    assert "undone/2.toml is missing: TODO 2 is in `twice`, which the solution does not have." in done.err.replace(
        "\\", "/"
    )


def test_edits_that_do_not_fit_are_told(classroom, week):
    """Edits whose text does not occur are reported with their case's file, all at once."""
    for name in ("absolute", "no_type"):
        (week / f"grading/wrong/{name}.toml").write_text(
            'about="x"\nloses=[2]\n[[edit]]\nfile="app/main.py"\nfind="nowhere"\nreplace=""\n'
        )

    done = classroom("verify", 1)

    assert done.status == 2
    for name in ("absolute", "no_type"):
        assert f"{name}.toml: 'nowhere' occurs 0 times in app/main.py, not 1." in done.err
