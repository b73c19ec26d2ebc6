"""What many open pages ask for at once is read from files and git once, and again after a change."""

from __future__ import annotations

from unittest.mock import Mock

import pytest
from classroom.instructor.classrooms import classroom
from classroom.instructor.classrooms.due_dates import DueDates
from classroom.instructor.site import recent, standings, timelines, weeks

WEEK = "week1-tiny"


@pytest.fixture
def counted(monkeypatch):
    """A function that lets something be counted while it does its work."""

    def count(module, name):
        calls = Mock(wraps=getattr(module, name))
        monkeypatch.setattr(module, name, calls)
        return calls

    return count


def test_roster_is_read_again_after_a_change(room, counted):
    """Pages read the roster once, and again after the instructor has changed it."""
    reads = counted(classroom, "read_roster")
    before = [room.students(), room.students()]
    (room.folder / "roster.csv").write_text("github_username,name\neve,Eve\n")

    assert [[student.username for student in found] for found in before] == [["ada", "bob"]] * 2
    assert [student.username for student in room.students()] == ["eve"]
    assert reads.call_count == 2


def test_git_is_asked_once_for_each_push(joined, graded, counted, monkeypatch):
    """However many pages show a student's pushes, git lists them once, until there is another push."""
    monkeypatch.setattr(recent, "KEPT_SECONDS", 0)  # each page is made anew
    runs = counted(timelines, "timeline")
    ada = joined("ada")
    for _ in range(3):
        graded("ada")
        pages = [ada.get("/weeks/week1-tiny/parts/pushes").text for _ in range(3)]
    assert pages[0].count("2026-11-29") == 3
    assert runs.call_count == 3


def test_part_of_a_page_is_made_once(joined, graded, counted, monkeypatch):
    """What one tab has asked for is there for the next, until something has changed."""
    monkeypatch.setattr(recent, "KEPT_SECONDS", 1000)
    made = counted(weeks, "own_week")
    ada = joined("ada")
    cards = []
    for score in (10, 20):
        graded("ada", score=score)
        cards += [ada.get("/weeks/week1-tiny/parts/card").text for _ in range(3)]

    assert ["10 of 100" in card for card in cards] == [True] * 3 + [False] * 3
    assert made.call_count == 2


@pytest.mark.parametrize("part", ["card", "place"])
def test_part_of_one_student_is_not_shown_to_another(joined, graded, part):
    """What is kept of one student's page is never shown to another student."""
    graded("ada", score=10)
    ada, bob = joined("ada"), joined("bob")
    first, second = (each.get(f"/weeks/week1-tiny/parts/{part}").text for each in (ada, bob))

    assert first != second


def test_class_looks_again_at_the_student_who_has_pushed(instructor, graded, counted):
    """A push of one student is looked at, and not everybody's."""
    instructor.get("/class/parts/class")
    looks = counted(standings, "standing")
    graded("ada")
    for _ in range(3):
        instructor.get("/class/parts/class")

    assert [call.args[2].username for call in looks.call_args_list] == ["ada"]


def test_standing_without_the_adjustments_is_not_kept(room):
    """If the adjustments could not be read for a moment, an extension counts again as soon as they can be."""
    (room.folder / WEEK / ".closes").write_text("1000000000 long ago\n")
    (room.folder / "adjustments.csv").write_text(
        f"student,week,kind,value,note\nbob,{WEEK},extension,2099-01-01T12:00Z,\n"
    )
    known, week, bob = standings.Standings(room), room.weeks()[0], room.students()[1]
    unread, read = DueDates(room), DueDates(room)
    unread.problem = "adjustments.csv cannot be read."
    read.read()

    years = [known.of(week, bob, dates, known.shared(week)).closing.last.year for dates in (unread, read)]
    assert years == [2001, 2099]
