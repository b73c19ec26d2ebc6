"""A student's own passwords for git."""

from __future__ import annotations

import re

from classroom.instructor.site import people, tokens
from classroom.instructor.site.models import GIT

SECRET = re.compile(r'id="secret"><code>([\w-]{20,})<')


def test_password_is_made_listed_and_revoked(context, joined):
    """A password is shown once, listed without itself, and does not open a repository after it was revoked."""
    ada = joined("ada")
    ada.look("/passwords/")
    secret = SECRET.search(ada.submit("/passwords/new").text)[1]
    with context.begin() as db:
        assert tokens.owner(db, GIT, secret).username == "ada"
    page = ada.look("/passwords/").text
    assert secret not in page
    (number,) = re.findall(r"/passwords/(\d+)/revoke", page)

    assert "You have none yet" in ada.submit(f"/passwords/{number}/revoke").text
    with context.begin() as db:
        assert tokens.owner(db, GIT, secret) is None
        assert [act.what for act in people.log(db)][:2] == ["revoked a password for git", "made a password for git"]


def test_log_about_a_student_has_each_secret_that_was_made(context, joined):
    """Every password and link that a student makes is in the log about the student, also a clone's second password."""
    ada = joined("ada")
    ada.look("/weeks/")
    for path in ("/weeks/week1-tiny/accept", "/weeks/week1-tiny/accept", "/passwords/new", "/weeks/link"):
        assert ada.submit(path).status_code == 200

    with context.begin() as db:
        acts = [act.what for act in reversed(people.log(db, "ada"))]
    made = "made a password for git"
    assert acts == ["joined as ada", "accepted week1-tiny", *[made] * 3, "made a personal link"]


def test_nobody_revokes_another_ones_password(context, joined):
    """A number that belongs to somebody else, or to a browser, ends nothing."""
    ada = joined("ada")
    joined("bob").look("/weeks/")
    with context.begin() as db:
        both = people.students(db)
        secret = tokens.issue(db, both["bob"], GIT)
        others = [token.id for name in both for token in tokens.valid(db, both[name])]
    ada.look("/passwords/")
    for number in others:
        ada.submit(f"/passwords/{number}/revoke")

    assert ada.get("/weeks/").status_code == 200
    with context.begin() as db:
        assert tokens.owner(db, GIT, secret).username == "bob"


def test_address_for_an_editor_has_no_password(joined):
    """The button for VS Code names the student and not the password, which programs and their logs would show."""
    ada = joined("ada")
    ada.look("/weeks/")
    page = ada.submit("/weeks/week1-tiny/accept").text
    link = "vscode://vscode.git/clone?url=http%3A//ada%40class.test/git/week1-tiny/week1-tiny-ada.git"

    assert link in page
    assert link in ada.get("/weeks/week1-tiny/").text
