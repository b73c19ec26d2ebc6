"""A run of GitHub Actions: what a student's program prints stays text, and annotations are at the right place."""

import base64
import json
import re
import shutil

import pytest

COMMAND = re.compile(r"^::([a-z-]+)(?: ([^:]*))?::(.*)$")
OLD_FORM = re.compile(r"##\[([a-z-]+)\]")
LOUD = """\
import os
from fastapi import FastAPI
app = FastAPI()
SHOUT = [
    "::notice title=x::forged", "::set-output name=score::100", "::error file=a::forged", "::stop-commands::mine",
    "::mine::", "##[error]forged", "::add-mask::100", "::save-state name=x::y", "\\r::warning::forged",
    "\\x1b[31m::notice::forged", " ::notice::forged",
]
for line in SHOUT:
    print(line, flush=True)
    os.write(2, (line + "\\n").encode())
for name in ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH"):
    if name in os.environ:
        open(os.environ[name], "a").write("FORGED=1\\n")


@app.get("/")
def hello():
    print("\\n".join(SHOUT), flush=True)
    return {"hello": "\\n".join(SHOUT)}


@app.get("/double/{number}")
def double(number: int):
    raise RuntimeError("\\n".join(SHOUT))
"""


def commands(log):
    """What the runner would take for a command in a log, by the rules of both forms; nothing between stop and its word."""
    found, word = [], None
    for line in re.split(r"\r\n|\r|\n", log):
        if word is not None:
            word = None if line == f"::{word}::" else word
        elif match := COMMAND.match(line.lstrip()):
            if match[1] == "stop-commands":
                word = match[3]
            else:
                found.append((match[1], match[2] or "", match[3]))
        elif match := OLD_FORM.search(line):
            found.append((match[1], "old form", line))
    assert word is None, "the fence is taken down again"
    return found


@pytest.fixture
def run(tmp_path, kit):
    """Checks a text as the app in a run; returns the log, its commands, and the three files."""
    week = kit.course(tmp_path) / "week1-tiny"

    def check(app=None, *words, event=None):
        if app is not None:
            (week / "app/main.py").write_text(app)
        files = {
            name: tmp_path / name for name in ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH")
        }
        for path in files.values():
            path.write_text("")
        around = {name: str(path) for name, path in files.items()}
        done = kit.classroom(
            *("check", "--github", *words),
            cwd=week,
            **around,
            GITHUB_ACTIONS="true",
            GITHUB_WORKSPACE=str(tmp_path),
            GITHUB_SHA="5" * 40,
            **({"GITHUB_EVENT_PATH": str(event)} if event else {}),
        )
        done.commands = commands(done.out)
        for name, path in files.items():
            setattr(done, name.removeprefix("GITHUB_").lower(), path.read_text())
        return done

    check.week = week
    return check


def test_commands_that_a_program_prints_are_inert(run):
    """`::notice ...`, `::set-output ...` and so on have no effect when a program prints, returns or raises them."""
    done = run(LOUD)

    assert {name for name, *_ in done.commands} == {"error"}
    assert not [about for _, about, text in done.commands if "forged" in about or text.startswith("forged")]
    assert all(about.startswith("file=week1-tiny/app/main.py,line=") for _, about, _ in done.commands)
    assert "FORGED" not in done.env + done.output + done.step_summary + done.path
    assert "score=0" in done.output


def test_stand_in_would_see_a_forged_command():
    """The command parser of these tests does see commands that are not fenced off."""
    assert commands("a\n::notice title=x::forged\n") == [("notice", "title=x", "forged")]
    assert commands("x ##[error]y\n") == [("error", "old form", "x ##[error]y")]
    assert commands("::stop-commands::w\n::notice::x\n::w::\n") == []


