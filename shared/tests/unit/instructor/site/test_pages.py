"""What the pages of students and instructors show."""

from __future__ import annotations

import asyncio
import errno
import os
import re
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from classroom.core.errors import UsageError
from classroom.instructor.classrooms import push_queue
from classroom.instructor.classrooms.due_dates import DueDates
from classroom.instructor.classrooms.inbox import PushNotice
from classroom.instructor.classrooms.student_commit import StudentCommit
from classroom.instructor.roster import Student
from classroom.instructor.site import registration, weeks
from classroom.instructor.site.guard import SiteGuard
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout


def words(page):
    """Return the text of a page, without tags, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_week_shows_the_card_of_the_last_push(joined, graded):
    """A week's page shows the lesson and the card, and what a submission said stays text."""
    graded("ada", printed="<script>alert(1)</script>")
    page = joined("ada").get("/weeks/week1-tiny/").text

    assert "70 of 100 points" in words(page)
    assert "1. Hello" in words(page)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_nobody_sees_another_ones_points(joined, graded):
    """Bob's pages show nothing of Ada's push."""
    graded("ada", score=77)
    bob = joined("bob")
    pages = [bob.get(path).text for path in ("/weeks/", "/weeks/week1-tiny/", "/weeks/week1-tiny/parts/pushes")]

    assert ["77" in words(page) or "Ada" in page for page in pages] == [False] * 3


def test_push_that_waits_is_announced(context, room, joined, tmp_path, monkeypatch):
    """A push that has no result yet is being checked; the card says how many are ahead, then at which task it is."""
    repository = room.repository("week1-tiny", "ada")
    with (repository.path / "classroom-received").open("a") as file:
        file.write(f"2026-11-29T12:00:00Z refs/heads/main {'2' * 40}\n")

    monkeypatch.setattr(push_queue, "LOOK_SECONDS", 0)
    ada, path, key = joined("ada"), "/weeks/week1-tiny/parts/card", ("week1-tiny", "ada")
    assert "Checking your last push" in ada.get(path).text

    waiting = [PushNotice(name, "week1-tiny", name, "2" * 40) for name in ("bob", "ada")]
    for pushes, told in ((waiting, "Waiting: 1 ahead of you"), (waiting[1:], "Waiting: your push is next")):
        context.queue.look(lambda pushes=pushes: pushes, ())
        assert told in ada.get(path).text

    (tmp_path / context.queue.begin(key, tmp_path)).write_text("2")
    context.queue.look(list, [key])
    assert "Checking task 2" in ada.get(path).text


def test_place_of_a_push_is_sent_along(context, room, joined, graded):
    """The event that says that a push has come further holds the place itself, so that no page asks for it."""
    graded("ada")
    joined("ada")
    with (room.repository("week1-tiny", "ada").path / "classroom-received").open("a") as file:
        file.write(f"2026-11-29T12:00:00Z refs/heads/main {'2' * 40}\n")
    request = SimpleNamespace(app=SimpleNamespace(state=SimpleNamespace(context=context)))

    async def next_event():
        events = weeks.send_events(request, SimpleNamespace(id=1, username="ada", name="Ada"), "week1-tiny")
        coming = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)  # it listens now
        context.queue.set_task(("week1-tiny", "ada"), 2)
        event = await coming
        await events.aclose()
        return event

    event = asyncio.run(next_event())
    assert (event.event, event.raw_data) == ("part", "place\nChecking task 2 …")


def test_place_of_a_push_is_a_part_of_its_own(context, room, joined, graded):
    """What changes while a push waits is fetched alone, and the open pages are told of nothing else."""
    graded("ada")
    ada, told = joined("ada"), Mock()
    with (room.repository("week1-tiny", "ada").path / "classroom-received").open("a") as file:
        file.write(f"2026-11-29T12:00:00Z refs/heads/main {'2' * 40}\n")
    context.broadcast.publish = told

    context.queue.set_task(("week1-tiny", "ada"), 2)

    told.assert_called_once_with("student/ada/week1-tiny/place")
    assert ada.get("/weeks/week1-tiny/parts/place").text == "Checking task 2 …"
    assert 'data-part="place">Checking task 2 …' in ada.get("/weeks/week1-tiny/parts/card").text


