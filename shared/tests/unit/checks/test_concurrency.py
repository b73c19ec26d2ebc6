"""Calls in the background, and the wait for a condition."""

import itertools
import threading

import pytest
from classroom import wait_until
from classroom.checks.concurrency import BackgroundCall


def test_condition_ends_the_wait():
    """The wait ends with True as soon as the condition holds."""
    looks = itertools.count()

    assert wait_until(lambda: next(looks) >= 3, seconds=60)
    assert next(looks) == 4


def test_condition_that_never_holds_is_given_up():
    """The wait returns False when the time is over, after at least one look at the condition."""
    looks = itertools.count()

    assert not wait_until(lambda: next(looks) < 0, seconds=0)
    assert next(looks) == 1


def test_call_goes_on_while_the_check_does():
    """A call is not done before it has ended, and then has its result."""
    gate = threading.Event()
    call = BackgroundCall(lambda: gate.wait(60) and "through")
    before = call.done

    gate.set()

    assert (before, call.result(), call.done, call.error) == (False, "through", True, None)


def test_exception_of_a_call_is_raised_where_its_result_is_asked_for():
    """An exception stays with the call until its result is asked for; result_or_none returns None instead."""
    call = BackgroundCall(lambda: 1 / 0)

    call.wait()

    assert isinstance(call.error, ZeroDivisionError)
    assert call.result_or_none() is None
    with pytest.raises(ZeroDivisionError):
        call.result()
