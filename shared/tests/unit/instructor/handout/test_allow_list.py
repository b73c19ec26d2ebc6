"""What is handed out of the kit: the modules on a list, everything they use, and nothing else."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from classroom.instructor.handout import completeness
from classroom.instructor.handout.allow_list import CLASSROOM50, STUDENTS
from classroom.instructor.handout.classroom50 import export_classroom50
from classroom.instructor.handout.completeness import first_problem, problems
from classroom.instructor.handout.publish import publish
from classroom.instructor.proof import handing_out

SHARED = Path(__file__).resolve().parents[4]
PACKAGE = SHARED / "src/classroom"
SMALL = SHARED / "tests/unit/course"
WEEK_WITH_DATABASE = SHARED.parent / "week3-postgres-sql"
EDITIONS = pytest.mark.parametrize("parts", [STUDENTS, CLASSROOM50], ids=["students", "Classroom 50"])
IMPORT_ALL = """
import importlib, pathlib, sys
package = pathlib.Path(sys.argv[1], "classroom")
for path in sorted(set(package.rglob("*.py")) - {package / "__main__.py"}):
    words = path.relative_to(package.parent).with_suffix("").parts
    module = importlib.import_module(".".join(words).removesuffix(".__init__"))
    assert pathlib.Path(module.__file__) == path, module.__file__
"""


def add_kit(course):
    """Copy the kit into a course, and return the course."""
    ignored = shutil.ignore_patterns("__pycache__", "tests", "bench")
    shutil.copytree(SHARED, course / "shared", ignore=ignored)
    for name in ("Makefile", "LICENSE"):
        shutil.copy(SHARED.parent / name, course)
    return course


@pytest.fixture
def whole(course):
    """The small course with a kit of its own, which a test may change."""
    return add_kit(course)


def hand_out(course, to):
    """Write the course's week, the whole course and the week's bundle for Classroom 50 into a folder."""
    week = str(course / "week1-tiny")
    publish(week, str(to / "week"), course)
    publish("all", str(to / "course"), course)
    export_classroom50(week, to / "classroom50")


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory):
    """A folder with what students get: a week, the whole course, and a bundle for Classroom 50."""
    room = tmp_path_factory.mktemp("handed out")
    shutil.copytree(SMALL, room / "own", ignore=shutil.ignore_patterns("__pycache__", ".classroom"))
    hand_out(add_kit(room / "own"), room)
    return room


def alone(kit, *words, cwd, **more):
    """Run Python with this kit and no other one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "CLASSROOM"))}
    command = [sys.executable, "-P", *map(str, words)]
    environment = kept | {"PYTHONPATH": str(kit)}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, **more)


@EDITIONS
def test_list_is_closed(parts):
    """The parts that are handed out use no other part, and each of them is used."""
    assert list(problems(PACKAGE, parts)) == []
    assert list(parts) == sorted(set(parts))


@pytest.mark.parametrize(
    "part",
    [
        "core/ports.py",
        "apps/inside/fork_server.py",
        "student/balancer.py",
        "checks/workers/worker.py",
        "checks/fixtures.py",
    ],
)
def test_part_that_is_missing_is_found(part):
    """A part that is imported, started as a program or as a module, or loaded by pytest cannot be left off the list."""
    found = list(problems(PACKAGE, [one for one in STUDENTS if one != part]))

    assert any(f"uses {part}, which is not handed out" in problem for problem in found)


def test_part_that_nothing_uses_is_found():
    """A part of the instructor's on the list is named, and so is one that does not exist."""
    found = list(problems(PACKAGE, [*STUDENTS, "instructor/roster.py", "nowhere.py"]))

    assert "instructor/roster.py is handed out, but nothing uses it: remove it from the list in allow_list.py." in found
    assert "nowhere.py is on a list in allow_list.py, but not in the kit: remove it from the list." in found


@pytest.mark.parametrize(
    "line",
    [
        "import classroom.answer_key",
        "from classroom import answer_key",
        "from classroom.answer_key import ANSWERS",
        "from . import answer_key",
        "from .answer_key import ANSWERS",
        "def late():\n    from classroom.answer_key import ANSWERS",
        "COMMAND = ['-m', 'classroom.answer_key']",
        "PLACE = Path(__file__).with_name('answer_key.py')",
    ],
)
def test_every_way_to_use_a_part_is_seen(tmp_path, line):
    """An import at the top or in a function, absolute or relative, a module to start and a file to open are all uses."""
    for name, text in {"__init__.py": "", "__main__.py": line, "answer_key.py": "ANSWERS = 42\n"}.items():
        (tmp_path / name).write_text(text + "\n")

    found = list(problems(tmp_path, ["__init__.py", "__main__.py"]))

    assert found == ["__main__.py uses answer_key.py, which is not handed out: add it to the list in allow_list.py."]


def test_import_for_types_is_no_use(tmp_path):
    """An import that only a type checker needs does not have to be handed out."""
    hint = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from classroom.answer_key import Answer\n"
    for name, text in {"__init__.py": "", "__main__.py": hint, "answer_key.py": "class Answer: ...\n"}.items():
        (tmp_path / name).write_text(text)

    assert list(problems(tmp_path, ["__init__.py", "__main__.py"])) == []


