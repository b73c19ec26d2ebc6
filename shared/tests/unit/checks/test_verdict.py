"""Verdicts of failed checks."""

from types import SimpleNamespace

import pytest
from classroom.apps.app import NotStarted
from classroom.apps.exchange import Exchange, Failure, GroundMissing
from classroom.checks.run import Check
from classroom.checks.verdict import MAX_TEXT, judge, of_clean_up
from classroom.core.errors import CouldNotCheck
from classroom.core.result import Verdict
from classroom.services.postgres.errors import DatabaseError


def test_what_a_submission_says_without_end_is_cut():
    """A long text from a submission is cut, so that results and pages stay small."""
    check = Check(name="c", task=1, hidden=False, weight=1, asks="")
    run = SimpleNamespace(exchanges=[], job=None)

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
    run = SimpleNamespace(exchanges=[], touched=False, job=None)

    assert judge(check, of_clean_up(error), run, 0.1).verdict is verdict


def verdict_of(error, *, touched=False, exchanges=()):
    """Return the result of a check of task 1 that ended with an error."""
    check = Check(name="c", task=1, hidden=False, weight=1, asks="")
    return judge(check, error, SimpleNamespace(exchanges=list(exchanges), touched=touched, job=None), 0.1)


@pytest.mark.parametrize("seen", [{"touched": True}, {"exchanges": [Exchange("GET", "/items")]}])
def test_check_that_fails_on_a_response_is_a_failure(seen):
    """A submission must not get "could not check" for a response of an unexpected shape."""
    result = verdict_of(KeyError("id"), **seen)

    assert result.verdict is Verdict.FAIL
    assert result.message == "The response does not have the expected shape (KeyError: 'id')."
    assert result.flaw == "KeyError: 'id'"


def test_check_that_fails_by_itself_could_not_be_checked():
    """An error before anything of the submission was seen is a matter for the maintainer."""
    result = verdict_of(ZeroDivisionError("division by zero"))

    assert result.verdict is Verdict.COULD_NOT_CHECK
    assert result.message == "the check itself failed: ZeroDivisionError: division by zero"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (AssertionError("The list is sorted.\nassert [2, 1] == [1, 2]"), "The list is sorted."),
        (AssertionError("assert 1 == 2\n +  where 1 = one()"), "assert 1 == 2"),
        (AssertionError(), "The check failed."),
    ],
)
def test_plain_assert_has_one_sentence(error, message):
    """The message of an assert is its own, or the first line of pytest's."""
    result = verdict_of(error)

    assert (result.verdict, result.message) == (Verdict.FAIL, message)


def test_missing_ground_is_skipped():
    """A check without its ground is skipped, with the task that it builds on."""
    result = verdict_of(GroundMissing(2))

    assert result.verdict is Verdict.SKIPPED
    assert "task 2" in result.message
