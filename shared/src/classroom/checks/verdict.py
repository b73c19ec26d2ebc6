"""Verdicts: what an exception in a check means, and the sentence that explains it."""

from __future__ import annotations

import contextlib
import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from classroom.apps.app import NotStarted, NotStartedWith
from classroom.apps.exchange import Failure, GroundMissing, NoAnswer
from classroom.checks.by_hand.own_files import in_words
from classroom.checks.by_hand.requests import by_hand
from classroom.checks.causes.cause import error_cause, request_cause
from classroom.checks.causes.printed_error import OWN_LINES, fold_tracebacks
from classroom.checks.causes.printed_warning import shorten_warnings
from classroom.checks.causes.script_cause import describe, script_cause
from classroom.checks.causes.start_failure import start_cause
from classroom.core.errors import CouldNotCheck
from classroom.core.result import CheckResult, Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.apps.exchange import Answer, Exchange
    from classroom.checks.run import Check, Run

PRINTED_LINES = 12
MAX_TEXT = 2000  # characters of a text that a submission may have written, such as an error of its database
SUBMISSIONS = (NotStarted, NoAnswer, AssertionError)  # errors that are the submission's, whenever they occur
OUR_REASONS = ("It was not ready within", "It exited during startup")  # not printed by the app
WRONG_SHAPE = "The response does not have the expected shape"
LEFT_BEHIND = "What the app left behind after this check could not be cleaned up"
WRONG_STATE = "What the submission has left in its files or services does not have the expected shape"


def passed(check: Check, duration: float) -> CheckResult:
    """Return the result of a check that passed."""
    return CheckResult(check.name, check.hidden, check.weight, Verdict.PASS, check.asks, duration_s=round(duration, 4))


@dataclass(frozen=True)
class _Ruling:
    verdict: Verdict
    message: str
    exchange: Exchange | None = None
    flaw: str | None = None
    cause: str | None = None
    printed: str | None = None


def judge(check: Check, error: BaseException, run: Run, duration: float) -> CheckResult:
    """Return the result of a check that ended with `error`."""
    ruling = _rule(check, error, run)
    result = replace(
        passed(check, duration),
        verdict=ruling.verdict,
        message=_cut(ruling.message),
        flaw=ruling.flaw and _cut(ruling.flaw),
        cause=ruling.cause,
        printed=ruling.printed and _cut(ruling.printed),
    )
    if result.cause is None and run.job is not None:
        with contextlib.suppress(Exception):  # an explanation must never change a verdict
            result = _with_cause(result, error, run, run.job.folder)
    return _with_request(result, check, ruling.exchange, run) if ruling.exchange else result


def _with_cause(result: CheckResult, error: BaseException, run: Run, folder: Path) -> CheckResult:
    """Return the result with the cause in its message, or the cause from a failed SQL file."""
    message = result.message or ""
    if (cause := script_cause(message, run.script_failures)) is not None:
        return replace(result, cause=cause)
    if isinstance(error, GroundMissing) and error.answer is None and run.script_failures:
        return replace(result, cause=describe(run.script_failures[0]))
    sentence, header, _ = message.partition(OWN_LINES)
    if header and (cause := error_cause(message, folder)) is not None:
        shown = sentence.strip().removesuffix(":") + "."
        return replace(result, cause=cause, message=shown, printed=message[len(sentence) :])
    return result


def _rule(check: Check, error: BaseException, run: Run) -> _Ruling:
    """Return what an exception means: most are about the submission, some about an earlier task, a few about the kit."""
    last = run.exchanges[-1] if run.exchanges else None
    match error:
        case GroundMissing():
            # The reason of a task is shown, and must hold nothing of a hidden check's requests.
            reason = str(GroundMissing(error.task)) if check.hidden else str(error)
            return _Ruling(Verdict.SKIPPED, reason, _exchange_of(error.answer))
        case NotStarted():
            return _not_started(check, run, error)
        case CouldNotCheck():
            return _Ruling(Verdict.COULD_NOT_CHECK, str(error))
        case NoAnswer():
            return _Ruling(Verdict.FAIL, f"{error.exchange}: {error}.", error.exchange)
        case Failure():
            return _Ruling(Verdict.FAIL, str(error), _exchange_of(error.answer) or last)
        case AssertionError():
            return _Ruling(Verdict.FAIL, _assertion(error), last)
        case pytest.FixtureLookupError():
            flaw = _no_fixture(error)
            return _Ruling(Verdict.COULD_NOT_CHECK, f"the check itself failed: {flaw}", None, flaw)
    flaw = f"{type(error).__name__}: {error}"
    if run.is_exposed:
        # A submission must not get "could not check" for a response, or for rows, that make the check itself fail.
        return _Ruling(Verdict.FAIL, f"{WRONG_SHAPE if last else WRONG_STATE} ({flaw}).", last, flaw)
    return _Ruling(Verdict.COULD_NOT_CHECK, f"the check itself failed: {flaw}", None, flaw)


