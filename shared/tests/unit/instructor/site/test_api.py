"""The API: the same data as on the pages, for the same people, and errors that a program can read."""

from __future__ import annotations

import errno
import os
import re
from unittest.mock import Mock
from urllib.parse import quote

import pytest
from classroom.core.result import Result
from classroom.instructor.site import comments, official, people, tokens
from classroom.instructor.site.api import paging
from classroom.instructor.site.grades import Grade
from classroom.instructor.site.gradings import Grading
from classroom.instructor.site.models import API, ASSISTANT, Person
from fastapi import HTTPException
from fastapi.routing import APIRoute
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

ALL, STAFF, INSTRUCTOR = {"ada", "assistant", "instructor"}, {"assistant", "instructor"}, {"instructor"}
# Who may ask for what; `{username}` is Bob, so Ada may not.
ALLOWED = {
    "/me": ALL,
    "/weeks": ALL,
    "/weeks/{week}": ALL,
    "/weeks/{week}/students": STAFF,
    "/weeks/{week}/students/{username}": STAFF,
    "/weeks/{week}/students/{username}/pushes": STAFF,
    "/weeks/{week}/students/{username}/comments": STAFF,
    "/students": STAFF,
    "/students/{username}": STAFF,
    "/log": INSTRUCTOR,
}
OPEN = {"/openapi.json", "/docs"}


@pytest.fixture
def secrets(context):
    """A token of each role; Bob has joined, too."""
    with context.begin() as db:
        tom = Person(role=ASSISTANT, username="tom", name="Tom")
        db.add(tom)
        db.flush()
        people.join(db, "bob", "Bob Builder")
        owners = {"ada": people.join(db, "ada", "Ada Lovelace"), "assistant": tom, "instructor": people.instructor(db)}
        return {role: tokens.issue(db, person, API, "a test") for role, person in owners.items()}


@pytest.fixture
def ask(anonymous, secrets):
    """A function that returns the response to a request with the token of a role."""

    def ask(role, path, **query):
        headers = {"Authorization": f"Bearer {secrets[role]}"} if role else {}
        return anonymous.get(f"/api{path}", params=query or None, headers=headers)

    return ask


def filled(path):
    """Return a path with a value for each parameter."""
    return path.format(week="week1-tiny", username="bob")


def is_problem(response, status):
    """Return whether a response is an error as RFC 9457 describes it."""
    body = response.json()
    return (
        response.status_code == body["status"] == status
        and response.headers["content-type"] == "application/problem+json"
        and {"type", "title", "status", "detail"} <= body.keys()
    )


def api_routes(app):
    """Return the paths of the API, as the app has them."""
    (mounted,) = [route.app for route in app.routes if getattr(route, "path", "") == "/api"]
    found, pending = set(), list(mounted.routes)
    while pending:
        route = pending.pop()
        if hasattr(route, "original_router"):
            pending += route.original_router.routes
        else:
            assert not isinstance(route, APIRoute) or route.methods == {"GET"}
            found.add(route.path)
    return found


def test_every_route_is_listed(browser_of):
    """A route that is new needs a line in this test: who may use it."""
    assert api_routes(browser_of.app) == {*ALLOWED, *OPEN}


def test_each_role_gets_what_it_may(ask):
    """Who may ask is answered, and everybody else gets a problem: 401 without a token, 403 with that of another role."""
    wrong = []
    for path, allowed in ALLOWED.items():
        for role in (None, *ALL):
            response = ask(role, filled(path))
            expected = 200 if role in allowed else 403 if role else 401
            if response.status_code != expected or (expected != 200 and not is_problem(response, expected)):
                wrong.append((path, role, response.status_code))

    assert wrong == []


