"""The instructor's way from a student's code to released results, and both sides of teams, in a real browser."""

from __future__ import annotations

import threading

import pytest
from classroom.core.load import under_load
from classroom.core.ports import free_ports
from classroom.instructor.classrooms.team_changes import TeamChanges
from classroom.instructor.site import official, people, tokens
from classroom.instructor.site.app import site
from classroom.instructor.site.context import Context
from classroom.instructor.site.guard import SiteGuard
from classroom.instructor.site.models import ASSISTANT, LINK, Person
from classroom.instructor.site.serving import WebAddress, instructor_link
from classroom.web.server import EventServer, config

CODE = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/hello')\ndef hello():\n    return '<b>nothing</b>'\n"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
WEEK = "week1-tiny"
TEAMS = f"/class/weeks/{WEEK}/teams"
LONG = "The team with the longest name that anyone has ever typed in"


@pytest.fixture
def served(context, made_room):
    """The context of a site that a browser can open; the students' pushes are those that a test pretends."""
    address = WebAddress(f"127.0.0.1:{free_ports().site}")
    found = Context(context.classroom, context.engine, address.url, "none", made_room.parent)
    server = EventServer(config(SiteGuard(site(found), address.url, [address.listen])), found.broadcast)
    with address.bound() as bound:
        thread = threading.Thread(target=server.run, args=([bound],))
        thread.start()
        yield found
        server.should_exit = True
        thread.join()
    found.gradings.close()


@pytest.mark.long
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_from_the_code_to_the_release(served, browse, violations, pushed, graded, size):
    """An instructor reads the code, adjusts points, grades, and releases; each page works on a phone, too."""
    graded("ada", commit=pushed("ada", {"app/main.py": CODE}), cause="app/main.py, line 8: wrong")
    url, seconds = served.url, under_load(20)
    page = browse(instructor_link(served, new=True), own=url, seconds=seconds, viewport=size)
    page.get_by_role("button", name="Sign in").click()
    seen = []

    def look():
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        seen.append(page.url.removeprefix(url))

    look()
    rows = page.locator("tbody tr:visible th")
    page.get_by_label("Sort by").select_option("Points in Tiny")
    assert rows.all_inner_texts() == ["Ada Lovelace", "Bob Builder"]
    page.get_by_label("Reverse").check()
    assert rows.all_inner_texts() == ["Bob Builder", "Ada Lovelace"]
    page.get_by_label("Filter").fill("not ACCEPTED")
    assert rows.all_inner_texts() == ["Bob Builder"]
    page.get_by_text("1 of 2 students match.").wait_for()
    served.tell("week1-tiny", "ada")  # the table is fetched again, and filtered again
    page.get_by_label("Filter").fill("")
    page.get_by_role("link", name="70 of 100").click()
    page.locator(".source .named", has_text="<b>nothing</b>").wait_for()
    look()

    page.get_by_role("link", name="Ada Lovelace").click()
    page.locator("#adjust > summary").click()
    page.get_by_label("What").select_option("points")
    page.get_by_label("Value").fill("3=+5")
    page.get_by_role("button", name="Adjust").click()
    page.get_by_text("75 of 100").wait_for()
    look()

    page.goto(f"{url}/class/weeks/week1-tiny/")
    look()
    page.get_by_role("button", name="Grade officially now").click()
    page.get_by_text("Graded on").wait_for()
    page.get_by_role("button", name="Release feedback").click()
    page.get_by_text("Students see the official results").wait_for()
    look()
    assert official.result_of(served.classroom, "week1-tiny", "ada").adjustments

    page.get_by_role("link", name="The page for the class").click()
    page.get_by_role("button", name="Download CSV").wait_for()
    page.get_by_text("Ada Lovelace").first.wait_for()
    page.goto(f"{url}/class/assistants/")
    look()
    assert len(seen) == 6


