"""Every route with every role: the routes are read from the app, so that none is forgotten."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import pytest
from classroom.instructor.classrooms.team_changes import TeamChanges
from classroom.instructor.site import people, tokens
from classroom.instructor.site.models import ASSISTANT, GIT, LINK
from fastapi.routing import APIRoute

ALL = {"nobody", "ada", "assistant", "instructor"}
STUDENT, STAFF, INSTRUCTOR = {"ada"}, {"assistant", "instructor"}, {"instructor"}
# Who may use which route; the others are refused.
ALLOWED = {
    "GET /": ALL,
    "HEAD /": ALL,
    "GET /static/{name}": ALL,
    "GET /sign-in/{secret}": ALL,
    "GET /oidc/sign-in": ALL,
    "GET /oidc/callback": ALL,
    "GET /join/": ALL,
    "GET /join/{code}": ALL,
    "POST /join/{code}": ALL,
    "GET /weeks/": STUDENT,
    "GET /weeks/parts/weeks": STUDENT,
    "GET /weeks/events": STUDENT,
    "POST /weeks/link": STUDENT,
    "GET /weeks/{week}/": STUDENT,
    "GET /weeks/{week}/parts/card": STUDENT,
    "GET /weeks/{week}/parts/place": STUDENT,
    "GET /weeks/{week}/parts/pushes": STUDENT,
    "GET /weeks/{week}/events": STUDENT,
    "GET /weeks/{week}/diagrams/{file}": STUDENT,
    "POST /weeks/{week}/accept": STUDENT,
    "GET /weeks/{week}/parts/team": STUDENT,
    "GET /weeks/{week}/create-team": STUDENT,
    "POST /weeks/{week}/create-team": STUDENT,
    "GET /weeks/{week}/join-team": STUDENT,
    "POST /weeks/{week}/join-team": STUDENT,
    "GET /weeks/{week}/leave-team": STUDENT,
    "POST /weeks/{week}/leave-team": STUDENT,
    "GET /weeks/{week}/hand-in": STUDENT,
    "POST /weeks/{week}/hand-in": STUDENT,
    "GET /weeks/{week}/handout.zip": STUDENT,
    "GET /weeks/{week}/work.zip": STUDENT,
    "GET /weeks/{week}/parts/hints-{number}": STUDENT,
    "POST /weeks/{week}/hints/{number}": STUDENT,
    "GET /weeks/{week}/feedback": STUDENT,
    "GET /weeks/{week}/parts/official": STUDENT,
    "GET /weeks/{week}/parts/extras": STUDENT,
    "GET /passwords/": STUDENT,
    "POST /passwords/new": STUDENT,
    "POST /passwords/{number}/revoke": STUDENT,
    "GET /class/": STAFF,
    "GET /class/parts/class": STAFF,
    "GET /class/events": STAFF,
    "GET /class/log": INSTRUCTOR,
    "GET /class/roster": INSTRUCTOR,
    "POST /class/roster": INSTRUCTOR,
    "POST /class/roster/accept": INSTRUCTOR,
    "POST /class/personal-links": INSTRUCTOR,
    "GET /class/assistants/": INSTRUCTOR,
    "POST /class/assistants/": INSTRUCTOR,
    "POST /class/assistants/{username}/link": INSTRUCTOR,
    "POST /class/assistants/{username}/revoke": INSTRUCTOR,
    "POST /class/join-code": INSTRUCTOR,
    "GET /class/weeks/{week}/": STAFF,
    "GET /class/weeks/{week}/parts/grading": STAFF,
    "GET /class/weeks/{week}/events": STAFF,
    "POST /class/weeks/{week}/due": INSTRUCTOR,
    "POST /class/weeks/{week}/close": INSTRUCTOR,
    "GET /class/weeks/{week}/teams": STAFF,
    "POST /class/weeks/{week}/teams/set-up": INSTRUCTOR,
    "POST /class/weeks/{week}/teams/end": INSTRUCTOR,
    "POST /class/weeks/{week}/teams/new": INSTRUCTOR,
    "POST /class/weeks/{week}/teams/remove": INSTRUCTOR,
    "POST /class/weeks/{week}/teams/place": INSTRUCTOR,
    "POST /class/weeks/{week}/teams/form": INSTRUCTOR,
    "POST /class/weeks/{week}/grade": INSTRUCTOR,
    "POST /class/weeks/{week}/at-due-date": INSTRUCTOR,
    "POST /class/weeks/{week}/release": INSTRUCTOR,
    "POST /class/weeks/{week}/take-back": INSTRUCTOR,
    "GET /class/weeks/{week}/report": INSTRUCTOR,
    "GET /class/weeks/{week}/gradebook.csv": INSTRUCTOR,
    "GET /class/weeks/{week}/{system}.csv": INSTRUCTOR,
    "GET /class/gradebook.csv": INSTRUCTOR,
    "GET /class/students/{username}/weeks/{week}/": STAFF,
    "GET /class/students/{username}/weeks/{week}/parts/work": STAFF,
    "GET /class/students/{username}/weeks/{week}/events": STAFF,
    "POST /class/students/{username}/weeks/{week}/check-again": INSTRUCTOR,
    "POST /class/students/{username}/weeks/{week}/comments": STAFF,
    "POST /class/students/{username}/weeks/{week}/comments/{number}/remove": STAFF,
    "GET /weeks/{week}/parts/comments": STUDENT,
    "GET /class/students/{username}/weeks/{week}/interview": INSTRUCTOR,
    "GET /class/students/{username}": STAFF,
    "POST /class/students/{username}/adjust": INSTRUCTOR,
    "POST /class/students/{username}/adjustments/undo": INSTRUCTOR,
    "POST /class/students/{username}/comment": STAFF,
    "POST /class/students/{username}/undo": INSTRUCTOR,
    "POST /class/students/{username}/link": INSTRUCTOR,
    "POST /class/students/{username}/tokens/{number}/revoke": INSTRUCTOR,
    "GET /tokens/": STUDENT | STAFF,
    "POST /tokens/": STUDENT | STAFF,
    "POST /tokens/{number}/revoke": STUDENT | STAFF,
    # At the end, because after these the browsers are somebody else's.
    "POST /sign-in/{secret}": ALL,
    "POST /sign-out": ALL,
}
REFUSED = (401, 403)
URL = "http://class.test"


def routes(router):
    """Return each route of an app as `METHOD /path`."""
    found = set()
    for route in router.routes:
        if isinstance(route, APIRoute):
            found |= {f"{method} {route.path}" for method in route.methods}
        else:
            found |= routes(route.original_router) if hasattr(route, "original_router") else {f"MOUNT {route.path}"}
    return found


def filled(context, path):
    """Return a path with a value for each parameter; those of a person are Bob's."""
    path = path.replace("{week}", "week1-tiny")
    if "{" not in path:
        return path
    with context.begin() as db:
        bob = people.let_in(db, "bob", "Bob Builder")
        values = {
            "{name}": "site.css",
            "{secret}": tokens.issue(db, bob, LINK),
            "{code}": people.join_code(db),
            "{system}": "canvas",
            "{file}": f"{'0' * 16}.svg",
            "{username}": "bob",
            "{number}": str(tokens.valid(db, bob)[0].id),
        }
    return re.sub(r"\{\w+\}", lambda found: values[found[0]], path)


