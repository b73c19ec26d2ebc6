"""What many pages read from the database is kept for a moment, and forgotten once something is written."""

from __future__ import annotations

import asyncio

import pytest
from classroom.instructor.site import recent
from classroom.instructor.site.recent import Recent


@pytest.fixture
def values():
    """What a key is read as, one after the other."""
    return iter(range(10))


def test_value_is_read_once_in_a_moment(values):
    """A value that was read a moment ago is not read again."""
    kept = Recent()

    assert [kept.get("ada", lambda: next(values)) for _ in range(3)] == [0, 0, 0]


def test_event_loop_finds_what_was_read(values):
    """What an event loop finds is read once, too, and is the same as what a thread gets."""
    kept = Recent()
    found = [asyncio.run(kept.find("ada", lambda: next(values))) for _ in range(2)]

    assert [*found, kept.get("ada", lambda: next(values))] == [0, 0, 0]


def test_value_is_read_again_later(monkeypatch, values):
    """A value that is too old is read again: another process may have changed it."""
    monkeypatch.setattr(recent, "KEPT_SECONDS", 0)
    kept = Recent()

    assert [kept.get("ada", lambda: next(values)) for _ in range(2)] == [0, 1]


def test_nothing_is_kept_after_a_write(values):
    """After a write everything is read again."""
    kept = Recent()
    first = kept.get("ada", lambda: next(values))
    kept.forget()

    assert (first, kept.get("ada", lambda: next(values))) == (0, 1)


def test_what_was_read_during_a_write_is_not_kept(values):
    """A value that may be from before a write is not shown to those who ask after it."""
    kept = Recent()

    def read():
        kept.forget()
        return next(values)

    assert [kept.get("ada", read) for _ in range(2)] == [0, 1]


def test_most_values_are_a_limit(monkeypatch, values):
    """More keys than are kept make room for each other."""
    monkeypatch.setattr(recent, "MOST", 2)
    kept = Recent()
    for name in ("ada", "ben", "eve"):
        kept.get(name, lambda: next(values))

    assert kept.get("ada", lambda: next(values)) == 3
