"""A check that computes too long over a response gives up, and that is the app's failure."""

import signal

import pytest
from classroom.apps.exchange import Failure
from classroom.checks import computing
from classroom.checks.computing import limited

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timers")


def compute(times=1):
    """Compute without an end until this many failures were raised."""
    for left in reversed(range(times)):
        try:
            while True:
                pass
        except Failure:
            if not left:
                raise


def test_endless_computation_ends_as_a_failure():
    """What computes without an end is interrupted by a Failure that says for how long it did."""
    with pytest.raises(Failure, match=r"After 0\.05 s of computing"), limited(0.05):
        compute()


def test_caught_failure_comes_again(monkeypatch):
    """A check that catches the Failure and goes on computing is interrupted again."""
    monkeypatch.setattr(computing, "AGAIN_SECONDS", 0.05)

    with pytest.raises(Failure), limited(0.05):
        compute(times=2)


def test_nothing_is_left_of_the_limit():
    """After the block, no timer runs, and the signal is handled as before."""
    before = signal.getsignal(signal.SIGPROF)
    with limited(60):
        pass

    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGPROF) == before