def test_student_reads_the_own_week_with_its_result(ask, graded):
    """A student's week has the status, the points, and each visible check; times are UTC."""
    graded("ada")

    own = ask("ada", "/weeks/week1-tiny/students/ada").json()

    assert (own["status"], own["score"], own["max_score"], own["pushes"]) == ("started", 70, 100, 1)
    assert own["result"]["tasks"][0]["checks"][0]["asks"] == "Says hello."
    assert ask("ada", "/students/ada").json()["joined_at"].endswith("Z")
    assert ask("ada", "/me").json() == {"role": "student", "username": "ada", "name": "Ada Lovelace"}


def test_hidden_checks_are_not_shown(context, ask, graded, room):
    """Even if a result of hidden checks was at that place, the API would leave these out."""
    graded("ada")
    path = room.score_path("week1-tiny", "ada")
    path.write_text(path.read_text().replace('"hidden": false', '"hidden": true'))

    assert ask("ada", "/weeks/week1-tiny/students/ada").json()["result"]["tasks"][0]["checks"] == []


def test_lists_lead_from_page_to_page(ask):
    """Following `next_cursor` returns each item once, and the last page has none."""
    found, cursor = [], None
    for _ in range(10):
        page = ask("instructor", "/students", limit=1, **({"cursor": cursor} if cursor else {})).json()
        found += [student["username"] for student in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break

    assert found == ["ada", "bob"]
    acts = [act["id"] for act in ask("instructor", "/log").json()["items"]]
    first = ask("instructor", "/log", limit=1).json()
    assert first["items"][0]["id"] == acts[0]
    assert [act["id"] for act in ask("instructor", "/log", cursor=first["next_cursor"]).json()["items"]] == acts[1:]


def test_official_result_is_there_once_it_is_released(ask, graded, room):
    """Before the release there is none, for nobody; then it has the points, and no data of hidden checks."""
    graded("ada")
    path = "/weeks/week1-tiny/students/ada"
    secret = room.score_path("week1-tiny", "ada").read_text().replace('"hidden": false', '"hidden": true')
    assert ask("instructor", path).json()["official"] is None

    official.publish(room, "week1-tiny", {"ada": Result.from_json(secret)}, "Instructor")

    found = ask("ada", path).json()
    assert found["official"]["score"] == 70
    assert found["official"]["tasks"][0]["checks"] == []


def test_student_reads_the_own_comments(context, ask):
    """A comment has its place and its author; one that was removed is not there, and nobody else's either."""
    with context.begin() as db:
        by = people.instructor(db)
        for username in ("ada", "bob"):
            place = comments.Place("1" * 40, file="app/main.py", line=3, quote="x = 1")
            comments.add(db, by, username, "week1-tiny", place, f"Why, {username}?")
        removed = comments.add(db, by, "ada", "week1-tiny", comments.Place(""), "Typo")
        comments.remove(db, by, "ada", "week1-tiny", removed.id)

    (comment,) = ask("ada", "/weeks/week1-tiny/students/ada/comments").json()["items"]

    assert (comment["text"], comment["by"], comment["line"]) == ("Why, ada?", "Instructor", 3)


@pytest.mark.parametrize("path", ["/students", "/log", "/weeks", "/weeks/week1-tiny/students/bob/pushes"])
@pytest.mark.parametrize("cursor", ["x", "WzFd", "WyJhIl0", "W10", "W1tdXQ", "bnVsbA", "Wy0xZTk5OV0", "é", "%00"])
def test_invalid_cursor_is_rejected(ask, path, cursor):
    """A cursor that is not one is rejected, and one of another list never is an error of ours."""
    response = ask("instructor", path, cursor=cursor)

    assert response.status_code == 200 or is_problem(response, 422)


@pytest.mark.parametrize("key", ["ada", 7, -1, 2**80, "é\x00"])
def test_cursor_leads_back_to_its_key(key):
    """A cursor contains the key that it was made from."""
    assert paging.read_cursor(paging.write_cursor(key), type(key)) == key
    with pytest.raises(HTTPException):
        paging.read_cursor(paging.write_cursor(key), int if isinstance(key, str) else str)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nothing", 404), ("/weeks/none", 404), ("/students/none", 404), ("/students?limit=0", 422),
     ("/students?limit=x", 422), ("/weeks/week1-tiny/students/none", 404), ("/students/a%00b", 422), ("/weeks/a%00b", 404)],
)  # fmt: skip
def test_errors_are_problems(ask, path, status):
    """What does not exist or is invalid is a problem with a sentence."""
    assert is_problem(ask("instructor", path), status)


