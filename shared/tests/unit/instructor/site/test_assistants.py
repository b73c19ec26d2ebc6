"""Teaching assistants: made with a link that is shown once, with fewer rights, and revoked at once."""

from __future__ import annotations

import re

import pytest
from classroom.instructor.site import assistants, people

PAGE = "/class/assistants/"
LINK = re.compile(r"http://class\.test(/sign-in/\S+)</code>")


def add(instructor, name="Tom Sawyer"):
    """Add an assistant; return the path of the link."""
    instructor.look(PAGE)
    return LINK.search(instructor.submit(PAGE, name=name).text)[1]


def signed_in(browser, path):
    """Sign in with a link."""
    browser.look(path)
    browser.submit(path)
    return browser


def test_assistant_sees_the_class_and_not_the_join_link(context, instructor, browser_of, code):
    """The link signs an assistant in, who sees the students, and neither the join link nor what leads to it."""
    tom = signed_in(browser_of(), add(instructor))
    page = tom.look("/class/").text

    assert "Ada Lovelace" in page
    assert [word for word in (code, "/class/log", PAGE) if word in page] == []
    assert "signed in on 20" in instructor.look(PAGE).text
    with context.begin() as db:
        assert people.log(db)[0].what == "added the assistant Tom Sawyer"


@pytest.mark.parametrize("what", ["revoke", "link"])
def test_access_ends_at_once(instructor, browser_of, what):
    """Revoking, and making another link, ends the open session and the link before."""
    path = add(instructor)
    tom = signed_in(browser_of(), path)
    instructor.look(PAGE)
    instructor.submit(f"{PAGE}Tom-Sawyer/{what}")

    assert tom.get("/class/").status_code == 401
    assert tom.get(path).status_code == 404
    assert ("<td>none</td>" in instructor.look(PAGE).text) == (what == "revoke")


@pytest.mark.parametrize(("name", "told"), [("", "A name must begin with"), ("=1+1", "A name must begin with"), ("TOM sawyer", "There is already an assistant")])  # fmt: skip
def test_name_that_cannot_be_is_refused(instructor, name, told):
    """A name that is none, or that somebody has, is refused in one sentence."""
    add(instructor)
    instructor.look(PAGE)
    response = instructor.submit(PAGE, name=name)

    assert (response.status_code, told in response.text) == (409, True)


def test_assistant_is_not_a_student(instructor, joined, browser_of):
    """An assistant with the username of a student opens nothing of that student's."""
    joined("ada")
    tom = signed_in(browser_of(), add(instructor, "ada"))

    assert tom.get("/weeks/").status_code == 403


def test_form_that_is_sent_twice_adds_one_assistant(instructor, monkeypatch):
    """Of two requests at the same moment, the second one is told that there is an assistant with this name."""
    everyone = assistants._all
    earlier = iter([[]])  # the first look is before the other request has added the assistant
    add(instructor)
    monkeypatch.setattr(assistants, "_all", lambda db: next(earlier, everyone(db)))
    response = instructor.submit(PAGE, name="Tom Sawyer")

    assert (response.status_code, "There is already an assistant with this name." in response.text) == (409, True)