def token_of(context, browser):
    """Return the token of the forms of a browser."""
    return context.cookies.form_token(context.cookies.read(browser.cookies["classroom"]))


@pytest.fixture
def browsers(anonymous, assistant, instructor, joined):
    """A browser of each role."""
    anonymous.look("/")
    return {"nobody": anonymous, "ada": joined("ada"), "assistant": assistant, "instructor": instructor}


def test_every_route_is_listed(browser_of):
    """A route that is new needs a line in this test: who may use it. Git and the API have tests of their own."""
    assert routes(browser_of.app) == {*ALLOWED, "MOUNT /git", "MOUNT /api"}


def test_each_role_gets_what_it_may(context, browsers):
    """Who may use a route is not refused, and everybody else is."""
    wrong = []
    for route, allowed in ALLOWED.items():
        method, path = route.split()
        for role, browser in browsers.items():
            if path.endswith("/events") and role in allowed:
                continue  # they would not end; the browser's test reads them
            form = {"form_token": token_of(context, browser), "username": "nobody"} if method == "POST" else None
            status = browser.request(method, filled(context, path), data=form, follow_redirects=False).status_code
            if (status in REFUSED) == (role in allowed) or status >= 500:
                wrong.append((route, role, status))

    assert wrong == []


@pytest.mark.parametrize("odd", ["a%00b", "9" * 30], ids=["null", "large"])
def test_no_route_fails_at_an_odd_address(context, browsers, odd):
    """An address with text or a number that no database takes is refused."""
    wrong = []
    for route, allowed in ALLOWED.items():
        method, path = route.split()
        if "{" in path and not path.endswith("/events"):
            browser = browsers[max(allowed)]
            form = {"form_token": token_of(context, browser)} if method == "POST" else None
            asked = re.sub(r"\{\w+\}", odd, path)
            status = browser.request(method, asked, data=form, follow_redirects=False).status_code
            wrong += [(route, status)] if status >= 500 else []

    assert wrong == []


