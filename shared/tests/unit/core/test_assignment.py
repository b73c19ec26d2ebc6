"""Reading an assignment."""

import pytest
from classroom.core.assignment import Assignment, duration
from classroom.core.errors import UsageError


@pytest.mark.parametrize(
    ("find_text", "replacement", "message"),
    [
        ("number = 2", "number = 1", "tasks must have different numbers, in ascending order"),
        ("needs = [2]", "needs = [3]", "task 3 can only need tasks with a smaller number"),
        ("minutes = 60", "minutes = '60'", "minutes in the top level must be of type int"),
        ("minutes = 60", "", "minutes is missing in the top level"),
        ("minutes = 60", "minutes = 60\nminute = 1", "the top level has the unknown entry 'minute'"),
        ("minutes = 60", "minutes = 60\nservices = ['mysql']", "'mysql' is not a service (known: postgres, cache"),
        ("minutes = 60", "minutes = 60\nstudent_files = [1]", "student_files must be a list of strings"),
        ("minutes = 60", "minutes = 60\nlimits = { check_s = 0 }", "[limits] check_s must be a number greater than 0"),
        ("minutes = 60", "minutes = 60\napps = ['app.main']", "apps must be a table"),
        ("minutes = 60", "minutes = 60\napps = { Shop = 'app.shop' }", "[apps] Shop must be a name and its module"),
        ("minutes = 60", "minutes = 60\napps = { shop = 'app/shop.py' }", "[apps] shop must be a name and its module"),
    ],
)
def test_invalid_entry_is_named(tmp_path, find_text, replacement, message):
    """An invalid assignment.toml raises an error with its path and the entry."""
    text = "title = 'T'\nminutes = 60\n" + "".join(
        f"[[tasks]]\nnumber = {number}\ntitle = 'T'\npoints = 1\nneeds = [{number - 1 or ''}]\n" for number in (1, 2, 3)
    )
    assert find_text in text
    (tmp_path / "assignment.toml").write_text(text.replace(find_text, replacement, 1))

    with pytest.raises(UsageError) as error:
        Assignment.load(tmp_path)

    assert str(error.value).startswith(f"{tmp_path / 'assignment.toml'}: ")
    assert message in str(error.value)


def test_submission_has_one_app_or_several(tmp_path):
    """Without [apps] the app is app.main; with it, there is one for each entry, in this order."""
    text = "title = 'T'\nminutes = 1\n[[tasks]]\nnumber = 1\ntitle = 'T'\npoints = 100\n"
    (tmp_path / "assignment.toml").write_text(text)
    assert Assignment.load(tmp_path).modules == ("app.main",)

    (tmp_path / "assignment.toml").write_text(text + "[apps]\nshop = 'app.shop.main'\nbank = 'app.bank'\n")
    assert Assignment.load(tmp_path).modules == ("app.shop.main", "app.bank")


def test_tasks_must_be_tables(tmp_path):
    """A list of anything but tables is an invalid entry."""
    (tmp_path / "assignment.toml").write_text("title = 'T'\nminutes = 1\ntasks = [1]\n")

    with pytest.raises(UsageError, match=r"\[\[tasks\]\] must be a table"):
        Assignment.load(tmp_path)


def test_folder_without_the_file_is_not_a_week(tmp_path):
    """A folder without assignment.toml is named."""
    with pytest.raises(UsageError, match=r"is not a week of the course: it has no assignment.toml"):
        Assignment.load(tmp_path)


def test_file_that_is_a_folder_cannot_be_read(tmp_path):
    """An assignment.toml that the system cannot open is named with the system's reason."""
    (tmp_path / "assignment.toml").mkdir()

    with pytest.raises(UsageError, match=r"assignment.toml cannot be read: "):
        Assignment.load(tmp_path)


def test_task_that_does_not_exist_is_named(assignment):
    """A wrong task number raises an error that lists the existing ones."""
    with pytest.raises(UsageError, match=r"has no task 9: its tasks are 1 to \d"):
        assignment.task(9)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(1, "1 minute"), (45, "45 minutes"), (60, "1 hour"), (90, "90 minutes"), (180, "3 hours")],
)
def test_duration_is_said_for_people(minutes, said):
    """Whole hours are hours, anything else is minutes, and one is one."""
    assert duration(minutes) == said
