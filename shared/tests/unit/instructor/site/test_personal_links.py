"""Personal links for the whole class, in one file."""

from __future__ import annotations

import csv
import io

from classroom.instructor.site import people

PAGE, LINKS = "/class/roster", "/class/personal-links"


def download(browser, **fields):
    """Send the form of the page, and return the rows of the file."""
    browser.look(PAGE)
    response = browser.submit(LINKS, **fields)
    assert response.status_code == 200, response.text
    return list(csv.DictReader(io.StringIO(response.text)))


def test_each_student_who_has_not_joined_gets_a_link_that_works(instructor, joined, anonymous):
    """The file has a row for each of them, and the link signs in as that student."""
    joined("ada")

    rows = download(instructor)

    assert [(row["username"], row["name"]) for row in rows] == [("bob", "Bob Builder")]
    assert "Sign in as Bob Builder?" in anonymous.get(rows[0]["link"]).text


def test_for_everyone_earlier_links_end(instructor, anonymous):
    """A second file for everyone has new links, and the ones of the first no longer work."""
    first = download(instructor)
    second = download(instructor, everyone="true")

    assert [row["username"] for row in second] == ["ada", "bob"]
    assert anonymous.get(first[0]["link"]).status_code == 404
    assert anonymous.get(second[0]["link"]).status_code == 200


def test_who_made_them_is_in_the_log(instructor, context):
    """The log says who made how many links."""
    download(instructor)

    with context.begin() as db:
        act = people.log(db)[0]
    assert (act.by, act.what) == ("Instructor", "made personal links for 2 students")


def test_with_nobody_left_it_says_so(instructor, joined):
    """If every student has joined, no file is made, and the page says what to choose."""
    joined("ada")
    joined("bob")
    instructor.look(PAGE)

    response = instructor.submit(LINKS)

    assert response.status_code == 409
    assert "choose everyone" in response.text


def test_student_has_joined_once_the_link_is_used(instructor, anonymous):
    """A student with a link that nobody has opened has not joined, and is in the next file; one who has used it is not."""
    download(instructor)
    assert "0 of 2 have joined" in instructor.get("/class/").text
    ada = download(instructor)[0]
    assert "Has not joined yet." in instructor.get("/class/students/ada").text

    anonymous.look(ada["link"])
    anonymous.submit(ada["link"])

    assert "1 of 2 have joined" in instructor.get("/class/").text
    assert [row["username"] for row in download(instructor)] == ["bob"]


def test_nobody_takes_a_name_that_has_a_link(instructor, anonymous, code):
    """A name with an unused link is not offered to those who join with the code, and refused to those who send it."""
    ada = download(instructor)[0]

    assert 'value="ada"' not in anonymous.look(f"/join/{code}").text
    response = anonymous.submit(f"/join/{code}", username="ada")
    assert (response.status_code, "joins with a personal link" in response.text) == (409, True)
    assert "Sign in as Ada Lovelace?" in anonymous.get(ada["link"]).text