@pytest.fixture
def signed_in(served, browse):
    """A function that opens a page as one of the staff, or a student, in a browser of the size of a phone."""

    def sign_in(link, **more):
        page = browse(link, own=served.url, seconds=under_load(20), viewport=PHONE, **more)
        page.get_by_role("button", name="Sign in").click()
        return page

    return sign_in


@pytest.fixture
def link_of(served):
    """A function that returns the personal link of a student of the roster, or of an assistant."""

    def make(username):
        with served.begin() as db:
            if username == "tom":
                person = Person(role=ASSISTANT, username="tom", name="Tom")
                db.add(person)
                db.flush()
            else:
                person = people.let_in(db, username, {"ada": "Ada Lovelace", "bob": "Bob Builder"}[username])
            return f"{served.url}/sign-in/{tokens.issue(db, person, LINK)}"

    return make


@pytest.fixture
def ensure_accessible(violations):
    """A function that checks a page by day and by night: it is accessible, and fits on a phone."""

    def look(page):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == [], scheme
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator(".banner").is_hidden()

    return look


@pytest.mark.long
def test_teams_as_the_staff_see_them(served, browse, signed_in, link_of, ensure_accessible):
    """Each state of the page of teams, also with a refusal and for an assistant, is accessible and fits on a phone."""
    browse.allowed = ("409",)
    page, teams = signed_in(instructor_link(served, new=True)), f"{served.url}{TEAMS}"
    page.goto(teams)
    ensure_accessible(page)
    page.get_by_role("button", name="Turn on teams").click()
    page.get_by_text("There are no teams yet.").wait_for()
    ensure_accessible(page)
    page.get_by_label("Name of a new team").fill(LONG)
    page.get_by_role("button", name="Create a team").click()
    page.get_by_label("Move a student").select_option("Ada Lovelace")
    page.get_by_label("to the team").select_option(f"{LONG} (0 of 3)")
    page.get_by_role("button", name="Move", exact=True).click()
    page.locator("table").get_by_text("Ada Lovelace").wait_for()
    ensure_accessible(page)
    page.get_by_label("Name of a new team").fill(LONG)
    page.get_by_role("button", name="Create a team").click()
    page.get_by_role("alert").wait_for()
    ensure_accessible(page)

    assistant = signed_in(link_of("tom"))
    assistant.goto(teams)
    assistant.locator("table").get_by_text("Ada Lovelace").wait_for()
    assert assistant.locator("main").get_by_role("button").count() == 0
    ensure_accessible(assistant)


@pytest.mark.long
def test_teams_as_students_see_them(served, browse, signed_in, link_of, ensure_accessible, graded):
    """Students find each other with a code, are refused with a wrong one, and push; each page is accessible and fits."""
    browse.allowed = ("409",)
    changes = TeamChanges(served.classroom, WEEK)
    changes.set_up(2, by_students=True)
    ada, bob = signed_in(link_of("ada")), signed_in(link_of("bob"))
    ensure_accessible(ada)
    for page in (ada, bob):
        page.get_by_role("link", name="Find a team").click()
    ensure_accessible(ada)
    ada.get_by_label("Or name a new team").fill(LONG)
    ada.get_by_role("button", name="Create a team").click()
    code = ada.locator("code.code").inner_text()
    ensure_accessible(ada)

    bob.get_by_label("Join a team with its code").fill("AAAA")
    bob.get_by_role("button", name="Join", exact=True).click()
    bob.get_by_role("alert").wait_for()
    ensure_accessible(bob)
    bob.get_by_label("Join a team with its code").fill(code)
    bob.get_by_role("button", name="Join", exact=True).click()
    ada.get_by_text("2 of 2").wait_for()  # on the page that was open all along
    ensure_accessible(bob)
    bob.get_by_role("button", name="Get your team's repository").click()
    ensure_accessible(bob)
    bob.get_by_role("link", name="The page of this week").click()
    (team,) = served.classroom.teams(WEEK).teams
    graded(team.name)
    served.tell(WEEK, team.name)
    for page in (ada, bob):
        page.locator("#panel-card").get_by_text("70 of 100 points").wait_for()
    ensure_accessible(bob)
