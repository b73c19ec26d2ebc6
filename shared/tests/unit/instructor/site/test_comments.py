"""Comments of the staff on a task or a line: seen by the student at once, removed by their author."""

from __future__ import annotations

import re

import pytest
from classroom.instructor.site import people

PAGE = "/class/students/ada/weeks/week1-tiny/"
PART = "/weeks/week1-tiny/parts/comments"
REMOVE = re.compile(r'action="(\S+/comments/\d+/remove)"')


def words(page):
    """Return the text of a page, without tags, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def commit(pushed, graded):
    """The commit that Ada has pushed, with a title on line 2."""
    commit = pushed("ada", {"app/main.py": "# 1\ntitle = '<b>x</b>'\n"})
    graded("ada", commit=commit)
    return commit


def comment(browser, text, **fields):
    """Send the form of the page."""
    browser.look(PAGE)
    return browser.submit(f"{PAGE}comments", text=text, **fields)


def test_comment_on_a_line_quotes_it(context, commit, assistant, joined):
    """The student reads the comment with the line that it is about, as text; Bob reads nothing, and the log says who."""
    comment(assistant, "Why <i>bold</i>?\nTell me.", about="app/main.py", line="2", commit=commit)
    ada, bob = joined("ada"), joined("bob")
    page = ada.get(PART).text

    assert "Tom on app/main.py, line 2" in words(page)
    assert "title = &#39;&lt;b&gt;x&lt;/b&gt;&#39;" in page
    assert "Why &lt;i&gt;bold&lt;/i&gt;?\nTell me." in page
    assert "Why &lt;i&gt;bold" in ada.get("/weeks/week1-tiny/").text
    assert bob.get(PART).text.strip() == ""
    with context.begin() as db:
        acts = [act.what for act in people.log(db, "ada")]
    assert "commented on app/main.py, line 2 of Ada Lovelace (ada) in week1-tiny" in acts


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"about": "task 9"}, "There is no such task"),
        ({"about": "app/main.py", "line": "3"}, "no such line"),
        ({"about": "app/main.py", "line": "-1"}, "no such line"),
        ({"about": "app/main.py", "line": "9" * 5000}, "no such line"),
        ({"about": "../etc/passwd", "line": "1"}, "no such line"),
        ({"about": "app/main.py", "line": "2", "commit": "0" * 40}, "Reload the page"),
        ({"about": "task 2", "commit": "zzz"}, "Reload the page"),
        ({"commit": "0" * 40}, "Reload the page"),
    ],
)
def test_place_that_does_not_exist_is_refused(commit, instructor, joined, fields, told):
    """A comment on a task or line that is not there, or on an older commit, is not stored."""
    response = comment(instructor, "Hm", **{"commit": commit, **fields})

    assert (response.status_code, told in response.text) == (409, True)
    assert joined("ada").get(PART).text.strip() == ""


def test_comment_names_the_commit_that_its_author_saw(commit, assistant, pushed, graded, joined):
    """A push between the page and the button does not become what a comment on a task or the week is about."""
    assistant.look(PAGE)
    graded("ada", commit=pushed("ada", {"app/main.py": "# 2\n"}))
    for about in ("task 2", ""):
        assert assistant.submit(f"{PAGE}comments", text="Hm", about=about, commit=commit).status_code == 200

    assert joined("ada").get(PART).text.count(f"commit <code>{commit[:7]}</code>") == 2


def test_own_comment_is_removed(commit, assistant, instructor, joined):
    """An assistant removes the own comments alone; the instructor removes any, and the student sees it no more."""
    comment(instructor, "From the instructor", about="task 2")
    comment(assistant, "From the assistant")
    ada = joined("ada")
    assert "Instructor on task 2" in words(ada.get(PART).text)
    paths = REMOVE.findall(instructor.look(PAGE).text)

    assert REMOVE.findall(assistant.look(PAGE).text) == paths[1:]
    assert assistant.submit(paths[0]).status_code == 404
    assistant.look(PAGE)
    assert assistant.submit(paths[1]).status_code == 200
    instructor.submit(paths[0])
    assert ada.get(PART).text.strip() == ""


def test_comment_that_is_too_long_is_refused(instructor):
    """A comment is stored as a whole, or not at all."""
    response = comment(instructor, "x" * 4001)
    assert (response.status_code, "4000 characters at most" in response.text) == (409, True)
    assert comment(instructor, "x" * 4000).status_code == 200


def test_empty_comment_is_refused(instructor):
    """A comment without text is not stored."""
    assert comment(instructor, " \r\n").status_code == 409
