"""From what happened in a check to its verdict and the sentence that explains it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from classroom.apps.app import NotStarted
from classroom.apps.exchange import Failure, GroundMissing, NoAnswer
from classroom.core.errors import CouldNotCheck
from classroom.core.result import CheckResult, Verdict

if TYPE_CHECKING:
    from classroom.apps.exchange import Exchange
    from classroom.checks.run import Check, Run

PRINTED_LINES = 12
LONGEST = 2000  # characters of a text that a submission may have had a part in, such as what its database says
BROKEN = 500
SUBMISSIONS = (NotStarted, NoAnswer, AssertionError)  # errors that are the submission's, whenever they occur
OTHER_SHAPE = "The answer has another shape than the task asks for"


def passed(check: Check, duration: float) -> CheckResult:
    """The result of a check that ran to its end."""
    return CheckResult(check.name, check.hidden, check.weight, Verdict.PASS, check.asks, duration_s=round(duration, 4))


@dataclass(frozen=True)
class _Ruling:
    verdict: Verdict
    message: str
    exchange: Exchange | None = None
    flaw: str | None = None


def judge(check: Check, error: BaseException, run: Run, duration: float) -> CheckResult:
    """The result of a check that `error` ended."""
    ruling = _rule(check, error, run)
    told = replace(
        passed(check, duration),
        verdict=ruling.verdict,
        message=_cut(ruling.message),
        flaw=ruling.flaw and _cut(ruling.flaw),
    )
    return _with_request(told, ruling.exchange) if ruling.exchange else told


def _rule(check: Check, error: BaseException, run: Run) -> _Ruling:
    """What an exception means: most are about the submission, some about its ground, a few about us."""
    last = run.exchanges[-1] if run.exchanges else None
    match error:
        case GroundMissing():
            return _Ruling(Verdict.SKIPPED, str(error), error.answer.exchange if error.answer else None)
        case NotStarted():
            return _not_started(check, run, str(error))
        case CouldNotCheck():
            return _Ruling(Verdict.COULD_NOT_CHECK, str(error))
        case NoAnswer():
            return _Ruling(Verdict.FAIL, f"{error.exchange}: {error}.", error.exchange)
        case Failure():
            return _Ruling(Verdict.FAIL, str(error), error.answer.exchange if error.answer else last)
        case AssertionError():
            return _Ruling(Verdict.FAIL, _assertion(error), last)
    flaw = f"{type(error).__name__}: {error}"
    if run.touched or last:
        # A submission must not be able to buy "could not check" with an answer that the check stumbles over.
        return _Ruling(Verdict.FAIL, f"{OTHER_SHAPE} ({flaw}).", last, flaw)
    return _Ruling(Verdict.COULD_NOT_CHECK, f"the check stumbled over itself: {flaw}", None, flaw)


def of_clean_up(error: BaseException) -> BaseException:
    """Return what an error after a check means for it.

    An app that does not start again, and a database that does not do what it is asked, are the submission's failure here
    as they are in a check: it must not be able to buy "could not check" by what it does to them. All else is ours.
    """
    errors = _leaves(error)
    for found in errors:
        if isinstance(found, CouldNotCheck):
            return found
    if all(isinstance(found, SUBMISSIONS) for found in errors):
        return Failure(f"What the app left behind after this check could not be cleared away: {errors[0]}")
    named = next(found for found in errors if not isinstance(found, SUBMISSIONS))
    return CouldNotCheck(f"cleaning up after the check failed: {type(named).__name__}: {named}")


def _leaves(error: BaseException) -> list[BaseException]:
    """Return the errors in a group of errors: pytest groups those of several fixtures."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    return [error]


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _not_started(check: Check, run: Run, reason: str) -> _Ruling:
    first = run.assignment.tasks[0].number
    if check.task == first:
        return _Ruling(Verdict.FAIL, f"The app does not start.\n{reason}")
    return _Ruling(Verdict.SKIPPED, f"because the app does not start (see task {first})")


def _assertion(error: AssertionError) -> str:
    """A plain assert's own sentence, or the first line of pytest's account of it."""
    text = str(error) or "The check does not hold."
    sentence, _, _ = text.partition("\nassert ")
    return sentence.splitlines()[0] if sentence.startswith("assert ") else "\n".join(sentence.splitlines()[:12])


def _with_request(told: CheckResult, exchange: Exchange) -> CheckResult:
    """The result with the curl line, what came back, and what the app printed when it broke."""
    answer = exchange.answer
    told = replace(told, request=exchange.curl(), answer=str(answer) if answer else None)
    if exchange.printed is None or (answer is not None and answer.status < BROKEN):
        return told
    printed = exchange.printed().strip()
    return replace(told, printed="\n".join(printed.splitlines()[-PRINTED_LINES:])[-LONGEST:] or None)
