"""Weeks that are graded automatically after their due date, and what being late costs, as the site shows it."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

import pytest
from classroom.core.load import under_load
from classroom.instructor.classrooms.due_dates import DueDates, Late
from classroom.instructor.site import official, people
from classroom.instructor.site.at_due_date import AtDueDate
from classroom.instructor.site.grading_process import cohort_of
from classroom.instructor.site.people import NotPossible

WEEK, PAGE = "week1-tiny", "/class/weeks/week1-tiny/"
DAY = timedelta(days=1)


def words(page):
    """Return the text of a page, without tags, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def ago(**time):
    """Return a moment in the past."""
    return datetime.now(UTC) - timedelta(**time)


def extend(room, value):
    """Give Bob an extension."""
    (room.folder / "adjustments.csv").write_text(f"student,week,kind,value,note\nbob,{WEEK},extension,{value},ill\n")


@pytest.fixture
def gradings(room):
    """Gradings that only remember what has begun."""
    return Mock(classroom=room, is_busy=False, last=Mock(return_value=None))


@pytest.fixture
def at_due_date(gradings):
    """What looks for weeks whose time is over, switched on for the week by Grace."""
    found = AtDueDate(gradings, Mock())
    found.switch(WEEK, "Grace", on=True)
    return found


def begun(at_due_date):
    """Look, and return how many gradings have begun so far."""
    at_due_date.look()
    return at_due_date.gradings.begin.call_count


def test_week_is_graded_once_after_its_time(room, at_due_date):
    """It begins a minute after the due date, in the name of who has switched it on, and once."""
    assert begun(at_due_date) == 0
    DueDates(room).close(WEEK, ago(seconds=30))
    assert begun(at_due_date) == 0
    DueDates(room).close(WEEK, ago(minutes=2))
    assert begun(at_due_date) == begun(at_due_date) == 1
    at_due_date.gradings.begin.assert_called_once_with(WEEK, "Grace")
    at_due_date.on_begin.assert_called_once_with(WEEK, "Grace")
    assert "was graded automatically" in at_due_date.told(WEEK).text


def test_it_waits_for_late_days_and_extensions(room, at_due_date):
    """Nobody's time is cut off: late days count, and so does an extension, also one that is granted afterwards."""
    DueDates(room).close(WEEK, ago(hours=1), Late(1, 10))
    assert begun(at_due_date) == 0
    DueDates(room).close(WEEK, ago(hours=3), Late())
    extend(room, "+2d")
    assert begun(at_due_date) == 0
    assert "will be graded automatically on" in at_due_date.told(WEEK).text
    extend(room, "+1h")
    assert begun(at_due_date) == 1
    extend(room, "+2h")
    assert begun(at_due_date) == 2


def test_clock_that_was_ahead_does_not_count_as_the_due_date(room, at_due_date, monkeypatch):
    """A week that was graded too early, by a clock that was put right since, is graded again after its due date."""
    DueDates(room).close(WEEK, datetime.now(UTC) + DAY)
    clock = Mock(now=lambda zone: datetime.now(zone) + 2 * DAY)
    with monkeypatch.context() as patch:
        patch.setattr("classroom.instructor.site.at_due_date.datetime", clock)
        assert begun(at_due_date) == 1
    assert begun(at_due_date) == 1
    assert "will be graded automatically on" in at_due_date.told(WEEK).text

    monkeypatch.setattr("classroom.instructor.site.at_due_date.datetime", clock)
    assert begun(at_due_date) == begun(at_due_date) == 2


def test_it_waits_for_a_grading_that_is_running(room, at_due_date):
    """Weeks are graded one after the other, and a week that is switched off is not."""
    DueDates(room).close(WEEK, ago(minutes=2))
    at_due_date.gradings.is_busy = True
    assert begun(at_due_date) == 0
    at_due_date.gradings.is_busy = False
    at_due_date.switch(WEEK, "Grace", on=False)
    assert (begun(at_due_date), at_due_date.told(WEEK).is_on) == (0, False)


def test_week_that_is_switched_off_while_its_grading_begins_stays_off(room, at_due_date):
    """What the instructor has just switched off does not come back."""
    DueDates(room).close(WEEK, ago(minutes=2))
    at_due_date.gradings.begin.side_effect = lambda *_: at_due_date.switch(WEEK, "Grace", on=False)
    at_due_date.look()

    assert not at_due_date.told(WEEK).is_on


