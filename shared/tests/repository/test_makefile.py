"""The Makefile: a list of targets, scorecards without make errors, and a sentence if something is missing."""

import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MAKEFILES = [ROOT / "Makefile", ROOT / ".ci" / "instructor.mk"]
PROMISED = [
    "setup",
    "week1",
    "week2",
    "week3",
    "week4",
    "week5",
    "check",
    "extra",
    "watch",
    "run",
    "hint",
    "learn",
    "load",
    "progress",
    "psql",
    "reset",
    "test",
    "verify",
    "bench",
    "soak",
    "coverage",
    "lint",
    "types",
    "grade",
    "publish",
    "open",
    "serve",
    "collect",
    "feedback",
    "demo",
    "system-packages",
    "clean",
]


def targets():
    """Return each target with its recipe."""
    text = "\n".join(path.read_text() for path in MAKEFILES)
    return dict(re.findall(r"^([a-z0-9-]+):(.*(?:\n\t.*)*)", text, re.MULTILINE))


def test_make_alone_lists_every_target(course):
    """`make` alone shows each promised target on one line of at most a hundred characters."""
    shown = course.run("make", "-C", str(ROOT)).stdout

    lines = {line.split()[0]: line for line in shown.splitlines() if line.startswith("  ")}
    assert set(PROMISED) <= set(lines)
    assert max(map(len, lines.values())) <= 100
    assert shown.count("\n\n") >= 4, "the list is grouped"


def test_help_hides_nothing_but_steps():
    """A target without a help text is a step of other targets."""
    silent = {name for name, rest in targets().items() if "## " not in rest.split("\n")[0]}
    assert silent == {"ready", "week-is-named", "task-is-named", "extra-is-named"}


def test_targets_are_phony():
    """Every target is phony, so a file of the same name does not stop it."""
    phony = {name for path in MAKEFILES for name in re.findall(r"^\.PHONY: ([\w-]+)", path.read_text(), re.MULTILINE)}
    assert phony == set(targets())


def test_recipes_are_short():
    """No recipe has more than five lines."""
    assert {name for name, rest in targets().items() if rest.count("\n\t") > 5} == set()


def test_old_make_of_a_mac_can_read_it():
    """The Makefile works with GNU make 3.81."""
    text = "\n".join(path.read_text() for path in MAKEFILES)
    assert re.findall(r"\.ONESHELL|!=|::=|\$\(file |^undefine|^load ", text, re.MULTILINE) == []


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["check"], "Which week? Type: make check WEEK=1"),
        (["watch"], "Which week? Type: make watch WEEK=1"),
        (["run"], "Which week? Type: make run WEEK=1"),
        (["load"], "Which week? Type: make load WEEK=5"),
        (["psql"], "Which week? Type: make psql WEEK=1"),
        (["hint", "TASK=4"], "Which week? Type: make hint WEEK=1 TASK=4"),
        (["hint"], "Which week? Type: make hint WEEK=1 TASK=3"),
        (["extra"], "Which extra? This course has none."),
        (["week9"], "There is no week9. Type: make week1, up to week5"),
        (["hint", "WEEK=2"], "Which task? Type: make hint WEEK=2 TASK=3"),
    ],
)
def test_a_missing_variable_answers_with_what_to_type(course, arguments, answer):
    """A missing week or task is asked for before anything is set up."""
    asked = course.make(*arguments)

    assert asked.returncode != 0
    assert asked.stderr.splitlines()[0] == answer
    assert not course.venv.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["week1"], "classroom|check|1"),
        (["week5"], "classroom|check|5"),
        (["check", "WEEK=2"], "classroom|check|2"),
        (["check", "WEEK=week2-validation", "TASK=4"], "classroom|check|week2-validation|--task|4"),
        (["extra", "NAME=routers"], "classroom|check|routers"),
        (["extra", "NAME=routers", "TASK=2"], "classroom|check|routers|--task|2"),
        (["watch", "WEEK=1"], "classroom|check|1|--watch"),
        (["hint", "WEEK=1", "TASK=3"], "classroom|hint|1|3"),
        (["run", "WEEK=3"], "classroom|run|3"),
        (["load", "WEEK=5"], "classroom|load|5"),
        (
            ["load", "WEEK=5", "RATE=200", "SECONDS=5", "WRITERS=0", "WITHOUT=cache", "LAG=5", "WORKERS=1", "JSON=1"],
            "classroom|load|5|--rate|200|--seconds|5|--writers|0|--workers|1|--lag|5|--without|cache|--json",
        ),
        (["learn"], "classroom|learn"),
        (["learn", "WEEK=2", "PORT=8701"], "classroom|learn|2|--port|8701"),
        (["progress"], "classroom|progress"),
        (["psql", "WEEK=3"], "classroom|psql|3"),
        (["psql", "WEEK=warehouse-and-store", "APP=warehouse"], "classroom|psql|warehouse-and-store|--app|warehouse"),
        (["reset", "WEEK=3"], "classroom|reset|3"),
        (["check", "WEEK=a b; echo c"], "classroom|check|a b; echo c"),
    ],
)
def test_each_target_is_a_thin_name(called, arguments, words):
    """A target passes its variables to the command, and prints nothing itself."""
    done = called.make(*arguments)

    assert (done.returncode, done.stdout, done.stderr) == (0, words + "\n", "")


@pytest.mark.parametrize("target", [["week1"], ["check", "WEEK=1"], ["watch", "WEEK=1"]])
def test_red_tasks_are_no_error_of_make(called, target):
    """The scorecard is the last output, whether tasks are red or green."""
    done = called.make(*target, CARD="1")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("classroom|check|1")


@pytest.mark.parametrize("status", ["2", "3"])
def test_real_trouble_is_an_error_of_make(called, status):
    """Wrong usage and a failure to check are errors to make."""
    done = called.make("week1", CARD=status)

    assert done.returncode != 0
    assert f"Error {status}" in done.stderr


def test_student_edition_has_no_instructor_targets(course):
    """Without `.ci` the Makefile works, and lists only the student's targets."""
    shown = course.make().stdout

    assert "week1" in shown
    assert "grade" not in shown


def test_a_week_of_ones_own_has_a_target(course):
    """The folder week6-queues makes the target week6, in the list too; another number is still refused."""
    (course.folder / "week6-queues").mkdir()
    (course.folder / "week6-queues/assignment.toml").touch()

    listed, planned, other = course.make(), course.make("--dry-run", "week6"), course.make("week7")

    assert "  week6            Check week 6" in listed.stdout.splitlines()
    assert "classroom check 6 " in planned.stdout
    assert other.stderr.splitlines()[0] == "There is no week7. Type: make week1, up to week5; or: week6"


def test_extras_of_the_course_are_named(course):
    """Without a name, `make extra` says which extras there are."""
    for name in ("pages", "routers"):
        (course.folder / f"week1-hello-api/extra/{name}").mkdir(parents=True)
        (course.folder / f"week1-hello-api/extra/{name}/assignment.toml").touch()

    asked = course.make("extra")

    assert asked.stderr.splitlines()[0] == "Which extra? Type: make extra NAME=pages; there are: pages routers"


def test_no_python_at_all_is_said_in_one_sentence(course, tmp_path):
    """Without any Python the message says what to install."""
    empty = tmp_path / "bin"
    empty.mkdir()
    makefile = course.folder / "Makefile"
    makefile.write_text(makefile.read_text().replace("/usr/bin/python3", str(empty / "python3")))

    done = course.run(shutil.which("make"), "week1", PATH=str(empty), PYTHON=None)

    assert done.stderr.splitlines()[0].startswith("No Python was found. Install 3.11 or newer")
