"""Signing in: personal links, sessions, forms and attempts."""

from __future__ import annotations

import re
import threading

from classroom.instructor.site import join, people, tokens
from classroom.instructor.site.attempts import Attempts
from classroom.instructor.site.cookies import Cookies
from classroom.instructor.site.models import LINK, STUDENT
from classroom.instructor.site.serving import instructor_link
from classroom.instructor.site.sign_in import begin_session
from sqlalchemy import text

URL = "http://class.test"


def path_of(link):
    """The path of a link."""
    return link.removeprefix(URL)


def test_first_link_signs_the_instructor_in(context, anonymous):
    """The link asks first, then signs in; opening it alone does not, because chats open links, too."""
    path = path_of(instructor_link(context))

    assert "Sign in as Instructor?" in anonymous.look(path).text
    assert anonymous.get("/class/").status_code == 401
    anonymous.submit(path)
    assert "Sign out" in anonymous.get("/").text


def test_link_is_printed_until_it_was_used(context, anonymous):
    """Each start prints a link, and ends the one before, until somebody has signed in with one."""
    first, second = path_of(instructor_link(context)), path_of(instructor_link(context))

    assert anonymous.look(first).status_code == 404
    anonymous.look(second)
    anonymous.submit(second)
    assert instructor_link(context) is None


def test_new_link_ends_everything_before(context, instructor):
    """A link that is asked for signs out whoever has found the old one."""
    assert instructor_link(context, new=True)

    assert "Sign out" not in instructor.get("/").text


def test_sign_out_ends_the_session(instructor):
    """The cookie of a session that was ended is worth nothing, also if somebody has kept it."""
    kept = instructor.cookies["classroom"]
    instructor.look("/")
    instructor.submit("/sign-out")
    instructor.cookies.clear()
    instructor.cookies.set("classroom", kept, domain="class.test")

    assert "Sign out" not in instructor.get("/").text


def test_session_gets_a_new_cookie(context, anonymous):
    """A cookie from before signing in is not the one of the session."""
    path = path_of(instructor_link(context))
    anonymous.look(path)
    before = anonymous.cookies["classroom"]
    response = anonymous.submit(path)

    assert anonymous.cookies["classroom"] != before
    assert response.history[0].headers["set-cookie"].endswith("HttpOnly; Max-Age=7776000; Path=/; SameSite=lax")


def test_over_https_the_cookie_is_of_this_host_alone():
    """With an https address the cookie is never sent unencrypted, nor set by a neighboring host."""
    from starlette.responses import Response

    response = Response()
    Cookies("key", secure=True).write(response, "secret")

    assert response.headers["set-cookie"].startswith("__Host-classroom=")
    assert "Secure" in response.headers["set-cookie"]


def test_two_classrooms_on_one_host_have_a_cookie_each():
    """Browsers send a cookie to every port of a host, so its name contains the port."""
    names = {Cookies("key", secure=False, port=port).name for port in (None, 8080, 8081)}

    assert names == {"classroom", "classroom-8080", "classroom-8081"}


def test_unsigned_cookie_is_ignored():
    """A secret with a signature of another key counts as no cookie."""
    ours, theirs = Cookies("key", secure=False), Cookies("other", secure=False)
    value = f"secret.{theirs._mac('cookie', 'secret')}"

    assert theirs.read(value) == "secret"
    assert [ours.read(text) for text in (value, "secret", "", ".", "é.é")] == [None] * 5


def test_form_of_another_page_is_rejected(instructor):
    """A form without the token, or with that of another browser, does nothing."""
    response = instructor.post("/sign-out", data={"form_token": "0" * 64})

    assert response.status_code == 403
    assert "Sign out" in instructor.get("/").text


