"""The instructor's way from a student's code to released results, in a real browser."""

from __future__ import annotations

import threading

import pytest
from classroom.core.load import under_load
from classroom.core.ports import free_ports
from classroom.instructor.site import official
from classroom.instructor.site.app import site
from classroom.instructor.site.context import Context
from classroom.instructor.site.guard import SiteGuard
from classroom.instructor.site.serving import WebAddress, instructor_link
from classroom.web.server import EventServer, config

CODE = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/hello')\ndef hello():\n    return '<b>nothing</b>'\n"


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
def test_from_the_code_to_the_release(served, browse, violations, pushed, graded):
    """An instructor reads the code, adjusts points, grades, and releases; each page works on a phone, too."""
    graded("ada", commit=pushed("ada", {"app/main.py": CODE}), cause="app/main.py, line 8: wrong")
    url, seconds = served.url, under_load(20)
    page = browse(instructor_link(served, new=True), own=url, seconds=seconds, viewport={"width": 390, "height": 844})
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
