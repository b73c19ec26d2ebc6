"""The command as people use it: cards, hints, and one sentence that says what is wrong."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest
from classroom.core.processes import clean_environment


class TestCheck:
    def test_starter_is_calm(self, classroom):
        """On the untouched starter task 1 is green, the first red task has its story, and the card is calm."""
        done = classroom("check", 1)

        assert done.status == 1
        assert re.search(r"✔\s+1\s+Hello\s+10/10", done.out)
        assert re.search(r"✘\s+2\s+Double\s+0/60\s+not written yet", done.out)
        assert re.search(r"·\s+3\s+No words\s+0/30\s+waits for task 2", done.out)
        assert re.search(r"Total\s+10/100", done.out)
        assert re.search(r"^curl -i http://127.0.0.1:8000/double/\d+$", done.out, re.MULTILINE)
        assert '"2. Double"' in done.out
        assert "2 hints left: python -m classroom hint 1 2" in done.out
        assert "starting point" in done.out
        assert done.err == ""

    def test_solution_is_green_and_exits_0(self, classroom, week):
        """With everything solved the exit status is 0."""
        (week / "app/main.py").write_text((week / "grading/solution/app/main.py").read_text())

        done = classroom("check", cwd=week)

        assert done.status == 0
        assert "Everything passes" in done.out

    def test_one_task_alone(self, classroom):
        """--task checks one task alone, and the exit status is about that one."""
        done = classroom("check", 1, "--task", 1)

        assert done.status == 0
        assert "Double" not in done.out

    def test_task_alone_that_builds_on_a_red_one(self, classroom, week):
        """--task shows the card of the red task that a task builds on first, and then the task's own."""
        starter = (week / "app/main.py").read_text()
        wrong = starter.replace('raise NotImplementedError("TODO 2: return twice the number")', 'return {"double": 0}')
        (week / "app/main.py").write_text(wrong)

        done = classroom("check", 1, "--task", 3)

        said, *cards = re.findall(r"^  Task .*", done.out, re.MULTILINE)
        assert said == "  Task 3 builds on task 2, which is red:"
        assert cards == ["  Task 2: Double", "  Task 3: No words"]
        assert "Next: task 2." in done.out

    @pytest.mark.parametrize("name", ["pytest.ini", "tests"])
    def test_file_of_the_course_that_is_missing(self, classroom, week, name):
        """A file or folder that the checks need is named, with what to do."""
        (week / name).rename(week / "elsewhere")

        done = classroom("check", 1)

        assert (done.status, done.out) == (3, "")
        assert done.err == f"{week / name} is missing: copy it from the course again.\n"

    @pytest.mark.long
    def test_seed_is_shown_and_gives_the_same_data(self, classroom, tmp_path):
        """The seed of a run, given again, sends the same requests."""

        def asked(*words):
            classroom("check", 1, "--out", tmp_path / "r.json", *words)
            result = json.loads((tmp_path / "r.json").read_text())
            return result["seed"], result["tasks"][1]["checks"][0]["request"]

        seed, request = asked()

        assert asked("--seed", seed) == (seed, request)

    def test_app_that_does_not_start_shows_its_own_lines(self, classroom, week):
        """A typo that breaks the import is shown with the student's own lines under task 1."""
        (week / "app/main.py").write_text("import os\nos.nothing\n")

        done = classroom("check", 1)

        assert "The app does not start." in done.out
        assert "app/main.py, line 2: AttributeError: " in done.out
        assert "site-packages" not in done.out

    def test_terminal_codes_of_an_app_come_out_inert(self, classroom, week):
        """Escape sequences in a response are spelled out, not sent to the terminal."""
        text = (week / "grading/solution/app/main.py").read_text()
        (week / "app/main.py").write_text(text.replace('{"double": 2 * number}', '{"double": "\\x1b[2J\\x07"}'))

        done = classroom("check", 1)

        assert "\x1b" not in done.out
        assert "\x07" not in done.out

    def test_import_that_grading_lacks_is_warned_of(self, classroom, week):
        """A package outside the course's environment is named with its file and line."""
        with (week / "app/main.py").open("a") as file:
            file.write("\nimport rich\n")

        assert "app/main.py, line 23 imports rich" in classroom("check", 1).out

    @pytest.mark.long
    def test_pytest_settings_of_ones_own_do_not_disturb(self, classroom):
        """PYTEST_ADDOPTS and PYTEST_PLUGINS of the person at the keyboard have no effect."""
        mine = {
            **os.environ,
            "PYTEST_ADDOPTS": "--no-such-option",
            "PYTEST_PLUGINS": "nowhere",
            "PYTHONPATH": "/nowhere",
        }

        assert "Total" in classroom("check", 1, env=mine).out

    @pytest.mark.long
    def test_broken_check_is_not_about_the_student(self, classroom, week):
        """A check module that cannot be loaded is the course's fault: exit status 3, no points lost."""
        (week / "tests/test_tiny.py").write_text("def broken(:\n")

        done = classroom("check", 1)

        assert done.status == 3
        assert "could not be run" in done.err


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals")
@pytest.mark.parametrize(
    "way", ["SIGINT", *(pytest.param(way, marks=pytest.mark.long) for way in ("SIGTERM", "SIGHUP"))]
)
def test_check_that_is_ended_is_calm_and_leaves_nothing(week, tmp_path, way):
    """Ctrl-C, a time limit or a closed terminal ends a check without a message about its checks, and leaves no file."""
    (tmp_path / "t").mkdir()
    (week / "app/main.py").write_text(
        f"from pathlib import Path\nPath({str(tmp_path / 'begun')!r}).touch()\nwhile True:\n    pass\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "classroom", "check", str(week)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment() | {"TMPDIR": str(tmp_path / "t")},
    )
    while not (tmp_path / "begun").exists():
        assert process.poll() is None
        os.sched_yield()

    process.send_signal(getattr(signal, way))
    said = process.communicate(timeout=240)

    assert (process.returncode, said) == (130, ("", "\n"))
    assert list((tmp_path / "t").iterdir()) == []


