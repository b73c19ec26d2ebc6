"""A week's own fixtures: the modules in `tests/support/` serve every check of that week, and no other week's."""

import shutil
import subprocess
import sys

import pytest
from classroom.checks.run import Run
from classroom.checks.workers import pytest_session
from classroom.core.errors import CouldNotCheck

BORROWING = """\
from classroom import expect, task
from support.given import SOURCE


@task(1)
def test_given_files_hold_the_number(given_files, number):
    \"\"\"The file of the course holds a number that only the support module knows.\"\"\"
    expect.that(given_files["app/given.py"] == f"SECRET = {number}\\n" == SOURCE, "Another number.")
"""
GIVEN = """\
import pytest

from .numbers import NUMBER

SOURCE = f"SECRET = {{NUMBER}}\\n"


@pytest.fixture(scope="session")
def given_files():
    return {{"app/given.py": SOURCE}}
"""
NUMBERS = """\
import pytest

NUMBER = {number}


@pytest.fixture
def number():
    return NUMBER
"""


def supply(week, number):
    """Give a week two support modules, one of which imports the other, and a visible and a hidden check for them."""
    (week / "tests/support/given.py").write_text(GIVEN.format(), encoding="utf-8")
    (week / "tests/support/numbers.py").write_text(NUMBERS.format(number=number), encoding="utf-8")
    (week / f"tests/test_borrowing_{number}.py").write_text(BORROWING, encoding="utf-8")
    (week / "grading/hidden/test_borrowing_hidden.py").write_text(BORROWING.replace("def test_", "def test_hidden_"))
    shutil.copytree(week / "grading/solution", week, dirs_exist_ok=True)


def test_fixtures_serve_visible_and_hidden_checks(week, handed_in, classroom, tmp_path):
    """A fixture of the kit that a support module replaces is replaced for every check, hidden ones included."""
    supply(week, 5)
    handed_in("ada")

    done = classroom("grade", "1", "--submissions", handed_in.folder, "--out", tmp_path / "out", "--sandbox", "none")

    assert "100/100" in done.out, done.out + done.err


def test_support_of_a_submission_is_never_loaded(handed_in, classroom, tmp_path):
    """A grading uses the course's support modules, whatever modules of these names a submission brings."""
    forged = handed_in("eve", app="from fastapi import FastAPI\n\napp = FastAPI()\n") / "tests/support"
    forged.mkdir(parents=True)
    for name in ("given", "forged"):
        (forged / f"{name}.py").write_text("def pytest_runtest_makereport(item, call):\n    call.excinfo = None\n")

    done = classroom("grade", "1", "--submissions", handed_in.folder, "--out", tmp_path / "out", "--sandbox", "none")

    assert " 0/100" in done.out, done.out + done.err


@pytest.mark.long
def test_plain_pytest_finds_them(week):
    """A plain pytest in the week's folder runs the checks with the week's fixtures, and warns of nothing."""
    supply(week, 6)

    done = subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=week, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in done.stdout


def test_every_week_has_its_own(course, week):
    """Two weeks checked one after the other in one process each use their own modules of the same names."""
    shutil.copytree(week, course / "week2-other")
    supply(week, 7)
    supply(course / "week2-other", 8)
    program = (
        "import sys; from pathlib import Path; from classroom.core.assignment import Assignment\n"
        "from classroom.student.check import check_in_place\n"
        "print(*[check_in_place(Assignment.load(Path(week))).score for week in sys.argv[1:]])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, week, course / "week2-other", week], capture_output=True, text=True, check=False
    )

    assert done.stdout.split() == ["100", "100", "100"], done.stdout + done.stderr


@pytest.mark.long
def test_week_with_a_conftest_still_works(week, classroom):
    """A week that keeps its fixtures in a conftest.py at its top is checked as before."""
    supply(week, 9)
    (week / "conftest.py").write_text(
        NUMBERS.format(number=9) + GIVEN.format().replace("from .numbers import NUMBER", "")
    )
    shutil.rmtree(week / "tests/support")
    check = week / "tests/test_borrowing_9.py"
    check.write_text(check.read_text().replace("from support.given import SOURCE", "SOURCE = 'SECRET = 9\\n'"))

    assert classroom("check", "1").status == 0


@pytest.mark.parametrize("broken", ["def broken(:\n", "import no_such_module\n", "1 / 0\n"])
def test_broken_module_is_named(assignment, week, broken):
    """A support module that cannot be imported ends the run with a sentence that names it."""
    (week / "tests/support/broken.py").write_text(broken, encoding="utf-8")

    with pytest.raises(CouldNotCheck, match=r"broken\.py cannot be loaded: (Syntax|ModuleNotFound|ZeroDivision)\w*"):
        pytest_session.check(Run(assignment, None, None))