@pytest.mark.parametrize(
    "odd",
    [
        "//other.test",
        *(
            pytest.param(address, marks=pytest.mark.long)
            for address in ("/%5Cother.test", "%2F%2Fother.test", "https:%2F%2Fother.test%2F")
        ),
    ],
)
def test_no_route_leads_to_another_site(context, browsers, odd):
    """Wherever an address or a form names another site, every redirect stays on this one."""
    fields = ("username", "code", "next", "url", "week", "student", "team", "title")
    wrong = []
    for route, allowed in ALLOWED.items():
        method, path = route.split()
        if path.endswith("/events") or path == "/sign-out":
            continue
        browser = browsers[max(allowed)]
        form = {"form_token": token_of(context, browser)} | dict.fromkeys(fields, odd) if method == "POST" else None
        for asked in {re.sub(r"\{\w+\}", odd, path), f"{odd}{path}", f"{path}?next={odd}&code={odd}&url={odd}"}:
            found = browser.request(
                method, f"{URL}{asked if asked[0] == '/' else '/' + asked}", data=form, follow_redirects=False
            )
            to = found.headers.get("location", "/").replace("\\", "/")
            wrong += [(route, asked, to)] if urlsplit(urljoin(f"{URL}/", to)).netloc != "class.test" else []

    assert wrong == []


def test_no_form_fails_at_odd_text(context, browsers):
    """Text that no database takes is refused in every form."""
    fields = ("username", "name", "code", "kind", "value", "note", "week", "text", "task", "line", "due", "path")
    fields += ("title", "team", "student", "size")
    wrong = []
    for route, allowed in ALLOWED.items():
        method, path = route.split()
        if method == "POST" and path != "/sign-out":
            browser = browsers[max(allowed)]
            form = {"form_token": token_of(context, browser)} | dict.fromkeys(fields, "a\0b")
            status = browser.post(filled(context, path), data=form, follow_redirects=False).status_code
            wrong += [(route, status)] if status >= 500 else []

    assert wrong == []


def test_every_form_needs_its_token(context, browsers):
    """No form is accepted without the token of the browser, whoever is signed in."""
    forms = [route.removeprefix("POST ") for route in ALLOWED if route.startswith("POST")]
    found = {
        (path, role, browser.post(filled(context, path), data={"username": "ada"}).status_code)
        for path in forms
        for role, browser in browsers.items()
    }

    assert [each for each in found if each[2] != 403] == []


def test_git_opens_only_the_own_repository(context, browsers):
    """A student reads and writes the own repository, or the team's, alone; the staff read all and write none."""
    from classroom.instructor.site.git_access import GitAccess

    access = GitAccess(context)
    with context.begin() as db:
        secrets = {
            "ada": tokens.issue(db, people.students(db)["ada"], GIT),
            "tom": tokens.issue(db, people.find(db, ASSISTANT, "tom"), GIT),
            "bob": tokens.issue(db, people.let_in(db, "bob", "Bob Builder"), GIT),
        }

    def asked(user, password, name, *, writes):
        return access._who(user, password, f"week1-tiny/week1-tiny-{name}", writes=writes)

    assert asked("ada", secrets["ada"], "ada", writes=True) == "ada"
    assert asked("ada", secrets["ada"], "bob", writes=False) is None
    assert asked("bob", secrets["ada"], "bob", writes=False) is None
    assert asked("ada", "", "ada", writes=False) is None
    assert asked("tom", secrets["tom"], "ada", writes=False) == "tom"
    assert asked("tom", secrets["tom"], "ada", writes=True) is None
    # Nobody is locked out by the wrong passwords of somebody else.
    context.attempts.most = 1
    assert asked("ada", "wrong", "ada", writes=True) is None
    assert asked("ada", secrets["ada"], "ada", writes=True) == "ada"
    # In a week with teams, the members' repository is the own one of each, and everything else is closed.
    changes = TeamChanges(context.classroom, "week1-tiny")
    changes.set_up(2, by_students=True)
    changes.form({"ada": "Blue"})
    changes.create("Red")
    assert asked("ada", secrets["ada"], "team-blue", writes=True) == "ada"
    assert asked("bob", secrets["bob"], "team-blue", writes=False) is None
    for name in ("team-red", "ada", "bob", "team-none"):
        assert asked("ada", secrets["ada"], name, writes=False) is None
    changes.place("bob", "Blue")
    assert asked("bob", secrets["bob"], "team-blue", writes=True) == "bob"
    (context.classroom.folder / "roster.csv").write_text("github_username\nada\n")
    assert asked("bob", secrets["bob"], "team-blue", writes=False) is None
    assert asked("tom", secrets["tom"], "team-blue", writes=False) == "tom"
    assert asked("tom", secrets["tom"], "team-blue", writes=True) is None
    # The same letters, otherwise divided into week and name.
    assert access._who("tiny-ada", secrets["ada"], "week1-tiny/week1-tiny-ada", writes=False) is None
