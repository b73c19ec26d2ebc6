"""Verdicts of failed checks."""

from types import SimpleNamespace

from classroom.apps.exchange import Failure
from classroom.checks.run import Check
from classroom.checks.verdict import MAX_TEXT, judge


def test_what_a_submission_says_without_end_is_cut():
    """A long text from a submission is cut, so that results and pages stay small."""
    check = Check(name="c", task=1, hidden=False, weight=1, asks="")
    run = SimpleNamespace(exchanges=[])

    told = judge(check, Failure("The database says: " + "x" * 10_000_000), run, 0.1)

    assert len(told.message) == MAX_TEXT + 1