def test_kill_after_the_beginning_begins_again(room, gradings, at_due_date, monkeypatch):
    """A server that is killed before it has noted the grading begins it again, with nothing left to do."""
    DueDates(room).close(WEEK, ago(minutes=2))
    monkeypatch.setattr(at_due_date, "_save", Mock(side_effect=KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        at_due_date.look()

    assert begun(AtDueDate(gradings, Mock())) == 2


def test_what_stands_in_the_way_is_shown(room, at_due_date):
    """Without the hidden checks the page says why, until it works."""
    DueDates(room).close(WEEK, ago(minutes=2))
    at_due_date.gradings.begin.side_effect = NotPossible("The hidden checks were not found.")
    at_due_date.look()
    assert at_due_date.told(WEEK).text.endswith("automatically: The hidden checks were not found.")
    at_due_date.gradings.begin.side_effect = None
    at_due_date.look()
    assert "was graded automatically" in at_due_date.told(WEEK).text


def test_grading_that_failed_is_not_called_done(room, at_due_date):
    """Once a grading has failed, the page no longer says that the week was graded, but how to repeat it."""
    DueDates(room).close(WEEK, ago(minutes=2))
    at_due_date.look()

    at_due_date.gradings.last.return_value = Mock(problem="The roster cannot be read.")

    told = "but the last grading failed. Once the problem above is solved, grade again."
    assert at_due_date.told(WEEK).text.endswith(told)


def test_thread_goes_on_after_an_error(gradings, at_due_date, monkeypatch):
    """A roster or a disk that cannot be read for a while ends nothing, and the end of the server ends the thread."""
    monkeypatch.setattr("classroom.instructor.site.at_due_date.LOOK_SECONDS", 0.01)
    looked = []

    def look():
        looked.append(len(looked))
        if len(looked) == 2:
            at_due_date._stop.set()
        raise OSError("No space left on device")

    monkeypatch.setattr(at_due_date, "look", look)
    at_due_date.start()
    at_due_date._thread.join(under_load(10))
    at_due_date.close()
    assert looked == [0, 1]


def test_switch_on_the_page(context, room, instructor, monkeypatch):
    """The instructor switches it on; the grading then begins in the log, and releases nothing."""
    program = """print('{"ended": {"graded": 2, "troubled": 0, "others": 0, "groups": 0}, "changes": []}')"""
    command = Mock(return_value=[shutil.which("python3"), "-c", program])
    monkeypatch.setattr("classroom.instructor.site.gradings.command", command)
    instructor.look(PAGE)
    assert "once its due date has passed: set one above" in words(
        instructor.submit(f"{PAGE}at-due-date", on="yes").text
    )
    DueDates(room).close(WEEK, ago(minutes=2))
    context.at_due_date.look()
    context.gradings.wait(under_load(30))

    assert "This week was graded automatically" in instructor.look(PAGE).text
    assert official.released(room, WEEK) is None
    instructor.submit(f"{PAGE}at-due-date", on="no")
    with context.begin() as db:
        assert [act.what for act in people.log(db)][:3] == [
            "switched off the automatic grading of week1-tiny after the due date",
            "began an official grading of week1-tiny automatically after the due date",
            "switched on the automatic grading of week1-tiny after the due date",
        ]


def test_late_rules_are_set_with_the_due_date(room, instructor, made_room):
    """Days and points are those of `grade --late-days --late-points`, and the official grading uses them."""
    instructor.look(PAGE)
    fields = {"due": "2099-12-01T23:59", "late_days": "2", "late_points": "10", "late": "best"}
    page = instructor.submit(f"{PAGE}due", **fields).text
    assert "up to 2 days late for 10 points a day" in words(page)
    assert "2099-12-03 23:59" in (room.folder / WEEK / ".closes").read_text().splitlines()[0]

    cohort = cohort_of(room, made_room.parent / WEEK, room.folder.parent / "grades", "none", 1)
    assert (cohort.deadline.days, cohort.deadline.points, cohort.deadline.best) == (2, 10, True)
    assert f"{cohort.deadline.moment.astimezone(cohort.zone):%Y-%m-%d %H:%M}" == "2099-12-01 23:59"
    answer = instructor.submit(f"{PAGE}due", due="2099-12-01T23:59", late_points="10")
    assert (answer.status_code, "say how many days after" in answer.text) == (409, True)
    assert instructor.submit(f"{PAGE}due", due="2099-12-01T23:59", late_days="-1").status_code == 422
    instructor.submit(f"{PAGE}close")
    assert DueDates(room).late(WEEK) == Late()


@pytest.mark.parametrize(
    ("late", "told"),
    [
        (
            Late(1000, 10),
            "was 1 day late, so 10 points are taken off its official score. If the last push on time scores",
        ),
        (Late(1000, 10, best=False), "was 1 day late, so 10 points are taken off its official score."),
        (Late(1000, 0), "was 1 day late, which costs nothing."),
    ],
)
def test_late_push_is_told_what_it_costs(room, joined, instructor, pushed, late, told):
    """A student, and the staff, see on the page what the last push loses, and until when the week is open."""
    pushed("ada", {"app/mine.py": ""})
    received = datetime(2026, 11, 29, 12, tzinfo=UTC)
    DueDates(room).close(WEEK, received - DAY, late)
    page = words(joined("ada").get(f"/weeks/{WEEK}/").text)

    assert told in page
    assert ("If the last push on time" in page) == ("If the last" in told)
    assert "Late since 2026-11-28" in page
    assert told in words(instructor.get(f"/class/students/ada/weeks/{WEEK}/").text)
    assert "was 1 day late" not in words(joined("bob").get(f"/weeks/{WEEK}/").text)