def test_each_red_task_has_one_annotation_at_its_todo(run):
    """On the starter each red task is annotated once, at its TODO; skipped tasks are not annotated."""
    done = run()

    lines = (run.week / "app/main.py").read_text().splitlines()
    ((_, about, text),) = done.commands
    line = int(re.search(r"line=(\d+)", about)[1])
    assert "TODO 2" in lines[line - 1]
    assert "title=2. Double%3A 0/60" in about
    assert text.endswith("The task asks: GET /double/{number} returns twice the number.")
    assert done.status == 1


@pytest.mark.long
def test_annotation_without_a_todo_stands_at_the_route(run):
    """If the TODO is gone, the annotation is at the requested route."""
    text = (run.week / "grading/solution/app/main.py").read_text().replace("2 * number", "3 * number")

    ((_, about, _),) = run(text).commands

    line = int(re.search(r"line=(\d+)", about)[1])
    assert '"/double/{number}"' in text.splitlines()[line - 1]


def test_annotation_of_an_app_that_does_not_start_stands_at_the_line_that_failed(run):
    """If the program itself has failed, the annotation is at the student's own line."""
    (_, about, _), *_ = run("import os\n\nos.nothing\n").commands

    assert "file=week1-tiny/app/main.py,line=3" in about


@pytest.mark.long
def test_summary_says_what_looks_wrong(run):
    """What looks wrong about the push is in the summary."""
    (run.week / "app/main.py").rename(run.week / "app/Main.py")

    done = run()

    assert "Note: `app/Main.py is not app/main.py, because case matters: rename it" in done.step_summary


@pytest.mark.long
def test_checkout_of_a_repository_within_is_told(run):
    """An empty folder in the checkout is reported as another repository."""
    shutil.rmtree(run.week / "app")
    (run.week / "app").mkdir()

    assert "Note: `app/ is a separate repository inside yours" in run().step_summary


@pytest.mark.parametrize(("branch", "told"), [("master", True), ("main", False)])
def test_summary_of_another_branch_says_which_one_is_graded(run, tmp_path, branch, told):
    """A push to another branch than the repository's own is checked, and the summary says that it is not graded."""
    event = {"ref": f"refs/heads/{branch}", "repository": {"default_branch": "main"}}
    (tmp_path / "event.json").write_text(json.dumps(event))

    done = run((run.week / "grading/solution/app/main.py").read_text(), event=tmp_path / "event.json")

    note = "Note: `you pushed to the branch master, but only main is graded: git push origin master:main`"
    assert (note in done.step_summary.splitlines()) == told


def test_green_run_has_a_summary_and_no_annotation(run):
    """If everything passes, nothing is annotated; the summary has the scorecard and names the commit."""
    done = run((run.week / "grading/solution/app/main.py").read_text())

    assert (done.status, done.commands) == (0, [])
    assert "**100 of 100 points**" in done.step_summary
    assert "5" * 40 in done.step_summary


@pytest.mark.long
def test_points_are_told_as_the_reporter_reads_them(run):
    """Each task is a runner of its own, whose tests sum up to the task's points."""
    text = (run.week / "grading/solution/app/main.py").read_text().replace("number: int", "number: float")
    done = run(text)

    runners = dict(line.split("=", 1) for line in done.env.splitlines())
    names = re.search(r"^runners=(.*)$", done.output, re.MULTILINE)[1].split(",")
    assert [f"{name.upper()}_RESULTS" for name in names] == list(runners)
    told = [json.loads(base64.b64decode(data)) for data in runners.values()]
    assert [one["version"] for one in told] == [1, 1, 1]
    assert all(one["tests"] for one in told)
    score = int(re.search(r"^score=(\d+)$", done.output, re.MULTILINE)[1])
    assert sum(test["score"] for one in told for test in one["tests"]) == score
    assert sum(one["max_score"] for one in told) == 100
    assert {one["status"] for one in told} <= {"pass", "fail", "error"}


def test_broken_checks_are_no_red_task(run):
    """If the checks themselves are broken, the run ends with status 3, and no task is annotated."""
    (run.week / "tests/test_tiny.py").write_text("def broken(:\n")

    done = run()

    assert (done.status, done.commands) == (3, [])
