"""A new week: consistent, with a row in the course's README, or one sentence that says why not."""

import re
from pathlib import Path

import pytest
from classroom.core.assignment import Assignment
from classroom.core.errors import UsageError
from classroom.instructor.authoring.course import Course
from classroom.instructor.authoring.new_week import make_week
from classroom.instructor.proof import consistency
from classroom.instructor.proof.cases import cases
from classroom.instructor.proof.slips import read_slips

SHARED = Path(__file__).resolve().parents[4]


def contents(top):
    """Return the bytes of each file in a folder, and None for each folder in it, by path."""
    return {path.relative_to(top).as_posix(): path.read_bytes() if path.is_file() else None for path in top.rglob("*")}


@pytest.mark.parametrize("services", [[], ["postgres"]])
def test_new_week_is_consistent(top, services):
    """Its texts, stubs, checks and points agree, with a database and without."""
    week = make_week(Course(top), "week6-queues", title="Queues & more", minutes=60, services=services)

    assert consistency.problems(week) == []
    assert (week.title, week.max_score, list(week.services)) == ("Queues & more", 100, services)
    kinds = {case.kind for case in cases(week)}
    assert {"right", "wrong", "prefix", "without"} <= kinds
    assert read_slips(week)


def test_new_week_has_the_parts_of_the_list_in_the_docs(queues):
    """Each file and folder that docs/checks.md lists for a week is there, but for diagrams: it has none to draw."""
    page = (SHARED.parent / "docs/checks.md").read_text(encoding="utf-8")
    listed = re.findall(r"`([\w./]+)`", "\n".join(re.findall(r"^- \[ \] (.*?)(?::|$)", page, re.MULTILINE)))

    assert len(listed) >= 10
    assert "```mermaid" not in (queues.folder / "README.md").read_text(encoding="utf-8")
    assert [name for name in listed if not (queues.folder / name).exists()] == ["diagrams/"]


def test_packages_are_at_the_versions_of_the_lock(top):
    """requirements.txt pins what shared/requirements.lock pins."""
    week = make_week(Course(top), "week6-queues", title=None, minutes=60, services=["postgres"])

    lock = (top / "shared/requirements.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^[\w-]+==[\d.]+", (week.folder / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(pins) == 3
    assert [pin for pin in pins if f"{pin} " not in lock] == []


def test_readme_of_the_course_gets_a_row(top, queues):
    """The row follows that of the last week, with the number of tasks and the time."""
    lines = (top / "README.md").read_text(encoding="utf-8").splitlines()

    assert lines[5] == "| [6](week6-queues/README.md) | **Queues** | 3 | 90 minutes |"


def test_rows_are_in_the_order_of_the_weeks(top, queues):
    """A week with a smaller number has its row before that of a week with a larger one."""
    make_week(Course(top), "week3-files", title=None, minutes=60)

    rows = re.findall(r"^\| \[(\d)\]", (top / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == ["1", "3", "6"]


def test_marks_of_the_template_are_counted(queues, assignment):
    """`verify` says how many texts are still the template's, and nothing of a week without marks."""
    (sentence,) = consistency.unwritten(queues)

    assert re.fullmatch(r"1\d template texts left to replace; find them: grep -rn AUTHOR: week6-queues", sentence)
    assert consistency.unwritten(assignment) == []


@pytest.mark.parametrize(
    ("name", "title", "said"),
    [
        ("queues", None, "'queues' is not a name for a week: write weekN-topic"),
        ("week6", None, "'week6' is not a name for a week"),
        ("week6-Queues", None, "'week6-Queues' is not a name for a week"),
        ("week6-../../x", None, "is not a name for a week"),
        ('week6-"best"', None, "is not a name for a week"),
        ("week1-other", None, "Week 1 already exists (week1-tiny); the next free number is 2."),
        ("week1-tiny", None, "week1-tiny already exists: choose another name"),
        ("week6-queues", 'The "best"', "is not a title: write one line"),
        ("week6-queues", "two\nlines", "is not a title: write one line"),
    ],
)
def test_unsuitable_name_or_title_is_refused(top, name, title, said):
    """A bad name, an existing name or number and a bad title are rejected, and nothing is created."""
    before = contents(top)

    with pytest.raises(UsageError, match=re.escape(said)):
        make_week(Course(top), name, title=title, minutes=60)

    assert contents(top) == {**before, ".classroom": None, ".classroom/new.lock": b""}


def test_outside_a_course_no_week_is_made(tmp_path):
    """If no folder above has weeks or the kit, the message says where to go."""
    with pytest.raises(UsageError, match=r"There is no course in .* or above it: change to the course's folder first"):
        Course.around(tmp_path)


def test_course_without_its_kit_is_refused(course):
    """Weeks without the kit next to them, such as a published week, accept no new one."""
    with pytest.raises(UsageError, match=r"has no shared/pyproject.toml: a new week needs the course with its kit"):
        Course.around(course / "week1-tiny")


def test_lock_without_a_package_is_named(course):
    """A lock that does not pin a package that the week needs is named, with the package."""
    (course / "shared").mkdir()

    with pytest.raises(UsageError, match=r"requirements.lock does not pin fastapi"):
        make_week(Course(course), "week6-queues", title=None, minutes=60)

    assert not (course / "week6-queues").exists()


def test_name_makes_the_title(top):
    """Without a title, the words of the name become the title."""
    week = make_week(Course(top), "week7-message-queues", title=None, minutes=60)

    assert Assignment.load(week.folder).title == "Message queues"
