"""Another roster from the site: compared first, accepted as it was shown, with a repository for who is new."""

from __future__ import annotations

import re

import pytest
from classroom.instructor.roster import Student, write_roster
from classroom.instructor.site import people, registration

PAGE = "/class/roster"
KEY = re.compile(r'name="key" value="([0-9a-f]{64})"')
NEW = "identifier,github_username,name\nada@x,ada,Ada King\nzoe@x,zoe,Zoe <b>Zed</b>\n"


def words(page):
    """Return the text of a page, without tags, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def upload(instructor, text=NEW):
    """Send a file; return the page."""
    instructor.look(PAGE)
    token = re.search(r'name="form_token" value="([0-9a-f]+)"', instructor.shown)[1]
    response = instructor.post(PAGE, data={"form_token": token}, files={"roster": ("roster.csv", text, "text/csv")})
    instructor.shown = response.text
    return response


def usernames(room):
    """Return who is on the roster."""
    return [student.username for student in room.students()]


def test_changes_are_shown_before_they_happen(room, context, instructor, joined):
    """Who is added, renamed and dropped is named; after the button the class is the new one, and the log says so."""
    joined("ada")
    page = words(upload(instructor).text)

    assert "added Zoe &lt;b&gt;Zed&lt;/b&gt; (zoe) gets a repository for each week" in page
    assert "renamed Ada Lovelace (ada) is now Ada King (ada) the repository stays ada" in page
    assert "dropped Bob Builder (bob)" in page
    assert usernames(room) == ["ada", "bob"]

    instructor.submit(f"{PAGE}/accept", key=KEY.search(instructor.shown)[1])
    assert usernames(room) == ["ada", "zoe"]
    assert room.repository("week1-tiny", "zoe") is not None
    assert room.repository("week1-tiny", "bob") is not None
    with context.begin() as db:
        assert people.log(db)[0].what == "accepted a roster: 1 added, 1 renamed, 1 dropped"
        assert people.students(db)["ada"].name == "Ada King"
    assert "has the same students" in upload(instructor).text


def test_what_the_file_has_no_column_for_is_kept(room, instructor):
    """A file without email addresses keeps those that are known, and the page says so."""
    write_roster(room.folder / "roster.csv", [Student("ada", "ada@x", "Ada Lovelace", "ada@x.org", other={"ID": "7"})])
    page = words(upload(instructor, "identifier,github_username,name\nada@x,ada,Ada King\n").text)
    instructor.submit(f"{PAGE}/accept", key=KEY.search(instructor.shown)[1])

    assert "kept from the roster before: email, ID" in page
    assert [(each.name, each.email, each.other) for each in room.students()] == [
        ("Ada King", "ada@x.org", {"ID": "7"}),
    ]


def test_other_cells_are_shown_and_accepted(room, instructor):
    """A file with the same names and other cells is a change: which one is shown, also if a cell is emptied."""
    students = [Student("ada", "ada@x", "Ada Lovelace", "ada@x.org"), Student("bob", "bob@x", "Bob", "bob@x.org")]
    write_roster(room.folder / "roster.csv", students)
    text = "identifier,github_username,name,email,section\nada@x,ada,Ada Lovelace,ada@y.org,A\nbob@x,bob,Bob,,\n"
    page = words(upload(instructor, text).text)
    instructor.submit(f"{PAGE}/accept", key=KEY.search(instructor.shown)[1])

    assert "updated Ada Lovelace (ada) email: ada@y.org instead of ada@x.org; section: A" in page
    assert "updated Bob (bob) email: bob@x.org is removed" in page
    assert [(each.email, each.section) for each in room.students()] == [("ada@y.org", "A"), ("", "")]


def test_class_that_changed_in_the_meantime_is_compared_again(room, context, instructor):
    """A student who joins between the comparison and the button is not dropped without a word."""
    upload(instructor)
    key = KEY.search(instructor.shown)[1]
    with context.begin() as db:
        registration.join_typed(room, db, "Eve Late")
    response = instructor.submit(f"{PAGE}/accept", key=key)

    assert (response.status_code, "Look at the changes again" in response.text) == (409, True)
    assert "dropped Eve Late" in words(response.text)
    assert usernames(room) == ["ada", "bob", "Eve-Late"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Choose a file."),
        ("x" * 2_000_001, "the limit for a roster"),
        ("name,email\n,\n", "The file"),
        ("\0\0\0", "The file"),
        ("\0\1\2\3", "is not a text file"),
        ("name\nAda\7\n", "is not a text file"),
    ],
)
def test_file_that_is_no_roster_is_refused(room, instructor, text, told):
    """A file that cannot be used changes nothing, and the page says why without a path of the server."""
    response = upload(instructor, text)

    assert (response.status_code, told in response.text) == (409, True)
    assert str(room.folder) not in response.text
    assert usernames(room) == ["ada", "bob"]