NASTY = ["\0", "a\nb", "../é😀", "99999999999999999999", "x" * 700]


@pytest.mark.parametrize("value", NASTY, ids=repr)
def test_no_value_of_a_parameter_is_an_error_of_ours(ask, anonymous, value):
    """Whatever is sent for a parameter, the response is JSON as described or a problem, and never a 500."""
    wrong = []
    for path, methods in anonymous.get("/api/openapi.json").json()["paths"].items():
        for each in methods["get"].get("parameters", ()):
            in_path = each["in"] == "path"
            asked = filled(path.replace(f"{{{each['name']}}}", quote(value, safe="")) if in_path else path)
            response = ask("instructor", asked, **({} if in_path else {each["name"]: value}))
            if response.status_code != 200 and not is_problem(response, response.status_code):
                wrong.append((asked, response.status_code))
            if response.status_code not in (200, 404, 422):
                wrong.append((asked, response.status_code))

    assert wrong == []


def test_method_that_does_not_exist_is_a_problem(anonymous):
    """The API is for reading: another method is rejected with 405, before anything else."""
    for response in (anonymous.post("/api/me", content=b""), anonymous.request("DELETE", "/api/me")):
        assert is_problem(response, 405)
        assert response.json()["detail"] == "The API is read-only: send a GET request."


def test_address_that_does_not_exist_is_a_problem(anonymous):
    """A wrong address leads to the list of the right ones."""
    response = anonymous.get("/api/nothing")
    assert is_problem(response, 404)
    assert "/api/docs" in response.json()["detail"]


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("SELECT", {}, Exception("gone: /secret/path")),
        PoolTimeout("all are in use: /secret/path"),
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/secret/path"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_outage_is_a_problem(context, ask, monkeypatch, error):
    """While the database is away, or the disk is full, the API says so and when to try again."""
    monkeypatch.setattr(context, "session", Mock(side_effect=error))
    response = ask("ada", "/me")

    assert is_problem(response, 503)
    assert response.headers["retry-after"] == "60"
    assert "secret" not in response.text


def test_wrong_tokens_are_limited(context, ask, secrets):
    """After too many wrong tokens from an address, the response says for how long to wait; a right one still works."""
    context.attempts.most = 2
    right, secrets["ada"] = secrets["ada"], "wrong"
    assert [ask("ada", "/me").status_code for _ in range(2)] == [401, 401]

    response = ask("ada", "/me")
    assert is_problem(response, 429)
    assert response.headers["retry-after"] == "600"
    secrets["ada"] = right
    assert ask("ada", "/me").status_code == 200


def test_other_secrets_are_no_tokens(ask, context, secrets):
    """A personal link or a password for git does not open the API."""
    for kind in ("link", "git", "session"):
        with context.begin() as db:
            secrets["ada"] = tokens.issue(db, people.students(db)["ada"], kind)
        assert ask("ada", "/me").headers["www-authenticate"].endswith('error="invalid_token"')


def test_token_is_made_on_a_page_and_revoked(context, joined, ask, secrets):
    """A token is shown once, works, is listed with what it is for, recorded in the log, and ends when it is revoked."""
    with context.begin() as db:
        people.undo_join(db, people.students(db)["ada"], "test")
    browser = joined("ada")
    browser.look("/tokens/")

    made = browser.submit("/tokens/", name=" my <b>script</b> ")

    secrets["ada"] = re.search(r'id="token"><code>([\w-]{32})<', made.text)[1]
    assert ask("ada", "/me").status_code == 200
    listed = browser.look("/tokens/").text
    assert secrets["ada"] not in listed
    assert "my &lt;b&gt;script&lt;/b&gt;" in listed
    browser.submit(re.search(r'action="(/tokens/\d+/revoke)"', listed)[1])
    assert ask("ada", "/me").status_code == 401
    said = [act["what"] for act in ask("instructor", "/log", limit=2).json()["items"]]
    assert said == [
        'revoked a token for scripts, called "my <b>script</b>"',
        'made a token for scripts, called "my <b>script</b>"',
    ]


