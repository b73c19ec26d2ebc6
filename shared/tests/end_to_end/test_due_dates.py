"""Due dates, extensions and other adjustments in the reply to a push."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from classroom.instructor.classrooms.classroom import Classroom
from classroom.instructor.classrooms.due_dates import DueDates
from classroom.instructor.classrooms.push_server import PushServer


@pytest.fixture(scope="module")
def room(new_room, tmp_path_factory):
    """A classroom that nobody serves."""
    room = new_room(tmp_path_factory.mktemp("due"), "ada", "bob", "cleo", "dan")
    room.patience.write_text("0\n")
    (room.place / ".classroom/timezone").write_text("UTC\n")
    return room


def close(room, **left):
    """Set when the week closes, from now."""
    moment = datetime.now(UTC) + timedelta(**left)
    dates = DueDates(Classroom(room.place))
    dates.close("week1-tiny", moment)
    dates.refresh()
    return moment


@pytest.fixture(autouse=True)
def as_before(room):
    """Leave the room without adjustments, with all repositories, and open, whatever a test has come to."""
    yield
    (room.place / "adjustments.csv").unlink(missing_ok=True)
    if (away := room.place / "away.git").exists():
        away.rename(room.repository("bob"))
    close(room, days=20)


def pushed(room, name):
    """What a push of new work is answered."""
    student = room.student(name)
    student.write(room.solved)
    return student.push(check=False).splitlines()


def graded(room, name):
    """The scorecard that the server puts on the branch feedback."""
    with PushServer(Classroom(room.place), sandbox="none") as server:
        server.serve(once=True)
    return room.student(name).fetched("SCORECARD.md")


def test_push_says_when_it_is_due(room):
    """Each push says how much time is left, and until when, in the classroom's time zone."""
    moment = close(room, days=2, hours=3, minutes=30)

    assert f"Due in 2 days, 3 hours: {moment:%Y-%m-%d %H:%M} UTC" in pushed(room, "ada")


@pytest.mark.long
def test_extension_moves_the_closing_of_one_student(room):
    """With an extension a student can push after the week has closed, and is told; removed by hand, it ends."""
    close(room, hours=-1, minutes=-30)
    file = room.place / "adjustments.csv"
    room.classroom("adjust", room.place, "bob", 1, "extension", "+36h", "--note", "ill")

    extended, others = pushed(room, "bob"), pushed(room, "cleo")
    file.write_text(file.read_text().replace("+36h", "2020-01-01T12:00"))
    with PushServer(Classroom(room.place), sandbox="none") as server:
        server.serve(once=True)
    ended = pushed(room, "bob")

    (line,) = [line for line in extended if line.startswith("Due in")]
    assert line.startswith("Due in 1 day, 10 hours: ")
    assert line.endswith(" UTC for you, with your extension")
    assert any("This assignment has been closed since " in line for line in others)
    assert any("This assignment has been closed for you since 2020-01-01 12:00 UTC" in line for line in ended)


def test_scorecard_of_a_push_has_what_was_changed(room):
    """Points, comments, and a note that is marked for the student are in the scorecard; other notes are not."""
    room.classroom("adjust", room.place, "*", 1, "waive", 3, "--note", "text was wrong", "--show-note")
    room.classroom("adjust", room.place, "dan", 1, "points", "2=-10", "--note", "between us")
    student = room.student("dan")
    student.write(room.solved.replace("2 * number", "3 * number"))
    student.push()

    card = graded(room, "dan")

    assert "Task 3 counts in full for everyone: 30 points. text was wrong" in card
    assert "| 3 | No words | 30/30 |" in card
    assert "between us" not in card


@pytest.mark.long
def test_adjustments_that_cannot_be_read_stop_nobody(room, caplog):
    """A row that is wrong is logged with its line, once; pushes are graded without it."""
    (room.place / "adjustments.csv").write_text("student,week,kind,value,note\nnobody,week1-tiny,excuse,,\n")
    pushed(room, "ada")

    card = graded(room, "ada")

    assert "**100 of 100 points**" in card
    assert len([each for each in caplog.messages if "line 2: there is no student nobody" in each]) == 1


@pytest.mark.long
def test_class_at_a_glance(room):
    """`progress` shows who has begun, pushed when, and stands where, by real names, for people and as JSON."""
    close(room, days=20)
    room.repository("bob").rename(room.place / "away.git")
    pushed(room, "ada")
    graded(room, "ada")
    pushed(room, "dan")

    shown = room.classroom("progress", room.place)
    data = json.loads(room.classroom("progress", room.place, "--json").out)

    rows = {row["username"]: row for row in data["weeks"][0]["students"]}
    assert {name: row["status"] for name, row in rows.items()} == {
        "ada": "started",
        "bob": "missing",
        "cleo": "not-started",
        "dan": "started",
    }
    assert (rows["ada"]["score"], rows["ada"]["waiting"], rows["dan"]["waiting"]) == (100, False, True)
    assert "week1-tiny: 2 of 4 have started, closes " in shown.out
    (line,) = [line for line in shown.out.splitlines() if "Ada Example (ada)" in line]
    assert line.split()[3:5] == ["started", "100/100"]
    assert line.split()[-1] == "UTC"
