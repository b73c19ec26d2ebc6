"""Closing times of a classroom, read again and again by a server that must not end."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from classroom.cli.instructor.late_rules import rule_left_out
from classroom.cli.main import main
from classroom.core.errors import UsageError
from classroom.instructor.classrooms import due_dates
from classroom.instructor.classrooms.classroom import Classroom
from classroom.instructor.classrooms.due_dates import OWN_CLOSING, DueDates, Late
from classroom.instructor.site.grading_process import cohort_of


@pytest.fixture
def dates(assignment, tmp_path):
    """The dates of a classroom in which Ada has an extension that no hook knows yet."""
    (tmp_path / ".classroom/inbox").mkdir(parents=True)
    (tmp_path / ".classroom/timezone").write_text("UTC\n")
    shutil.copytree(assignment.folder, tmp_path / ".classroom/weeks/week1-tiny")
    (tmp_path / "week1-tiny/week1-tiny-ada.git").mkdir(parents=True)
    (tmp_path / "week1-tiny/.closes").write_text("1795989600 text\n")
    (tmp_path / "roster.csv").write_text("username\nada\n")
    (tmp_path / "adjustments.csv").write_text("student,week,kind,value,note\nada,week1-tiny,extension,+2d,\n")
    return DueDates(Classroom(tmp_path))


def own_closing(dates):
    """What the hooks read of Ada."""
    file = dates.classroom.repository_path("week1-tiny", "ada") / OWN_CLOSING
    return file.read_text() if file.exists() else None


def test_closing_time_that_could_not_be_written_is_written_later(dates, monkeypatch, caplog):
    """An error while writing is logged, once until the next attempt, at which nothing has to have changed."""
    with monkeypatch.context() as broken:
        broken.setattr(due_dates, "write_atomic", lambda *_: (_ for _ in ()).throw(PermissionError(13, "denied")))
        dates.refresh()
        dates.refresh()
    before = own_closing(dates)
    monkeypatch.setattr(due_dates.time, "monotonic", lambda: dates._retry_at)

    dates.refresh()

    assert caplog.messages == [
        "week1-tiny: the closing time for ada could not be written: denied. The next attempt is in 60 seconds."
    ]
    assert (before, own_closing(dates)) == (None, "1796162400 2026-12-01 22:00 UTC\n")


def test_folder_that_cannot_be_read_ends_nothing(dates, monkeypatch, caplog):
    """A folder of repositories that may not be read is logged, and the server goes on."""

    def denied(path):
        raise PermissionError(13, "denied", str(path))

    monkeypatch.setattr(Path, "iterdir", denied)

    dates.refresh()

    weeks = dates.classroom.state_dir / "weeks"
    assert caplog.messages == [f"{weeks} cannot be read: denied. The next attempt is in 60 seconds."]


def test_time_zone_that_cannot_be_read_is_told(dates, monkeypatch):
    """A file with the classroom's zone that may not be read is a sentence with its path."""

    def denied(*_args, **_more):
        raise PermissionError(13, "denied")

    monkeypatch.setattr(Path, "read_text", denied)

    with pytest.raises(UsageError, match=r"\.classroom/timezone cannot be read: denied\."):
        DueDates(dates.classroom)


@pytest.mark.parametrize(("named", "status"), [("1", 0), ("week1-tiny", 0), ("7", 2)])
def test_week_is_found_in_the_classroom_away_from_the_course(
    dates, tmp_path_factory, monkeypatch, capsys, named, status
):
    """Outside the course a week is named by number or folder, too, if it was opened in the classroom."""
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))

    assert main(["adjust", str(dates.classroom.folder), "ada", named, "excuse"]) == status

    rows = (dates.classroom.folder / "adjustments.csv").read_text().splitlines()[2:]
    assert rows == (["ada,week1-tiny,excuse,,"] if status == 0 else [])
    assert ("There is no week 7 in" in capsys.readouterr().err) == (status != 0)


