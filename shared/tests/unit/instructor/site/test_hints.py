"""Hints on a week's page."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from classroom.instructor.site import people
from classroom.instructor.site.taken_hints import take_hint, taken_hints

WEEK = "/weeks/week1-tiny"


def take(browser, position, *, task=2):
    """Take a hint as the script of the page does, and return what is shown in its place."""
    return browser.submit(f"{WEEK}/hints/{task}", position=position).text


@pytest.fixture
def ada(joined):
    """Ada's browser, with the page of the week."""
    browser = joined("ada")
    browser.look(f"{WEEK}/")
    return browser


def test_hints_open_one_after_another(ada):
    """Each click shows one more hint, which is still there when the page is loaded again; after the last there is none."""
    assert "Look at the operator" not in ada.get(f"{WEEK}/").text
    first = take(ada, 1)
    assert ("Hint 1 of 2" in first, "Show hint 2 of 2" in first, "Hint 2 of 2" in first) == (True, True, False)
    second = take(ada, 2)

    assert ("Look at the operator" in second, "No more hints for this task." in second) == (True, True)
    assert "Hint 2 of 2" in ada.get(f"{WEEK}/").text
    assert "Hint 2 of 2" in ada.get(f"{WEEK}/parts/hints-2").text


def test_hint_cannot_be_skipped_or_taken_twice(ada):
    """A click that is sent twice shows one hint, and the second hint is not shown before the first."""
    assert "Hint 2 of 2" not in take(ada, 2)
    assert "Hint 2 of 2" not in take(ada, 1)
    assert ada.submit(f"{WEEK}/hints/9", position=1).status_code == 404


def test_hints_without_script_lead_back_to_the_task(ada):
    """A browser without the script is led back to the place of the hint."""
    ada.headers["accept"] = "text/html,*/*"
    response = ada.submit(f"{WEEK}/hints/2", position=1)

    assert (response.history[0].status_code, response.url.fragment) == (303, "panel-hints-2")
    assert "Hint 1 of 2" in response.text


def test_red_task_names_the_hints_that_are_left(ada, graded):
    """The card of a red task says how many hints are left, and not of another student's."""
    graded("ada")
    take(ada, 1)

    card = ada.get(f"{WEEK}/parts/card").text
    assert "1 hint is" in card


def test_hints_are_the_students_own(ada, joined):
    """What one student has taken is not shown to another."""
    take(ada, 1)

    assert "Hint 1 of" not in joined("bob").get(f"{WEEK}/").text


def test_two_clicks_at_the_same_moment(context, room, ada):
    """Clicks in several windows at once end in one count."""
    (week,) = room.weeks()
    with context.begin() as db:
        person = people.students(db)["ada"]

    def click(_):
        with context.begin() as db:
            take_hint(db, person, week, 2, 1)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(click, range(4)))
    with context.begin() as db:
        assert taken_hints(db, person, week)[2][0] == 1
