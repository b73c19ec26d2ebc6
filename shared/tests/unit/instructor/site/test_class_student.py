"""The staff's page of a student: adjustments that are granted, refused and undone, and who sees what."""

from __future__ import annotations

import re

import pytest
from classroom.instructor.classrooms.due_dates import DueDates
from classroom.instructor.grading.adjustments import read_entries
from classroom.instructor.site import people

PAGE = "/class/students/ada"
WEEK = "week1-tiny"
UNDO = re.compile(r'name="line" value="(\d+)"><input type="hidden" name="key" value="([0-9a-f]+)"')


def adjust(browser, **fields):
    """Send the form of the page."""
    browser.look(PAGE)
    return browser.submit(f"{PAGE}/adjust", **{"week": WEEK, **fields})


def rows(room):
    """Return what adjustments.csv says."""
    found = read_entries(room.folder / "adjustments.csv")
    return [(each.student, each.kind, each.value, each.note) for each in found]


def acts(context):
    """Return who did what about Ada, the newest first."""
    with context.begin() as db:
        return [(act.by, act.what) for act in people.log(db, "ada")]


def test_extension_moves_the_due_date_that_the_student_sees(room, context, instructor, joined):
    """An extension is a row of adjustments.csv, is in the log with its reason, and moves the date on both pages."""
    from datetime import UTC, datetime

    DueDates(room).close(WEEK, datetime(2099, 1, 2, 3, 4, tzinfo=UTC))
    page = adjust(instructor, kind="extension", value="+2d", note="ill").text

    assert rows(room) == [("ada", "extension", "+2d", "ill")]
    assert acts(context)[0] == ("Instructor", "adjusted Ada Lovelace (ada), week1-tiny: extension +2d (ill)")
    assert "2099-01-04 03:04" in page
    assert "2099-01-04 03:04" in joined("ada").get("/weeks/").text
    assert "2099-01-04" in (room.repository_path(WEEK, "ada") / "classroom-closes").read_text()


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("points", "2=99", "Task 2 has 60 points, so 99 is too much."),
        ("extension", "soon", "&#39;soon&#39; is not a time: write 2026-12-03T23:59+01:00, or +2d or +36h."),
        ("bribe", "", "&#39;bribe&#39; is not one of extension"),
    ],
)
def test_what_the_command_refuses_is_refused_in_the_same_words(room, context, instructor, kind, value, told):
    """A row that cannot be right is not written or logged, and what was typed stays in the form."""
    response = adjust(instructor, kind=kind, value=value, note="because")

    assert response.status_code == 409
    assert told in response.text
    assert 'value="because"' in response.text
    assert not (room.folder / "adjustments.csv").exists()
    assert acts(context) == []


def test_adjustment_is_undone(room, context, instructor):
    """The button removes the row that it belongs to, also if rows before it are gone; a second time says so."""
    for value in ("1=+1", "1=+2"):
        adjust(instructor, kind="points", value=value, note="two\nlines")
    second = UNDO.findall(instructor.look(PAGE).text)[1]
    adjust(instructor, kind="excuse")
    lines = (room.folder / "adjustments.csv").read_text().splitlines(keepends=True)
    (room.folder / "adjustments.csv").write_text("".join([lines[0], *lines[2:]]))

    fields = dict(zip(("line", "key"), second, strict=True))
    assert instructor.submit(f"{PAGE}/adjustments/undo", **fields).status_code == 200
    assert [kind for _, kind, *_ in rows(room)] == ["excuse"]
    assert acts(context)[0][1].startswith("undid an adjustment of Ada Lovelace (ada), week1-tiny: points 1=+2")

    again = instructor.submit(f"{PAGE}/adjustments/undo", **fields)
    assert (again.status_code, "was changed or removed in the meantime" in again.text) == (409, True)


def test_what_was_typed_is_inert(instructor):
    """A reason with markup is shown as it was typed."""
    page = adjust(instructor, kind="comment", value="<b>well</b>", note="<script>alert(1)</script>").text

    assert "<b>well" not in page
    assert "<script>alert" not in page
    assert "&lt;b&gt;well" in page


def test_broken_file_is_said(room, instructor):
    """A row that cannot be used, written by hand, is named on the page, because nothing in the file counts until then."""
    (room.folder / "adjustments.csv").write_text("student,week,kind,value,note\nada,week1-tiny,points,9=1,\n")

    assert "line 2: there is no task 9" in instructor.look(PAGE).text


def test_assistant_comments_and_sees_nothing_of_access(room, context, assistant):
    """An assistant sees the weeks and comments; adjustments, access and log are the instructor's."""
    page = assistant.look(PAGE).text
    assert [word for word in ("Undo the join", "Make a personal link", "<h2>Log", '/adjust"') if word in page] == []

    assistant.submit(f"{PAGE}/comment", week=WEEK, text="Well done")
    assert rows(room) == [("ada", "comment", "Well done", "")]
    assert acts(context)[0][0] == "Tom"
