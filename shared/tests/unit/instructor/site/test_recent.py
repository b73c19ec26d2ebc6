"""What many pages read from the database is kept for a moment, and forgotten once something is written."""

from __future__ import annotations

import asyncio
import threading

import pytest
from classroom.core.load import under_load
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


def test_most_values_are_a_limit(values):
    """More keys than are kept make room for each other."""
    kept = Recent(2)
    for name in ("ada", "ben", "eve"):
        kept.get(name, lambda: next(values))

    assert kept.get("ada", lambda: next(values)) == 3


class Watched:
    """A lock that tells when somebody comes to it."""

    def __init__(self, lock):
        self.lock, self.is_wanted = lock, threading.Event()

    def __enter__(self):
        self.is_wanted.set()
        self.lock.acquire()

    def __exit__(self, *_):
        self.lock.release()


def ask_together(kept, read):
    """Let two threads ask for the same, the second while the first is reading; return what each got or what it raised."""
    is_reading, may_end, got = threading.Event(), threading.Event(), {}

    def read_slowly():
        is_reading.set()
        assert may_end.wait(under_load(30))
        return read()

    def ask(name):
        try:
            got[name] = kept.get("ada", read_slowly)
        except ValueError as error:
            got[name] = str(error)

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("first", "second")]
    threads[0].start()
    assert is_reading.wait(under_load(30))
    entry = kept._values["ada"]
    entry.lock = Watched(entry.lock)
    threads[1].start()
    assert entry.lock.is_wanted.wait(under_load(30))
    may_end.set()
    for thread in threads:
        thread.join()
    return [got["first"], got["second"]]


def test_value_is_read_once_for_all_who_ask_at_the_same_time(values):
    """While one thread reads a value, the others wait for it."""
    assert ask_together(Recent(), lambda: next(values)) == [0, 0]


def test_error_is_for_all_who_have_waited(values):
    """If the value cannot be read, those who have waited do not try one after the other."""

    def fail():
        raise ValueError(next(values))

    assert ask_together(Recent(), fail) == ["0", "0"]