class TestHint:
    def test_each_time_one_hint_more(self, classroom):
        """Asking again shows the next hint, and the last one stays."""
        told = [classroom("hint", 1, 2).out for _ in range(3)]

        assert "hint 1 of 2" in told[0]
        assert "type hint" in told[0]
        assert "hint 2 of 2" in told[1]
        assert "hint 2 of 2" in told[2]

    def test_folder_that_cannot_be_written_has_hints_all_the_same(self, classroom, week):
        """If the count cannot be stored, the first hint is shown each time."""
        (week / ".classroom").write_text("in the way")

        told = [classroom("hint", 1, 2) for _ in range(2)]

        assert [one.status for one in told] == [0, 0]
        assert all("hint 1 of 2" in one.out for one in told)

    def test_task_without_hints(self, classroom):
        """A task that is done already has none, and says so."""
        assert "has no hints" in classroom("hint", 1, 1).out

    @pytest.mark.parametrize("content", [None, "## 2. Double\n".encode("utf-16")], ids=["missing", "UTF-16"])
    def test_hints_that_cannot_be_read(self, classroom, week, content):
        """A file of hints that is missing or not text is named, and the task is not said to be done."""
        (week / "HINTS.md").unlink()
        if content:
            (week / "HINTS.md").write_bytes(content)

        told = classroom("hint", 1, 2)

        assert (told.status, told.out) == (2, "")
        assert "HINTS.md is missing, or is not UTF-8 text: copy it from the course again." in told.err

    def test_inside_the_week_the_week_is_left_out(self, classroom, week):
        """In the week's folder the task's number is enough."""
        assert "hint 1 of 1" in classroom("hint", 3, cwd=week).out


INTERRUPTED = """
from types import SimpleNamespace
from classroom.cli import main

def handler(arguments):
    try:
        exec("raise KeyboardInterrupt")
    except KeyboardInterrupt:
        return 0

main.parser = lambda: SimpleNamespace(parse_args=lambda words: SimpleNamespace(handler=handler))
raise SystemExit(main.main([]))
"""


