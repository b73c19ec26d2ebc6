"""A new task: in each file that names tasks, with points from the others, or one sentence that says why not."""

import re

import pytest
from classroom.core.assignment import Assignment, Task
from classroom.core.errors import UsageError
from classroom.instructor.authoring.new_task import make_task
from classroom.instructor.authoring.points import shared_out
from classroom.instructor.proof import consistency
from classroom.instructor.proof.cases import cases
from classroom.instructor.proof.readme_examples import problems as untrue


def again(assignment):
    """Return the week as it is now."""
    return Assignment.load(assignment.folder)


def test_new_task_is_in_each_file(queues):
    """Stub, solution, README, hints and checks of the new task agree, and it has a wrong answer of its own."""
    made = make_task(queues, "Archive a note", 10)

    week = again(queues)
    assert week.tasks[-1] == Task(4, "Archive a note", 10)
    assert consistency.problems(week) == []
    assert [case.name for case in cases(week) if case.loses == {4}] == ["task4_archive_a_note_as_text"]
    assert all((week.folder / name).is_file() for name in made.files)


def test_points_come_from_the_other_tasks(queues):
    """The other tasks give the points, in assignment.toml and in README.md, so that all have 100 together."""
    made = make_task(queues, "Archive a note", 20)

    assert made.points == {2: (45, 40), 3: (50, 35)}
    assert made.total == again(queues).max_score == 100
    shown = re.findall(r"^\*(\d+) points", (queues.folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert shown == ["5", "40", "35", "20"]


def test_section_is_the_last_task_and_not_the_last_section(queues):
    """The new section follows that of the last task, above "Check your work"."""
    make_task(queues, "Archive a note", 10)

    headings = re.findall(r"^## (.+)$", (queues.folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[-5:] == ["3. Read a note", "4. Archive a note", "Check your work", "If you are stuck", "Hand in"]


def test_row_of_the_course_counts_the_task(top, queues):
    """The row of the week in the course's README names the new number of tasks, and the file is one of those listed."""
    made = make_task(queues, "Archive a note", 10)

    assert "../README.md" in made.files

    assert "| **Queues** | 4 | 90 minutes |" in (top / "README.md").read_text(encoding="utf-8")


def test_design_has_a_row_for_the_points_within_the_task(queues):
    """The new task is the last row in the design's table of points, and a week without the table takes a task, too."""
    path = queues.folder / "grading/design.md"
    make_task(queues, "Archive a note", 10)
    rows = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    path.unlink()

    made = make_task(again(queues), "Count notes", 10)

    assert rows[-1] == "| 4 | two words (1) | words of 1 to 20 letters (1) |"
    assert "grading/design.md" not in made.files


@pytest.mark.parametrize("title", ["404 for Ödön", "Class", "笔记", "Read note", "It's {{ 7 * 7 }} % done"])
def test_any_title_makes_a_task(queues, title):
    """A title of digits, a keyword, another alphabet, or the name of a function of the app makes a task."""
    make_task(queues, title, 10)

    assert again(queues).tasks[-1].title == title
    assert consistency.problems(again(queues)) == []
    compile((queues.folder / "app/main.py").read_text(encoding="utf-8"), "main.py", "exec")


def test_title_that_is_a_name_in_use_hides_nothing(queues):
    """Tasks called as a module, a path, a function of Python or a variable work, and so do the tasks before them."""
    for title in ("Store", "Notes", "Len", "App"):
        make_task(again(queues), title, 5)

    assert untrue(again(queues)) == []


def test_points_in_another_form_are_named(queues):
    """A task whose points README.md does not name in a line of its own is named, so that the author looks for them."""
    path = queues.folder / "README.md"
    path.write_text(path.read_text(encoding="utf-8").replace("*50 points.*", "Five files, ten points each."), "utf-8")

    made = make_task(queues, "Archive a note", 10)

    assert (made.points, made.unnamed) == ({3: (50, 40)}, (3,))


def test_title_of_another_task_is_refused(queues):
    """A command that is typed twice makes one task."""
    make_task(queues, "Archive a note", 10)

    with pytest.raises(UsageError, match="Task 4 of week6-queues already has this title"):
        make_task(again(queues), "archive a note", 10)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("app/main.py", "def (", "main.py, line 1: "),
        ("app/main.py", "router = None\n", "has no line that begins with `app = FastAPI(`"),
        ("README.md", "# Week 6\n", "README.md has no heading '## 3. Read a note'"),
        ("HINTS.md", None, "HINTS.md is missing: a new task is added to it."),
        ("tests/test_task4_archive_a_note.py", "", "already exists: choose another title"),
    ],
)
def test_week_that_cannot_take_a_task_is_left_as_it_is(queues, file, text, said):
    """A file that is broken, missing or in the way is named, and no other file is changed."""
    path = queues.folder / file
    path.unlink() if text is None else path.write_text(text, encoding="utf-8")
    before = {path: path.read_bytes() for path in queues.folder.rglob("*") if path.is_file()}

    with pytest.raises(UsageError, match=re.escape(said)):
        make_task(queues, "Archive a note", 10)

    assert {path: path.read_bytes() for path in queues.folder.rglob("*") if path.is_file()} == before


def test_other_form_of_the_tasks_is_refused(queues):
    """An assignment.toml whose points cannot be changed in place is named, and left as it is."""
    path = queues.folder / "assignment.toml"
    text = path.read_text(encoding="utf-8").replace('number = 3\ntitle = "Read a note"\npoints = 50\n', "")
    path.write_text(text + 'points = 50\ntitle = "Read a note"\nnumber = 3\n', encoding="utf-8")

    with pytest.raises(UsageError, match=r"assignment\.toml is not written as in the other weeks"):
        make_task(queues, "Archive a note", 10)

    assert path.read_text(encoding="utf-8").endswith("number = 3\n")


@pytest.mark.parametrize(
    ("points", "new", "left"),
    [
        ([5, 45, 50], 10, {3: 40}),
        ([5, 45, 50], 12, {2: 43, 3: 40}),
        ([5, 20, 20], 10, {}),
        ([5, 20, 20], 60, {3: 15}),
        ([5, 90, 5], 85, {2: 5}),
    ],
)
def test_largest_task_gives_first(points, new, left):
    """Tasks give in steps of five, the largest first; points that no task has yet are used before."""
    tasks = [Task(number, "T", value) for number, value in enumerate(points, 1)]

    assert shared_out(tasks, new) == left


def test_too_many_points_are_refused_with_the_most(queues):
    """The message names how many points the others can give."""
    with pytest.raises(UsageError, match="at most 85 points and keep 5 each: add --points 85"):
        make_task(queues, "Archive a note", 90)