def test_dropped_student_can_be_adjusted(dates, assignment):
    """A row about a student who was dropped is accepted by `adjust`, as by a grading; one about nobody is not."""
    folder = dates.classroom.folder
    (folder / ".classroom/dropped.csv").write_text("username\neve\n")

    statuses = [main(["adjust", str(folder), name, str(assignment.folder), "excuse"]) for name in ("eve", "zoe")]

    assert statuses == [0, 2]
    assert (folder / "adjustments.csv").read_text().splitlines()[2:] == ["eve,week1-tiny,excuse,,"]


def test_late_days_are_before_the_closing_time(dates):
    """The hooks read when the last late push is accepted; the due date is before it, and the command for it keeps the rule."""
    week, file = "week1-tiny", dates.classroom.folder / "week1-tiny/.closes"
    due = datetime(2027, 1, 2, 3, 4, tzinfo=UTC)
    dates.close(week, due, Late(2, 10, best=False))
    first, second = file.read_text().splitlines()
    assert first == "1799031840 2027-01-04 03:04 UTC (due 2027-01-02 03:04 UTC, then 10 points off for each day)"
    assert second == "late 2 10 last"
    closing = dates.closing(week)
    assert (closing.moment, closing.days, closing.points, closing.best) == (due, 2, 10, False)

    dates.close(week, due + timedelta(days=1))
    assert (dates.closing(week).moment, dates.late(week)) == (due + timedelta(days=1), Late(2, 10, best=False))
    dates.close(week, due, Late())
    assert file.read_text() == "1798859040 2027-01-02 03:04 UTC\n"


def test_grading_without_the_late_rules_of_its_classroom_says_so(dates, tmp_path):
    """What being late costs is named with the options that apply it, where a classroom has such a rule."""
    files = (tmp_path / "roster.csv", None)
    assert rule_left_out("week1-tiny", files) is None
    dates.close("week1-tiny", datetime(2027, 1, 2, 3, 4, tzinfo=UTC), Late(2, 10, best=False))

    told = rule_left_out("week1-tiny", files)

    assert told.endswith(f"{tmp_path}, add --deadline 2027-01-02T03:04 --late-days 2 --late-points 10 --late last")
    assert rule_left_out("week1-tiny", (tmp_path / "elsewhere/roster.csv", None)) is None


@pytest.mark.parametrize("text", ["", "tomorrow\n", "9" * 30 + " text\n"])
def test_damaged_due_date_is_not_taken_for_none(dates, assignment, tmp_path, text):
    """A grading that would apply no due date, because the file with it is damaged, does not begin."""
    (tmp_path / "week1-tiny/.closes").write_text(text)
    told = r"week1-tiny/\.closes is damaged, so it is not known when week1-tiny is due\. Set the due date again\."

    with pytest.raises(UsageError, match=told):
        rule_left_out("week1-tiny", (tmp_path / "roster.csv", None))
    with pytest.raises(UsageError, match=told):
        cohort_of(dates.classroom, assignment.folder, tmp_path / "grades", "none", 1)


def test_late_day_with_25_hours(dates):
    """The due date that is read back is the one that was set, although the clocks are changed on the late day."""
    dates.zone = ZoneInfo("Europe/Berlin")
    due = datetime(2026, 10, 24, 21, 59, tzinfo=UTC)

    dates.close("week1-tiny", due, Late(1, 5))

    closing = dates.closing("week1-tiny")
    assert (closing.moment, closing.last) == (due, datetime(2026, 10, 25, 22, 59, tzinfo=UTC))


@pytest.mark.parametrize("text", ["late 2", "late -1 5 best", "late 2 10 worst", "nothing"])
def test_odd_second_line_means_no_late_days(dates, text):
    """A file that someone has changed by hand closes at its time."""
    (dates.classroom.folder / "week1-tiny/.closes").write_text(f"1795989600 text\n{text}\n")

    assert (dates.closing("week1-tiny").days, dates.closing("week1-tiny").points) == (0, 0)


def test_extension_of_a_late_week_is_written_with_its_late_days(dates):
    """A student with an extension may be as many days late as everyone, counted from the own due date."""
    dates.close("week1-tiny", datetime(2027, 1, 2, 3, 4, tzinfo=UTC), Late(1, 5))
    dates.refresh()

    assert own_closing(dates).startswith("1799118240 2027-01-05 03:04 UTC (due 2027-01-04 03:04 UTC, then 5 points")
