"""The control room of a real site, the solution's and the starter's, in a real browser."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
from types import SimpleNamespace

import pytest
from classroom.core.assignment import Assignment
from classroom.core.load import under_load
from classroom.student.control_room.charts import charts
from classroom.student.control_room.command import control_room
from classroom.student.load.own_system import own_system

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(os.name != "posix", reason="the site runs on Linux and macOS here"),
]
SECONDS = 60
SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
ANSWERED = re.compile(r'"[A-Z]+ /\S* HTTP/1.1" \d{3}')


def until(condition):
    """Wait until something holds."""
    late = time.monotonic() + under_load(SECONDS)
    while not condition():
        assert time.monotonic() < late, "it did not happen in time"
        time.sleep(0.02)


def opened(week5, folder, *, solved):
    """Yield the control room of week 5's site, with the solution in it or without."""
    ignored = shutil.ignore_patterns("grading", ".classroom", "__pycache__", ".venv")
    shutil.copytree(week5, folder, ignore=ignored)
    if solved:
        shutil.copytree(week5 / "grading" / "solution", folder, dirs_exist_ok=True)
    said, answered = [], {"a": 0, "b": 0}
    with contextlib.ExitStack() as stack:
        system = stack.enter_context(own_system(Assignment.load(folder), workers=1))

        def count(name, line):
            if name in answered and ANSWERED.search(line):
                answered[name] += 1

        system.show = count
        room = stack.enter_context(control_room(system, "week5", said.append, browser=False))
        address = next(line.partition(": ")[2] for line in said if line.startswith("Control room: http"))
        yield SimpleNamespace(
            address=f"{address}room/", own=address, room=room, system=system, answered=answered, said=said
        )


@pytest.fixture(scope="module")
def solution(week5, tmp_path_factory):
    """The control room of the solution's site."""
    yield from opened(week5, tmp_path_factory.mktemp("solved") / f"week5-room-{os.getpid()}", solved=True)


@pytest.fixture(scope="module")
def starter(week5, tmp_path_factory):
    """The control room of the starter's site."""
    yield from opened(week5, tmp_path_factory.mktemp("starter") / f"week5-start-{os.getpid()}", solved=False)


@pytest.fixture(params=["solution", "starter"])
def site(request):
    """The control room of either."""
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_every_button_and_chart_works(site, browse, violations, size, scheme):
    """Each button does to the real site what it says, each chart shows something, and axe-core finds nothing serious."""
    page = browse(site.address, own=site.own, seconds=under_load(SECONDS), viewport=SIZES[size], color_scheme=scheme)

    def press(button, becomes):
        page.locator(button).press("Enter")
        page.locator(button, has_text=re.compile(f"^{becomes}$")).wait_for()

    page.locator("#rate").fill("60")
    press("#load-switch", "Stop load")
    page.locator("#chart-latency .line2 strong", has_text=" ms").wait_for()
    for button, off, on in (
        *(("#a-switch", "Start", "Kill"), ("#b-switch", "Start", "Kill"), ("#cache-switch", "Restore", "Cut")),
        ("#primary-switch", "Bring back", "Take away"),
    ):
        press(button, off)
        press(button, on)
    page.locator("#cache-flush").press("Enter")
    page.locator(".log li", has_text="cache flushed").first.wait_for()
    page.locator("#lag").fill("1")
    page.locator(".map .note", has_text="1 s behind").wait_for()
    page.locator("#workers-kill").press("Enter")
    page.locator(".controls .state", has_text="0 of 1").wait_for()
    page.locator("#workers-start").press("Enter")
    page.locator("#lag").fill("0")
    page.locator(".map .note", has_text="behind").wait_for(state="detached")
    for chart in page.locator(".charts figure").all():
        assert "nothing measured" not in chart.locator("svg[role=img]").get_attribute("aria-label") or (
            chart.get_attribute("id") == "chart-hits"
        )
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    press("#load-switch", "Send load")


def test_site_that_is_not_built_yet_says_what_is_open(starter):
    """On the starter the load fails, and the chart of errors names the TODO."""
    controls, recorder = starter.room.controls, starter.room.recorder

    def note():
        return next(chart.note for chart in charts(recorder.samples, [], time.time()) if chart.id == "errors")

    controls.send_load(40, 10)
    until(lambda: note().endswith("501, a TODO that is still open."))
    controls.stop_load()


@pytest.fixture
def quiet(solution):
    """The solution's site without load, all of whose requests have been answered, and a function for what came since."""
    controls, parts = solution.room.controls, solution.room.recorder._parts
    controls.send_load(20, 0)  # the first load uploads some videos before it counts
    until(lambda: controls.load.figures(None).requests)
    controls.stop_load()

    def counted():
        sent = parts.count().requests
        return {name: (sent[name], solution.answered[name]) for name in ("a", "b")}

    last = [None]

    def is_quiet():
        last[0], before = counted(), last[0]
        time.sleep(0.2)  # between two looks
        return last[0] == before

    until(is_quiet)
    before = counted()

    def since():
        """Return for each instance how many requests it was sent, and how many lines it has written about one."""
        return {
            name: tuple(now - then for now, then in zip(pair, before[name], strict=True))
            for name, pair in counted().items()
        }

    return SimpleNamespace(controls=controls, recorder=solution.room.recorder, since=since)


def test_what_is_shown_is_what_the_parts_count(quiet):
    """The requests on the page agree within 2 % with the lines that the instances themselves write, one per request."""
    quiet.recorder.take()
    quiet.recorder._samples.clear()
    quiet.controls.send_load(100, 10)
    until(lambda: sum(sample.requests for sample in quiet.recorder.samples) > 800)
    quiet.controls.stop_load()
    quiet.recorder.take()
    until(lambda: all(sent == answered for sent, answered in quiet.since().values()))

    shown = {name: sum(sample.counts[name] for sample in quiet.recorder.samples) for name in ("a", "b", "site")}
    answered = {name: lines for name, (_, lines) in quiet.since().items()}
    load = sum(sample.requests for sample in quiet.recorder.samples)

    assert {name: shown[name] for name in answered} == pytest.approx(answered, rel=0.02)
    assert shown["site"] == sum(answered.values()) == pytest.approx(load, rel=0.02)


def test_killing_an_instance_loses_what_it_held_and_no_more(quiet):
    """No more requests fail than the killed instance had been sent and had not answered; then none."""
    quiet.controls.send_load(150, 10)
    load = quiet.controls.load
    until(lambda: load.figures(2).requests > 200)
    quiet.controls.kill("a")
    killed = load.figures(None).requests
    until(lambda: load.figures(None).requests > killed + 300)
    sent, answered = quiet.since()["a"]
    failed, late = load.figures(None).errors, load.figures(1).errors
    quiet.controls.start("a")
    quiet.controls.stop_load()

    assert late == 0
    assert failed <= sent - answered
    print(f"instance a held {sent - answered} requests when it was killed, of which {failed} failed")
