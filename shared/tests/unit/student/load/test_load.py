"""Requests on schedule, in a thread."""

import socket
import threading
import time

import pytest
from classroom.core.load import under_load
from classroom.student.load import Load
from classroom.student.load import load as load_module
from classroom.student.load.visitors import FIRST_VIDEOS


def wait_until(true):
    """Wait until something is true."""
    end = time.monotonic() + under_load(30)
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_each_request_is_counted_once(site):
    """What a load has counted when it has stopped is what the site has received."""
    load = Load(site.address, 200, writers=0)
    load.start()
    wait_until(lambda: load.figures(None).requests >= 20)
    load.stop()

    figures, asked = load.figures(None), [path for method, path in site.asked if method == "GET"]
    assert figures.requests == len(asked)
    assert (figures.errors, figures.waiting) == (0, 0)
    assert load.figures(None) == figures, "the time after the end does not count"


def test_a_site_that_hangs_does_not_slow_the_visitors_down(site):
    """Requests are sent when they are due, and a late response counts from there: nothing is left out of p95."""
    go = threading.Event()

    def answer(method, path):
        if method == "GET":
            go.wait(60)
        return 200, {}

    site.answer = answer
    load = Load(site.address, 100, writers=0)
    load.start()
    wait_until(lambda: len(site.asked) >= 30)
    held = time.monotonic() - load._outcomes.began  # the first one is due then
    go.set()
    load.stop()

    figures = load.figures(None)
    assert figures.requests_by["list"] == figures.requests >= 29
    assert figures.p95 > held / 2


def test_writers_and_rate_can_be_changed_while_it_runs(site):
    """A change applies to the requests from then on, and a second start changes nothing."""
    load = Load(site.address, 1, writers=0)
    load.start()
    wait_until(lambda: load.figures(None).requests >= 1)
    load.start()

    load.change(rate=300, writers=1)

    wait_until(lambda: load.figures(None).requests_by.get("create", 0) >= 5)
    assert load.running
    load.stop()
    assert not load.running


@pytest.mark.parametrize(("asked", "kept"), [(0, 1), (-5, 1), (250, 250), (9000, 500)])
def test_the_rate_is_kept_within_its_limits(asked, kept):
    """A rate is from 1 to 500 requests a second."""
    assert Load("http://127.0.0.1:1", asked).rate == kept


def test_the_share_of_writers_is_kept_within_its_limits():
    """A share is from 0 to 1."""
    assert [Load("http://127.0.0.1:1", 1, writers).writers for writers in (-1, 0.5, 7)] == [0, 0.5, 1]


def test_a_site_that_is_down_is_counted(monkeypatch):
    """Without a site, each request is an error that says so, and nothing crashes."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        load = Load(f"http://127.0.0.1:{place.getsockname()[1]}", 200)
        load.start()
        wait_until(lambda: load.figures(None).errors >= 5)
        load.stop()

    figures = load.figures(None)
    assert figures.errors == figures.requests
    assert {reason.partition(": ")[2] for reason in figures.errors_by} == {"no connection"}


def test_a_site_with_open_tasks_is_counted(site):
    """Routes that return 501 are errors with their status."""
    site.answer = lambda method, path: (501, {"detail": "TODO"})
    load = Load(site.address, 200, writers=0.5)
    load.start()
    wait_until(lambda: len(load.figures(None).errors_by) == 2)
    load.stop()

    assert set(load.figures(None).errors_by) == {"list: 501", "create: 501"}


@pytest.mark.parametrize(
    "body", [{"items": 5, "next_cursor": 7}, {"items": [None, {}, {"id": "x"}]}, {"playback_url": 1}]
)
def test_a_strange_site_does_no_harm(site, body):
    """Responses of another shape are read without an error of the load's own."""
    site.answer = lambda method, path: (200, body)
    load = Load(site.address, 300, writers=0.5)
    load.start()
    wait_until(lambda: load.figures(None).requests >= 20)
    load.stop()

    assert load.figures(None).errors_by.keys() <= {"delete: 200"}


def test_the_first_videos_are_there_before_the_first_reader(site):
    """Before the first request that counts, videos are created, uploaded and completed; readers read these."""

    def answer(method, path):
        if (method, path) == ("POST", "/videos"):
            return 201, {"upload_url": f"{site.address}/files/1"}
        return 200, {}

    site.answer = answer
    load = Load(site.address, 200, writers=0)
    load.start()
    wait_until(lambda: load.figures(None).requests_by.get("read", 0))
    load.stop()

    first = [method for method, _ in site.asked].index("GET")
    assert [method for method, _ in site.asked[:first]] == ["POST", "PUT", "POST"] * FIRST_VIDEOS
    assert load.figures(None).errors == 0
    load.clear()
    assert [method for method, _ in site.asked].count("DELETE") == FIRST_VIDEOS


@pytest.mark.parametrize(
    ("created", "uploaded", "completed"),
    [((201, {}), 201, 200), ((501, {}), 201, 200), ((201, "url"), 403, 200), ((201, "url"), 201, 503)],
    ids=["no upload_url", "an error after the commit", "the upload fails", "the complete fails"],
)
def test_videos_that_never_became_ready_are_deleted_as_well(site, created, uploaded, completed):
    """Each video that was asked for is deleted at the end, however far it came."""
    status, body = created
    answers = {
        "POST": lambda path: (completed, {}) if path.endswith("/complete") else (status, body and {"upload_url": url}),
        "PUT": lambda path: (uploaded, {}),
        "DELETE": lambda path: (204, {}),
    }
    url = f"{site.address}/files/1"
    site.answer = lambda method, path: answers.get(method, lambda _: (200, {}))(path)
    load = Load(site.address, 300, writers=1)
    load.start()
    wait_until(lambda: load.figures(None).requests >= 20)
    load.clear()

    assert site.asked.count(("POST", "/videos")) == sum(method == "DELETE" for method, _ in site.asked) > 0


@pytest.mark.parametrize(
    ("places", "error"), [(3, "list: no response within 0.3 s"), (0, "list: not sent, too many were waiting")]
)
def test_an_error_says_whether_the_request_was_sent(site, monkeypatch, places, error):
    """A request that found no place until it was too late was not sent, and is an error of another kind."""
    monkeypatch.setattr(load_module, "AT_ONCE", places)
    monkeypatch.setattr(load_module, "SECONDS", 0.3)
    go = threading.Event()
    site.answer = lambda method, path: (go.wait(60) and 200, {})
    load = Load(site.address, 300, writers=0)
    load.start(prepare=False)
    wait_until(lambda: error in load.figures(None).errors_by)
    load.stop()
    go.set()

    figures = load.figures(None)
    assert figures.errors == figures.requests
    assert figures.requests - figures.unsent >= len(site.asked)
    assert bool(site.asked) == bool(places)
