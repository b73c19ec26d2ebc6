"""What the control room serves, without a browser."""

import pytest
from classroom.core.errors import CouldNotCheck


def test_page_has_the_map_the_charts_the_controls_and_the_log(room):
    """The page shows every part of the site, each chart, and a switch for everything that can be cut."""
    page = room.ask("").text

    for name in (
        "visitors",
        "balancer",
        "instance a",
        "instance b",
        "cache",
        "primary",
        "replica",
        "storage",
        "worker",
    ):
        assert f"<li>{name}: " in page
    for chart in ("requests", "latency", "errors", "statements", "hits"):
        assert f'id="chart-{chart}"' in page
    for control in ("load", "a", "b", "cache", "primary"):
        assert f'id="{control}-switch"' in page


def test_log_says_what_followed(room):
    """A line of the log has the time, what was done and what followed it."""
    room.ask("load?rate=100&writers=0", "POST")
    room.measure(requests=100)
    room.ask("instances/a/kill", "POST")
    for errors in (3, 0, 0, 0):
        room.measure(requests=100, errors=errors, p50=0.01, p95=0.02)

    assert 'instance a killed: <span class="followed">3 requests failed, then 0' in room.ask("parts/log").text


def test_charts_show_what_the_parts_counted(room):
    """The newest values are those that the parts counted in the last second."""
    room.measure(a=60, b=40, primary=7, replica=20, hits=90, misses=10)

    charts = room.ask("parts/charts").text

    assert all(
        value in charts for value in ("<strong>100</strong>", "<strong>90 %</strong>", "primary <strong>7</strong>")
    )


def test_part_that_is_killed_elsewhere_is_noted(room):
    """A part that stops by itself has a line in the log, and the map shows it."""
    room.system.parts["storage"].process.ended = True

    room.measure()

    assert "storage has stopped (killed by SIGKILL)" in room.ask("parts/log").text
    assert "<li>storage: stopped</li>" in room.ask("parts/map").text


def test_parts_that_are_not_used_are_shown_as_such(room):
    """Without a worker, a load or a look-up the map and the charts say so."""
    room.measure()

    assert "<li>worker: idle, not started</li>" in room.ask("parts/map").text
    assert "no load" in room.ask("parts/map").text
    assert "hit rate: nothing measured yet" in room.ask("parts/charts").text


def test_what_goes_wrong_is_one_sentence(room):
    """A control that fails says why above the controls, until the next one is pressed."""
    room.system.database.trouble = CouldNotCheck("The server does not respond.")
    failed = room.ask("primary/take", "POST").text
    room.system.database.trouble = None

    assert '<p class="trouble" role="alert">The server does not respond.</p>' in failed
    assert "does not respond" in room.ask("parts/controls").text
    assert "does not respond" not in room.ask("cache/flush", "POST").text


def test_cache_of_somebody_else_has_no_buttons(room):
    """The cache of CACHE_URL cannot be cut or flushed."""
    room.system.cache.given = "redis://elsewhere"

    controls = room.ask("parts/controls").text

    assert "CACHE_URL" in controls
    assert "cache-switch" not in controls


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "parts/nothing", 404),
        ("GET", "instances/a/kill", 405),
        ("POST", "instances/storage/kill", 422),
        ("POST", "instances/a/explode", 422),
        ("POST", "cache/explode", 422),
        ("POST", "primary/explode", 422),
        ("POST", "replica?lag=6", 422),
        ("POST", "replica?lag=nan", 422),
        ("POST", "load?rate=501", 422),
        ("POST", "load?rate=0", 422),
        ("POST", "load?rate=50&writers=101", 422),
        ("POST", "load", 422),
    ],
)
def test_what_is_not_offered_is_refused(room, method, path, status):
    """Other parts, actions and values do nothing."""
    assert room.ask(path, method).status == status
    assert room.recorder.events == []
