"""Figures from the outcomes of requests."""

import time

import pytest
from classroom.student.load.figures import Outcome, Outcomes, percentile


def outcomes_of(*found, to_storage=False):
    """Return outcomes with these, each (kind, seconds, error), that ended now."""
    outcomes = Outcomes()
    for kind, seconds, error in found:
        outcomes.add(Outcome(time.monotonic(), kind, seconds, error), to_storage=to_storage)
    return outcomes


@pytest.mark.parametrize(
    ("number", "share", "expected"), [(1, 0.95, 1), (2, 0.5, 1), (20, 0.95, 19), (100, 0.95, 95), (101, 0.95, 96)]
)
def test_a_percentile_is_the_smallest_value_that_covers_its_share(number, share, expected):
    """Of 100 values, the 95th covers 95 %."""
    assert percentile(list(range(1, number + 1)), share) == expected


def test_without_a_response_there_is_no_latency():
    """Requests that nobody answered are counted as errors and have no latency."""
    figures = outcomes_of(("list", None, "no connection")).figures(None, 0)

    assert (figures.requests, figures.errors, figures.p50, figures.p95) == (1, 1, None, None)


def test_errors_are_counted_by_request_and_reason():
    """Errors are named with the request, the most frequent first."""
    outcomes = outcomes_of(
        ("list", 0.1, None), ("create", 0.1, "501"), ("list", 0.1, "503"), ("list", 0.1, "503"), ("list", 0.1, None)
    )

    figures = outcomes.figures(None, 3)

    assert list(figures.errors_by.items()) == [("list: 503", 2), ("create: 501", 1)]
    assert figures.requests_by == {"list": 4, "create": 1}
    assert (figures.errors, figures.waiting) == (3, 3)


def test_files_count_only_when_they_fail():
    """Requests to the storage server are not requests to the site, but their errors are told."""
    outcomes = outcomes_of(("upload", 0.1, "403"), ("play", 0.1, None), to_storage=True)

    figures = outcomes.figures(None, 0)

    assert (figures.requests, figures.errors_by) == (0, {"upload: 403": 1})


def test_only_the_last_seconds_count():
    """Outcomes before the window are left out, and the rate is that of the window."""
    outcomes = Outcomes()
    outcomes.began -= 100
    now = time.monotonic()
    for age in (90, 50, 8, 5, 1):
        outcomes.add(Outcome(now - age, "list", age / 100, None))

    figures = outcomes.figures(10, 0)

    assert (figures.requests, figures.requests_per_second, figures.p95) == (3, 0.3, 0.08)
