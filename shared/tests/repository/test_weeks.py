"""A week's or an extra's folder is as light as a student's own project: what its checks share is in tests/support, in small modules."""

import runpy
from pathlib import Path

import pytest
from classroom.core.assignment import Assignment, weeks
from classroom.core.course import assignment_folders
from classroom.instructor.handout.layout import copy_week

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = assignment_folders(ROOT)
MOST_LINES, MOST_LINES_OF_CONFTEST = 250, 80


def lines(path):
    """Return how many lines a file has."""
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def week(request):
    """The folder of a week or an extra."""
    return request.param


def test_no_conftest_at_the_top_of_a_week(week):
    """Students meet no check code before they open tests/."""
    assert not (week / "conftest.py").exists()


def test_no_conftest_is_long(week):
    """A conftest.py anywhere in a week fits on a page."""
    assert [path for path in week.rglob("conftest.py") if lines(path) > MOST_LINES_OF_CONFTEST] == []


def test_support_is_in_small_modules(week):
    """Each has support modules, and none of them is long."""
    modules = sorted((week / "tests/support").glob("*.py"))

    assert modules
    assert [path.name for path in modules if lines(path) > MOST_LINES] == []


@pytest.mark.parametrize("week", weeks(ROOT).values(), ids=lambda folder: folder.name)
def test_assistants_are_asked_to_teach(week, tmp_path):
    """Students get an AGENTS.md that asks coding assistants not to solve, and the README says which help is welcome."""
    copy_week(Assignment.load(week), tmp_path)

    assert "do not solve" in (tmp_path / "AGENTS.md").read_text(encoding="utf-8")
    assert "[AGENTS.md](AGENTS.md) asks coding assistants" in (tmp_path / "README.md").read_text(encoding="utf-8")


def test_workshop_of_the_checks_is_like_the_students():
    """The rows that the checks of the extra `dependencies` draw match app/inventory.py, so that cards can show its ids and badges."""
    extra = ROOT / "week2-validation/extra/dependencies"
    own, drawn = (runpy.run_path(str(extra / path)) for path in ("app/inventory.py", "tests/support/workshop.py"))
    ids = [machine["id"] for machine in own["MACHINES"]]
    members = own["MEMBERS"].values()

    assert drawn["LONGEST"] == tuple(machine["longest"] for machine in own["MACHINES"])
    assert drawn["ROOMS"] == len(own["ROOMS"])
    assert drawn["MEMBERS"] == tuple((tuple(map(ids.index, one["trained"])), one["staff"]) for one in members)
    assert list(own["MEMBERS"])[-drawn["LOST"] :] == own["LOST_BADGES"]