def test_form_of_another_site_is_rejected(instructor):
    """What a browser says is from another site is rejected before it is read."""
    assert instructor.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_secrets_are_not_in_the_database(context, engine, instructor):
    """Of links and sessions only digests are stored."""
    with context.begin() as db:
        secret = tokens.issue(db, people.instructor(db), LINK)
        assert tokens.owner(db, LINK, secret) is not None
    cookie = instructor.cookies["classroom"].rpartition(".")[0]
    with engine.connect() as connection:
        rows = [
            str(row) for table in ("tokens", "acts", "people") for row in connection.execute(text(f"TABLE {table}"))
        ]

    assert rows
    assert not [row for row in rows if secret in row or cookie in row]


def test_wrong_links_are_limited(context, anonymous):
    """After a number of wrong links, further wrong ones have to wait; one that is right works for everyone there."""
    context.attempts.most = 3
    right = path_of(instructor_link(context))
    found = [anonymous.get(f"/sign-in/wrong-{number}").status_code for number in range(4)]

    assert found == [404, 404, 404, 429]
    assert anonymous.get(right).status_code == 200


def test_attempts_are_forgotten_after_a_while():
    """Old attempts do not count, and those from elsewhere never do."""
    now = [0.0]
    attempts = Attempts(most=2, seconds=10, clock=lambda: now[0])
    attempts.count("here")
    attempts.count("here")

    assert [attempts.are_used_up("here"), attempts.are_used_up("there")] == [True, False]
    now[0] = 11
    assert not attempts.are_used_up("here")


def test_attempts_from_everywhere_are_bounded(monkeypatch):
    """However many addresses are counted, only the last of them are remembered."""
    monkeypatch.setattr("classroom.instructor.site.attempts.MAX_KEYS", 3)
    attempts = Attempts(most=1)
    for address in range(5):
        attempts.count(address)

    assert [attempts.are_used_up(address) for address in range(5)] == [False, False, True, True, True]


def test_headers(anonymous):
    """Every response forbids scripts and frames of others, also an error."""
    for path in ("/", "/nothing", "/static/site.css"):
        headers = anonymous.get(path).headers
        assert re.search("default-src 'none'.*frame-ancestors 'none'", headers["content-security-policy"])
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_other_host_is_refused(anonymous):
    """A name that somebody else has pointed to this machine is not answered."""
    assert anonymous.get("/", headers={"Host": "evil.example"}).status_code == 421


def test_large_form_is_refused(anonymous):
    """A form larger than any of ours is not read."""
    assert anonymous.post("/sign-out", content=b"x" * 100_000).status_code == 413


def test_form_in_chunks_is_refused(anonymous):
    """A body without an end is not read, whatever length its headers claim."""
    headers = {"Transfer-Encoding": "chunked", "Content-Length": "5"}

    assert anonymous.post("/sign-out", content=b"x" * 100_000, headers=headers).status_code == 413


def undo(db):
    """Undo that Ada has joined."""
    people.undo_join(db, people.find(db, STUDENT, "ada"), "Grace")


def test_sign_in_waits_for_a_revocation(context, owner, browser_of):
    """A link that is revoked while somebody signs in with it leaves no session behind."""
    with context.begin() as db:
        path = f"/sign-in/{tokens.issue(db, people.let_in(db, 'ada', 'Ada Lovelace'), LINK)}"
    ada, answers = browser_of(), []
    ada.look(path)
    signing = threading.Thread(target=lambda: answers.append(ada.submit(path)))
    with context.begin() as db:
        undo(db)
        signing.start()
        while signing.is_alive() and not owner.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
            signing.join(0.01)
    signing.join()

    assert [answer.status_code for answer in answers] == [404]
    assert ada.get("/weeks/").status_code == 401


def test_join_that_is_undone_at_once_signs_nobody_in(context, browser_of, code, monkeypatch):
    """Between joining and the first page the instructor may already have undone it."""

    def begin(context, *who):
        with context.begin() as db:
            undo(db)
        return begin_session(context, *who)

    monkeypatch.setattr(join, "begin_session", begin)
    ada = browser_of()
    ada.look(f"/join/{code}")

    assert ada.submit(f"/join/{code}", username="ada").status_code == 404
    assert ada.get("/weeks/").status_code == 401
