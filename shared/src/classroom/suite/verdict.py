"""From what happened in a check to its verdict and the sentence that explains it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from classroom.app import NotStarted
from classroom.client import NoAnswer
from classroom.errors import CouldNotCheck
from classroom.result import CheckResult, Verdict
from classroom.suite.expect import Failure, GroundMissing

if TYPE_CHECKING:
    from classroom.client import Exchange
    from classroom.suite.run import Check, Run

PRINTED_LINES = 12
BROKEN = 500
OTHER_SHAPE = "The answer has another shape than the task asks for"


def passed(check: Check, duration: float) -> CheckResult:
    """The result of a check that ran to its end."""
    return CheckResult(check.name, check.hidden, check.weight, Verdict.PASS, check.asks, duration_s=round(duration, 4))


def judge(check: Check, error: BaseException, run: Run, duration: float) -> CheckResult:
    """The result of a check that `error` ended."""
    result = replace(passed(check, duration), verdict=Verdict.FAIL)
    if isinstance(error, GroundMissing):
        return replace(result, verdict=Verdict.SKIPPED, message=str(error), **_shown(error.answer and error.answer.exchange, run))
    if isinstance(error, NotStarted):
        return _not_started(result, check, run, str(error))
    if isinstance(error, CouldNotCheck):
        return replace(result, verdict=Verdict.COULD_NOT_CHECK, message=str(error))
    if isinstance(error, NoAnswer):
        return replace(result, message=f"{error.exchange}: {error}.", **_shown(error.exchange, run))
    if isinstance(error, Failure):
        exchange = error.answer.exchange if error.answer else (run.exchanges[-1] if run.exchanges else None)
        return replace(result, message=str(error), **_shown(exchange, run))
    last = run.exchanges[-1] if run.exchanges else None
    if isinstance(error, AssertionError):
        return replace(result, message=_assertion(error), **_shown(last, run))
    flaw = f"{type(error).__name__}: {error}"
    if run.touched or last:
        return replace(result, message=f"{OTHER_SHAPE} ({flaw}).", flaw=flaw, **_shown(last, run))
    message = f"the check stumbled over itself: {flaw}"
    return replace(result, verdict=Verdict.COULD_NOT_CHECK, message=message, flaw=flaw)


def _not_started(result: CheckResult, check: Check, run: Run, reason: str) -> CheckResult:
    first = run.assignment.tasks[0].number
    if check.task == first:
        return replace(result, message=f"The app does not start.\n{reason}")
    return replace(result, verdict=Verdict.SKIPPED, message=f"because the app does not start (see task {first})")


def _assertion(error: AssertionError) -> str:
    """A plain assert's own sentence, or pytest's account of it."""
    text = str(error) or "The check does not hold."
    sentence, _, _ = text.partition("\nassert ")
    return "\n".join(sentence.splitlines()[:6])


def _shown(exchange: Exchange | None, run: Run) -> dict[str, str | None]:
    """What is told of a request: the curl line, what came back, what the app printed when it broke."""
    if exchange is None:
        return {}
    answer = exchange.answer
    told: dict[str, str | None] = {"request": exchange.curl(), "answer": str(answer) if answer else None}
    if run.printed and (answer is None or answer.status >= BROKEN):
        printed = run.printed(exchange.mark).strip()
        told["printed"] = "\n".join(printed.splitlines()[-PRINTED_LINES:])[-2000:] or None
    return told