def _exchange_of(answer: Answer | None) -> Exchange | None:
    """Return the request of the response that a check is about, with that response whole, which the trail may not keep."""
    if answer is None:
        return None
    answer.exchange.answer = answer
    return answer.exchange


def _no_fixture(error: pytest.FixtureLookupError) -> str:
    """Return the sentence for a parameter of a check that no fixture has the name of, with a close name."""
    _, _, listed = error.formatrepr().errorstring.partition("available fixtures: ")
    names = [name.strip() for name in listed.partition("\n")[0].split(",")]
    close = difflib.get_close_matches(error.argname or "", names, n=1)
    advice = f"; did you mean {close[0]!r}?" if close else "."
    return f"{error.request.node.location[0]}: there is no fixture {error.argname!r}{advice}"


def of_clean_up(error: BaseException, run: Run) -> BaseException:
    """Return what an error after a check means for it.

    An app that does not start again, and a database that does not do what it is asked, are the submission's failure here
    as they are in a check: it must not be able to buy "could not check" by what it does to them. The same holds for an
    unexpected error once the submission may have caused it. All else is ours.
    """
    errors = _leaves(error)
    for found in errors:
        if isinstance(found, CouldNotCheck):
            return found
    named = next((found for found in errors if not isinstance(found, SUBMISSIONS)), None)
    if named is None:
        return Failure(f"{LEFT_BEHIND}: {errors[0]}")
    if run.is_exposed:
        return Failure(f"{LEFT_BEHIND}: {type(named).__name__}: {named}")
    return CouldNotCheck(f"cleaning up after the check failed: {type(named).__name__}: {named}")


def _leaves(error: BaseException) -> list[BaseException]:
    """Return the errors in a group of errors: pytest groups the errors of several fixtures."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    return [error]


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…"


def _not_started(check: Check, run: Run, error: NotStarted) -> _Ruling:
    """Return that the app does not start: a failure of the first task, or of each task that starts it with other files."""
    first, reason, cause = run.assignment.tasks[0].number, str(error), None
    others = f" with {in_words(error.files)}" if isinstance(error, NotStartedWith) and error.files else ""
    sentence = f"The app does not start{others}."
    if job := run.job:
        with contextlib.suppress(Exception):  # an explanation must never change a verdict
            cause = start_cause(reason, job.folder, job.notes)
    if check.task == first or others:
        if cause is None:
            return _Ruling(Verdict.FAIL, f"{sentence}\n{reason}")
        ours, _, printed = reason.partition("\n") if reason.startswith(OUR_REASONS) else ("", "", reason)
        return _Ruling(Verdict.FAIL, f"{sentence} {ours}".strip(), cause=cause, printed=printed or None)
    return _Ruling(Verdict.SKIPPED, f"because the app does not start (see task {first})", cause=cause)


def _assertion(error: AssertionError) -> str:
    """Return the message of a plain assert, or the first line of pytest's explanation."""
    text = str(error) or "The check failed."
    sentence, _, _ = text.partition("\nassert ")
    return sentence.splitlines()[0] if sentence.startswith("assert ") else "\n".join(sentence.splitlines()[:12])


def _with_request(result: CheckResult, check: Check, exchange: Exchange, run: Run) -> CheckResult:
    """Return the result with the curl command, the response, the cause, and what the app printed if it broke."""
    answer = exchange.answer
    printed = exchange.printed().strip() if exchange.printed else ""
    result = replace(result, request=by_hand(run, exchange), answer=str(answer) if answer else None)
    if run.job is not None and result.cause is None:
        with contextlib.suppress(Exception):  # an explanation must never change a verdict
            result = replace(result, cause=request_cause(result, check.task, exchange, printed, run.job.folder))
    if not printed or (answer is not None and answer.is_conclusive):
        return result
    if run.job is not None:
        with contextlib.suppress(Exception):
            printed = shorten_warnings(fold_tracebacks(printed, run.job.folder), run.job.folder)
    return replace(result, printed="\n".join(printed.splitlines()[-PRINTED_LINES:])[-MAX_TEXT:] or None)
