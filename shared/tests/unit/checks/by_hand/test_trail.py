"""What is kept of the responses in a check, so that an app cannot fill the grader's memory with them."""

from classroom.apps.exchange import Answer, Exchange, Headers
from classroom.checks.by_hand import trail as module
from classroom.checks.by_hand.trail import MAX_BODY, Trail

LARGE = b" " * (MAX_BODY + 1)


def record(trail, *bodies):
    """Record a request with each of these responses, and return the responses."""
    answers = []
    for body in bodies:
        exchange = Exchange("GET", "/items")
        trail.sent(exchange)
        exchange.answer = Answer(200, Headers(), body, exchange)
        answers.append(exchange.answer)
    return answers


def bodies(trail):
    """Return the bodies that a trail holds."""
    return [request.answer.body for request in trail.requests]


def test_large_response_is_kept_until_the_next_request():
    """Of a large response only the status stays, once there is a later request; a small one stays whole."""
    trail = Trail()

    record(trail, b"{}", LARGE, LARGE)

    assert bodies(trail) == [b"{}", b"", LARGE]
    assert [request.answer.status for request in trail.requests] == [200] * 3


def test_response_that_a_check_holds_stays_whole():
    """A check can look at a response for as long as it likes."""
    trail = Trail()

    first, *_ = record(trail, LARGE, b"{}")

    assert first.body == LARGE


def test_header_fields_count():
    """A response with large header fields is large."""
    trail = Trail()
    (first,) = record(trail, b"{}")
    first.headers["x-large"] = "x" * MAX_BODY

    record(trail, b"{}")

    assert trail.requests[0].answer.headers == {}


def test_small_responses_are_bounded_together(monkeypatch):
    """Thousands of small responses are not kept either."""
    monkeypatch.setattr(module, "MAX_HELD", 5)
    trail = Trail()

    record(trail, b"{}", b"{}", b"{}", b"{}")

    assert bodies(trail) == [b"{}", b"{}", b"", b"{}"]


def test_each_check_begins_with_nothing():
    """What one check has received does not count for the next."""
    trail = Trail()
    record(trail, LARGE, LARGE)
    assert trail.received == len(LARGE)

    trail.begin()

    assert trail.received == 0