def test_complete_kit_is_read_once(tmp_path, monkeypatch):
    """A kit without problems is not read again until it changes; one with a problem is refused each time."""
    monkeypatch.setenv("CLASSROOM_CACHE", str(tmp_path / "cache"))
    package, parts, read = tmp_path / "package", ["__init__.py", "__main__.py"], []
    package.mkdir()
    for name in (*parts, "answer_key.py"):
        (package / name).write_text("")
    monkeypatch.setattr(completeness, "problems", lambda *given: read.append(given) or problems(*given))

    assert [first_problem(package, parts) for _ in range(2)] == [None, None]
    assert len(read) == 1
    (package / "__main__.py").write_text("import classroom.answer_key\n")
    assert [first is None for first in (first_problem(package, parts), first_problem(package, parts))] == [False, False]
    assert len(read) == 3


def test_cache_that_cannot_be_written_stops_nothing(tmp_path, monkeypatch):
    """A kit is also handed out if nothing can be remembered."""
    (tmp_path / "cache").write_text("a file")
    monkeypatch.setenv("CLASSROOM_CACHE", str(tmp_path / "cache"))
    (tmp_path / "__main__.py").write_text("")

    assert first_problem(tmp_path, ["__main__.py"]) is None


def test_new_module_is_not_handed_out(whole, tmp_path):
    """A new module or file anywhere in the kit does not reach students, in a week, the course or a bundle."""
    for place in (
        "answer_key.py",
        "services/answer_key.py",
        "checks/answers/answer_key.json",
        "apps/sandbox/answer_key.py",
    ):
        path = whole / "shared/src/classroom" / place
        path.parent.mkdir(exist_ok=True)
        path.write_text("ANSWERS = 42\n")

    hand_out(whole, tmp_path / "out")

    assert len(list((tmp_path / "out").rglob("classroom/cli/main.py"))) == 4
    assert list((tmp_path / "out").rglob("answer_key*")) == []


def test_use_of_a_part_that_stays_is_a_problem(assignment, whole):
    """A part of a student's that begins to use a new module stops publishing, exporting and verifying, by name."""
    (whole / "shared/src/classroom/answer_key.py").write_text("ANSWERS = 42\n")
    hints = whole / "shared/src/classroom/student/hints.py"
    hints.write_text(hints.read_text() + "\nfrom classroom.answer_key import ANSWERS\n")

    assert handing_out.problems(assignment) == [
        "week1-tiny cannot be published: student/hints.py uses answer_key.py, which is not handed out: add it to the list in allow_list.py."
    ]


def test_use_by_the_bundle_alone_is_a_problem(assignment, whole):
    """What only the bundle for Classroom 50 would miss is a problem of the week, too."""
    (whole / "shared/src/classroom/answer_key.py").write_text("ANSWERS = 42\n")
    program = whole / "shared/src/classroom/student/classroom50.py"
    program.write_text(program.read_text() + "\nfrom classroom.answer_key import ANSWERS\n")

    (problem,) = handing_out.problems(assignment)
    assert "classroom50.py uses answer_key.py, which is not handed out" in problem


def test_published_kit_imports(handed_out, tmp_path):
    """Each module that is handed out can be imported with only the others that are."""
    for kit in (handed_out / "week/kit/src", handed_out / "classroom50/autograders/week1-tiny/kit/src"):
        done = alone(kit, "-c", IMPORT_ALL, kit, cwd=tmp_path)
        assert done.returncode == 0, done.stderr


@pytest.mark.long
def test_published_kit_runs_the_commands(handed_out):
    """With only what is handed out a student can check, ask for a hint, watch progress and run the app."""
    week, course = handed_out / "week", handed_out / "course"
    kit = week / "kit/src"

    checked = alone(kit, "-m", "classroom", "check", cwd=week)
    plainly = alone(kit, "-m", "pytest", "-q", cwd=week)
    hint = alone(kit, "-m", "classroom", "hint", "2", cwd=week)
    progress = alone(course / "shared/src", "-m", "classroom", "progress", cwd=course)

    assert (checked.returncode, checked.stderr) == (1, "")
    assert "Hello" in checked.stdout
    assert "1. Hello" in plainly.stdout
    assert (hint.returncode, hint.stderr) == (0, "")
    assert (progress.returncode, progress.stderr) == (0, "")
    assert runs(kit, week)


def runs(kit, week):
    """Whether `run` serves the app."""
    import socket

    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port = place.getsockname()[1]
    command = [sys.executable, "-P", "-m", "classroom", "run", "--port", str(port)]
    with subprocess.Popen(command, cwd=week, env=os.environ | {"PYTHONPATH": str(kit)}) as process:
        try:
            while process.poll() is None:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/docs") as answer:
                        return answer.status == 200
                except OSError:
                    time.sleep(0.05)
        finally:
            process.terminate()
    return False


@pytest.mark.long
def test_published_kit_opens_the_database(tmp_path):
    """With only what is handed out a student can look into the database of `run` and empty it."""
    publish(str(WEEK_WITH_DATABASE), str(tmp_path / "week"), WEEK_WITH_DATABASE)
    kit, week = tmp_path / "week/kit/src", tmp_path / "week"
    name = f"week3-{os.getpid()}"  # the database is shared by all clones of a week
    about = week / "assignment.toml"
    about.write_text(about.read_text().replace('name = "week3-postgres-sql"', f'name = "{name}"'))

    prompt = alone(kit, "-m", "classroom", "psql", cwd=week, input="CREATE TABLE t ();\nSELECT 41 + 1 AS n;\n")
    emptied = alone(kit, "-m", "classroom", "reset", cwd=week)

    assert prompt.returncode == 0, prompt.stderr
    assert "42" in prompt.stdout
    assert (emptied.returncode, emptied.stdout) == (0, f"The database of {name} is empty.\n"), emptied.stderr