def test_interrupt_that_a_command_has_handled_does_not_end_it_by_a_signal(tmp_path):
    """Ctrl-C in code that Python generates, such as a dataclass that is being imported, leaves the exit status alone."""
    (tmp_path / "program.py").write_text(INTERRUPTED)

    done = subprocess.run([sys.executable, "-m", "program"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


WRONG = {
    "no such week": (["check", "9"], r"There is no week 9 in .*\. There are: 1\."),
    "no such folder": (["check", "week1-tny"], r"There is no week or extra week1-tny\. Did you mean week1-tiny\?"),
    "a file": (["check", "week1-tiny/README.md"], r"README\.md is a file\. A week is a folder"),
    "no such task": (["hint", "1", "9"], r"week1-tiny has no task 9: its tasks are 1 to 3\."),
    "no number": (["hint", "one"], r"Give a week and a task, such as: classroom hint 1 3"),
    "no command": ([], r"The following arguments are required: COMMAND\. Try: classroom -h"),
    "unknown option": (["check", "--fast"], r"Unrecognized arguments: --fast\. Try: classroom"),
    "no submissions": (["grade", "1", "--submissions", "nowhere", "--out", "out"], r"nowhere does not exist"),
    "no jobs": (
        ["grade", "1", "--submissions", ".", "--out", "out", "--jobs", "0"],
        r"0 is not a positive integer",
    ),
    "no such number of workers": (["load", "1", "--workers", "-3"], r"-3 is not 0 or a positive integer"),
    "no database": (["reset", "1"], r"week1-tiny has no database\."),
}


@pytest.mark.parametrize("name", WRONG)
def test_used_wrongly_it_says_what_to_do(classroom, name):
    """Used wrongly, the command prints one sentence, with exit status 2 and no traceback."""
    words, told = WRONG[name]

    done = classroom(*words)

    assert done.status == 2
    assert re.search(told, done.err)
    assert len(done.err.strip().splitlines()) == 1


BROKEN = {
    "no TOML": ("title = \n", r"assignment\.toml cannot be read: .*line 1"),
    "unknown entry": ("colour = 1\n", r"the top level has the unknown entry 'colour'"),
    "no tasks": ("title = 'x'\nminutes = 1\ntasks = []\n", r"tasks must have different numbers"),
    "no points": (
        "title = 'x'\nminutes = 1\n[[tasks]]\nnumber = 1\ntitle = 'x'\n",
        r"points is missing in \[\[tasks\]\]",
    ),
    "no limit": (
        "[limits]\nrequest_s = 0\n[[tasks]]\nnumber=1\ntitle='x'\npoints=1\n",
        r"request_s must be a number above 0|missing",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_assignment_names_the_place(classroom, week, name):
    """A broken assignment.toml is reported with its path and the entry, with exit status 2."""
    text, told = BROKEN[name]
    (week / "assignment.toml").write_text(text)

    done = classroom("check", 1)

    assert done.status == 2
    assert re.search(told, done.err)
    assert "Traceback" not in done.err


def test_folder_that_cannot_be_written_is_told(classroom, handed_in, tmp_path):
    """Results that cannot be written are reported in one sentence."""
    handed_in("alice")
    (tmp_path / "file").touch()

    done = classroom("grade", 1, "--submissions", handed_in.folder, "--out", tmp_path / "file", "--sandbox", "none")

    assert done.status == 2
    assert "cannot be written" in done.err


def test_missing_git_is_told(classroom, tmp_path):
    """If git is needed and missing, one sentence says so."""
    (tmp_path / "cohort.txt").write_text("school/week1-tiny-alice\n")
    words = ["fetch", 1, tmp_path / "cohort.txt", "--to", tmp_path / "out"]

    done = classroom(*words, env=clean_environment() | {"PATH": str(tmp_path)})

    assert done.status == 2
    assert done.err == "This needs git, which is not installed: install it from git-scm.com, and try again.\n"


def test_progress_shows_every_week(classroom):
    """Progress shows what the last check said, or that there was none."""
    before = classroom("progress").out
    classroom("check", 1)

    assert "not checked yet" in before
    assert re.search(r"week 1\s+Tiny\s+10/100\s+1 of 3 tasks", classroom("progress").out)


def test_progress_shows_extras_below_their_week(classroom, extra):
    """An extra is checked by its name, and has a line of its own below that of its week."""
    done = classroom("check", "more")

    lines = classroom("progress").out.splitlines()
    assert re.search(r"Total\s+10/100", done.out)
    assert re.search(r"week 1\s+Tiny\s+not checked yet", lines[0])
    assert re.search(r"^\s+extra: more\s+10/100\s+1 of 3 tasks", lines[1])


def test_progress_names_a_week_that_cannot_be_loaded(classroom, course):
    """Progress shows the other weeks, and says what is wrong with this one."""
    (course / "week2-broken").mkdir()
    (course / "week2-broken" / "assignment.toml").write_text("name =")

    done = classroom("progress")

    assert "week 1" in done.out
    assert (done.status, len(done.err.splitlines())) == (2, 1)
    assert "week2-broken" in done.err


@pytest.mark.parametrize("command", ["check", "hint", "run", "progress", "psql", "reset", "grade", "verify"])
def test_every_command_has_help_with_an_example(classroom, command):
    """`-h` of each command ends with an example that names it."""
    assert f"Example: classroom {command}" in classroom(command, "-h").out


def test_port_in_use_is_told_with_another(classroom, week):
    """`run` on a port in use says so, and names another to try."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        done = classroom("run", 1, "--port", port)

    assert done.status == 2
    assert f"--port {port + 1}" in done.err


def test_check_ends_where_nothing_can_be_forked(classroom, week):
    """Without fork, as on Windows, an app that returns 500 is checked to the end, with what it printed."""
    (week / "app/main.py").write_text(
        "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/')\ndef root():\n    raise KeyError('lost')\n",
        encoding="utf-8",
    )

    done = classroom("check", "1", env={**os.environ, "CLASSROOM_NO_FORK": "1"}, timeout=400)

    assert "KeyError: 'lost'" in done.out
    assert re.search(r"Total\s+0/100", done.out)
