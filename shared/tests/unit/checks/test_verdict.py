"""Verdicts of failed checks."""

from types import SimpleNamespace

import pytest
from classroom.apps.app import NotStarted
from classroom.apps.exchange import Failure
from classroom.checks.run import Check
from classroom.checks.verdict import MAX_TEXT, judge, of_clean_up
from classroom.core.errors import CouldNotCheck
from classroom.core.result import Verdict
from classroom.services.postgres.database import DatabaseError


def test_what_a_submission_says_without_end_is_cut():
    """A long text from a submission is cut, so that results and pages stay small."""
    check = Check(name="c", task=1, hidden=False, weight=1, asks="")
    run = SimpleNamespace(exchanges=[])

    told = judge(check, Failure("The database says: " + "x" * 10_000_000), run, 0.1)

    assert len(told.message) == MAX_TEXT + 1


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (NotStarted("The database is shut."), Verdict.FAIL),
        (DatabaseError("The table is locked.", "55P03"), Verdict.FAIL),
        (ExceptionGroup("", [NotStarted("shut"), DatabaseError("locked")]), Verdict.FAIL),
        (OSError("no room"), Verdict.COULD_NOT_CHECK),
        (ExceptionGroup("", [NotStarted("shut"), CouldNotCheck("The server is gone.")]), Verdict.COULD_NOT_CHECK),
        (ExceptionGroup("", [NotStarted("shut"), OSError("no room")]), Verdict.COULD_NOT_CHECK),
    ],
    ids=["app", "database", "both", "our own", "server gone", "mixed"],
)
def test_what_a_submission_breaks_after_a_check_is_its_failure(error, verdict):
    """An app that does not start again after a check fails the check; only trouble of ours is "could not check"."""
    check = Check(name="c", task=2, hidden=False, weight=1, asks="")
    run = SimpleNamespace(exchanges=[], touched=False)

    assert judge(check, of_clean_up(error), run, 0.1).verdict is verdict