def test_token_needs_a_name(instructor):
    """A token without a name is not made."""
    instructor.look("/tokens/")
    assert instructor.submit("/tokens/", name=" ").status_code == 422
    assert instructor.submit("/tokens/", name="x" * 81).status_code == 422


def test_nobody_revokes_the_token_of_somebody_else(context, instructor, ask, secrets):
    """The number of somebody else's token revokes nothing."""
    with context.begin() as db:
        (token,) = tokens.valid(db, people.students(db)["ada"])
    instructor.look("/tokens/")
    instructor.submit(f"/tokens/{token.id}/revoke")
    assert ask("ada", "/me").status_code == 200


def test_description_is_complete(anonymous):
    """Each operation has a summary, a description and its errors, and the page of it names each with all of its fields."""
    described = anonymous.get("/api/openapi.json").json()
    page = anonymous.look("/api/docs").text

    assert described["servers"] == [{"url": "/api"}]
    for path, methods in described["paths"].items():
        (operation,) = methods.values()
        assert operation["summary"]
        assert operation["description"]
        assert {"401", "422", "429", "503"} <= operation["responses"].keys(), path
        assert f"GET /api{path}" in page
    for schema in described["components"]["schemas"].values():
        for name in schema.get("properties", {}):
            assert f"<code>{name}</code>" in page
    assert "<script" not in page


def test_staff_read_grades_and_adjustments_before_the_release(ask, room, context, monkeypatch):
    """The staff see the score before its release, adjustments and the grading; a student sees none of these."""
    monkeypatch.setattr(context.grades, "of", lambda _: {"ada": Grade("graded", 90, 100)})
    began, ended = "2026-11-29T12:00:00Z", "2026-11-29T12:01:00Z"
    monkeypatch.setattr(context.gradings, "last", lambda week: Grading(week, "Grace", began, ended, total=2, done=2))
    (room.folder / "adjustments.csv").write_text(
        "student,week,kind,value,note\nada,week1-tiny,points,2=+5,ill\n*,week1-tiny,late,none,storm\n"
    )
    path = "/weeks/week1-tiny/students/ada"

    staff, student = ask("assistant", path).json(), ask("ada", path).json()
    assert staff["graded"] == {"status": "graded", "score": 90, "max_score": 100}
    assert [(each["kind"], each["note"], each["for_everyone"]) for each in staff["adjustments"]] == [
        ("points", "ill", False),
        ("late", "storm", True),
    ]
    assert (staff["official"], student["graded"], student["adjustments"]) == (None, None, None)
    grading = ask("instructor", "/weeks/week1-tiny").json()["grading"]
    assert (grading["state"], grading["graded"], grading["released_at"]) == ("finished", 2, None)
    assert ask("ada", "/weeks/week1-tiny").json()["grading"] is None


def test_feedback_is_there_once_it_is_released(ask, room):
    """The feedback of a released week is Markdown, for the student and the staff."""
    path = "/weeks/week1-tiny/students/ada"
    assert ask("ada", path).json()["feedback"] is None

    official.publish(room, "week1-tiny", {"ada": Result("week1-tiny", "ada", "graded", 70, 100)}, "Instructor")

    assert "70 of 100 points" in ask("ada", path).json()["feedback"]


def test_page_of_the_api_is_for_people(anonymous):
    """The page shows code as code, and pages of a list without the name that a program gives them."""
    page = anonymous.get("/api/docs").text

    assert re.findall(r"`|>Page_", page) == []
    assert "Page of ActItem" in page
