"""File locks."""

from __future__ import annotations

import os

import pytest
from classroom.core.errors import CouldNotCheck
from classroom.core.locks import Lock, owned


@pytest.fixture
def path(tmp_path):
    """The path of the lock."""
    return tmp_path / "a.lock"


def test_many_share_and_nobody_owns(path):
    """A shared lock can be shared by others, but not acquired exclusively."""
    locks = [Lock(path) for _ in range(3)]
    locks[0].share(1)
    locks[1].share(1)

    assert not locks[2].attempt()
    for lock in locks:
        lock.close()


def test_closing_one_leaves_the_other(path):
    """Closing one of several locks on the same file releases none of the others."""
    first, second, other = (Lock(path) for _ in range(3))
    first.share(1)
    second.share(1)

    first.close()

    assert not other.attempt()
    second.close()
    assert other.attempt()
    other.close()


def test_owner_waits_for_a_while_only(path):
    """A lock that is not free in time raises an error that names its path."""
    with owned(path, 1), pytest.raises(CouldNotCheck, match=r"a\.lock for 0 seconds"), owned(path, 0.03):
        pass


def test_released_lock_can_be_taken_again(path):
    """A released lock can be acquired by another process and again by the same one."""
    first, second = Lock(path), Lock(path)
    assert first.attempt()
    first.release()

    assert second.attempt()
    second.release()
    assert first.attempt()
    first.close()
    second.close()


def test_dead_holder_holds_nothing(path):
    """The lock of a dead process is free."""
    holder = os.fork()
    if holder == 0:
        Lock(path).wait()
        os._exit(9)
    os.waitpid(holder, 0)

    lock = Lock(path)
    assert lock.attempt()
    lock.close()