def test_tile_shows_due_date_state_and_points(room, joined, graded):
    """A tile says until when, how far, and with how many points."""
    from datetime import UTC, datetime

    graded("ada")
    DueDates(room).close("week1-tiny", datetime(2027, 1, 2, 3, 4, tzinfo=UTC))
    text = words(joined("ada").get("/weeks/").text)

    assert "70 of 100 points" in text
    assert "due 2027-01-02 03:04" in text


def test_adjusted_points_are_shown(room, joined, graded):
    """Points that the instructor has changed are those that the student sees, with comments, which stay text."""
    graded("ada", score=0)
    rows = "ada,week1-tiny,points,1=+5,ok\nada,week1-tiny,comment,Well <b>done</b>,\n"
    (room.folder / "adjustments.csv").write_text(f"student,week,kind,value,note\n{rows}")
    card = joined("ada").get("/weeks/week1-tiny/parts/card").text

    assert "5 of 100 points" in words(card)
    assert "From your instructor: Well &lt;b&gt;done&lt;/b&gt;" in card


def test_newer_handout_is_announced(room, joined):
    """A student who began with an older handout reads how to get the new one; somebody who has not begun does not."""
    repository = room.repository("week1-tiny", "ada")
    StudentCommit(Student("ada"), "One", {"app/main.py": b""}).push(repository, room.state_dir)
    repository.reply("handout", "README.md", "New", "Handout")
    for name in ("ada", "bob"):
        path = room.repository("week1-tiny", name).path / "classroom-handouts"
        path.write_text(f"{repository.tip('handout')}\n")
    pages = [joined(name).get("/weeks/week1-tiny/").text for name in ("ada", "bob")]

    assert ["git pull --no-rebase origin handout" in page for page in pages] == [True, False]


def test_class_table(joined, graded, instructor):
    """The class shows who has joined, who has accepted, when each has pushed, and the points; a change at once."""
    before = words(instructor.get("/class/parts/class").text)
    assert "0 of 2 have joined. " in before
    assert "Ada Lovelace not accepted \u2013 not yet" in before

    ada = joined("ada")
    ada.look("/weeks/")
    ada.submit("/weeks/week1-tiny/accept")
    assert "Ada Lovelace not started \u2013 20" in words(instructor.get("/class/parts/class").text)

    graded("ada")
    after = words(instructor.get("/class/parts/class").text)
    assert "1 of 2 have joined. " in after
    assert "2026-11-29" in after
    assert "70 of 100" in after


def test_unknown_places_are_pages_too(joined, instructor):
    """A week or a student that does not exist is answered with a page and 404."""
    ada = joined("ada")

    assert [ada.get(path).status_code for path in ("/weeks/nothing/", "/weeks/nothing/parts/card")] == [404, 404]
    assert "There is no such week." in ada.get("/weeks/..%2f..%2fetc/").text + ada.get("/weeks/nothing/").text
    assert instructor.get("/class/students/nobody").status_code == 404


def test_address_of_a_form_is_a_page_too(joined):
    """Somebody who types the address of a form is told what to do, and after an upload gets the page of the week."""
    ada = joined("ada")

    assert "only accepts a form" in ada.get("/weeks/week1-tiny/accept").text
    assert ada.get("/weeks/week1-tiny/hand-in").url.path == "/weeks/week1-tiny/"


def test_word_in_place_of_a_number_is_a_page_too(joined):
    """An address or a form with a value of the wrong type is refused with one sentence, not with data for programs."""
    ada = joined("ada")
    ada.look("/weeks/week1-tiny/")
    for response in (ada.submit("/passwords/x/revoke"), ada.submit("/weeks/week1-tiny/hints/2", position="x")):
        assert response.status_code == 422
        assert "contains an invalid value" in response.text


