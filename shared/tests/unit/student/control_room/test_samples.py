"""What followed an event, in words."""

import pytest
from classroom.student.control_room.samples import Event, Sample, followed

KILLED = Event(100.0, "instance a killed")


def seconds(*errors, requests=100, p95=20.0, begin=101):
    """Samples of a second each, with these errors."""
    return [
        Sample(begin + place, 1.0, requests=requests, errors=number, p50=5.0, p95=p95)
        for place, number in enumerate(errors)
    ]


def after(errors, now=200.0, until=200.0, **more):
    """What followed, in words."""
    return followed(KILLED, seconds(*errors, **more), until, now)


@pytest.mark.parametrize(
    ("errors", "words"),
    [
        ((0, 0, 0, 0), "no request failed"),
        ((1, 0, 0, 0), "1 request failed, then 0"),
        ((3, 0, 0, 0), "3 requests failed, then 0"),
        ((2, 1, 0, 0), "3 requests failed, then 0"),
        ((3, 40, 40, 50), "133 of 400 requests failed"),
        ((100, 100, 100), "every request failed"),
    ],
)
def test_failures_are_counted_until_they_end(errors, words):
    """The failures after an event are added up; once two seconds had none, they are over."""
    assert after(errors) == words


def test_what_is_still_going_on_is_said_so():
    """In the first seconds nobody knows whether more requests will fail."""
    assert after((3, 40), now=102.5, until=102.5) == "43 of 200 requests failed so far"


def test_without_load_nothing_is_said():
    """Without requests nobody knows what followed."""
    assert after((0, 0), requests=0) == ""


def test_what_stops_by_itself_has_no_consequences_of_its_own():
    """What follows belongs to what was done, not to a worker that stopped because of it."""
    assert followed(Event(100.0, "worker1 has stopped", by_itself=True), seconds(3, 0, 0, 0), 200, 200) == ""


def test_ten_seconds_belong_to_an_event():
    """What happens later, or after the next event, is not its consequence."""
    assert after([*[0] * 10, 7, 0]) == "no request failed"
    assert after((0, 0, 9), until=102) == "no request failed"


def test_latency_is_told_when_it_has_changed():
    """A p95 that is half as long again, or shorter, is part of what followed."""
    before = seconds(0, 0, 0, p95=20.0, begin=97)

    same, slower = (followed(KILLED, before + seconds(0, 0, 0, 0, p95=p95), until=200, now=200) for p95 in (21.0, 80.0))

    assert same == "no request failed"
    assert slower == "no request failed; p95 from 20 to 80 ms"


def test_what_nobody_counts_is_not_zero():
    """A count that a part does not keep, or a cache that nobody asks, has no rate."""
    sample = Sample(1.0, 2.0, counts={"primary": 6, "replica": None, "hits": 0, "misses": None})

    assert (sample.rate("primary"), sample.rate("replica"), sample.hit_rate) == (3.0, None, None)
    assert Sample(1.0, 1.0, counts={"hits": 3, "misses": 1}).hit_rate == 75