def test_database_that_is_away_is_said(context, anonymous, monkeypatch):
    """A page without its database says so with 503, and works again when the database is back."""
    anonymous.look("/")
    with monkeypatch.context() as patch:
        patch.setattr(context, "session", Mock(side_effect=OperationalError("", {}, Exception("gone"))))
        response = anonymous.get("/")

    assert (response.status_code, "Your pushes are safe" in response.text) == (503, True)
    assert anonymous.get("/").status_code == 200


@pytest.mark.parametrize(
    "error",
    [OperationalError("", {}, Exception("gone")), PoolTimeout("all are in use"), UsageError("another server has it")],
    ids=["away", "busy", "taken"],
)
@pytest.mark.parametrize("path", ["/", "/no/such/page"])
def test_database_that_is_away_is_said_at_every_address(context, anonymous, monkeypatch, path, error):
    """An address that does not exist, and a database that has no connection left, are no reason for an error of ours."""
    anonymous.look("/")
    monkeypatch.setattr(context, "session", Mock(side_effect=error))
    response = anonymous.get(path)

    assert (response.status_code, "Your pushes are safe" in response.text) == (503, True)


def test_full_disk_is_said(joined, code, anonymous, monkeypatch):
    """A page that cannot write a file says so with 503 and without its path, and works again once there is space."""

    def full(path, *_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    anonymous.look(f"/join/{code}")
    with monkeypatch.context() as patch:
        patch.setattr(registration, "write_roster", full)
        response = anonymous.submit(f"/join/{code}", name="Eve Example")

    assert response.status_code == 503
    assert "No space left on device" in response.text
    assert "roster" not in response.text
    assert anonymous.look(f"/join/{code}").status_code == 200
    assert anonymous.submit(f"/join/{code}", name="Eve Example").url.path == "/weeks/"


def test_why_a_page_fails_is_for_the_instructor(room, joined, instructor):
    """A roster that cannot be used, with an address of another student in it, is explained to the instructor alone."""
    ada = joined("ada")
    (room.folder / "roster.csv").write_text("username,email\nada,bob@private\nbob,bob@private\n")
    responses = [ada.get("/weeks/"), instructor.get("/class/")]

    assert [response.status_code for response in responses] == [503, 503]
    assert ["bob@private" in response.text for response in responses] == [False, True]
    assert "Try again in a minute" in responses[0].text


def test_monitor_may_ask_for_the_head_of_the_first_page(anonymous):
    """HEAD, which monitors of uptime send, is answered; another method is rejected by its name."""
    assert anonymous.head("/").status_code == 200
    response = anonymous.put("/")
    assert (response.status_code, "does not accept PUT requests" in response.text) == (405, True)


def test_scorecard_comes_first_once_there_is_one(joined, graded):
    """Before the first push a week's page begins with how to get the repository, and after it with the scorecard."""
    ada = joined("ada")
    places = []
    for _ in range(2):
        page = ada.get("/weeks/week1-tiny/").text
        places.append(page.index('id="panel-card"') < page.index("Your repository"))
        graded("ada")

    assert places == [False, True]


@pytest.mark.parametrize(("scheme", "hsts"), [("https", "max-age=31536000"), ("http", None)])
def test_headers_that_every_response_has(browser_of, scheme, hsts):
    """Each response has the headers that keep other sites out; behind https, browsers are told to stay there."""
    url = f"{scheme}://class.test"
    browser = type(browser_of())(SiteGuard(browser_of.app, url, ()), url)
    for path in ("/", "/static/site.css", "/no-such-page", "/api/me"):
        headers = browser.get(path).headers
        assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
        assert headers.get("strict-transport-security") == hsts
    browser.close()


def test_section_is_in_the_table(room, instructor):
    """A student's section is below the name in the table of the class, where the filter finds it."""
    (room.folder / "roster.csv").write_text("username,name,section\nada,Ada Lovelace,CS-1\nbob,Bob Builder,\n")

    assert 'Ada Lovelace</a><br><span class="soft">CS-1</span>' in instructor.get("/class/").text
