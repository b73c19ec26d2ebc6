"""The cause of a failure in the student's own terms: file, line and error."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from classroom.checks.causes import response_advice
from classroom.checks.causes.app_files import read_app_files
from classroom.checks.causes.error_advice import advise
from classroom.checks.causes.no_response_advice import advise_without_response
from classroom.checks.causes.printed_error import SYNTAX, first_error
from classroom.checks.causes.scene import lines_from
from classroom.checks.causes.stub_advice import place_of
from classroom.core.result import NOT_WRITTEN
from classroom.core.text import sanitize

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.apps.exchange import Answer, Exchange
    from classroom.checks.causes.printed_error import PrintedError
    from classroom.core.result import CheckResult

MAX_CAUSE = 900  # characters
MAX_SENTENCE = 300
MAX_FIRST = 140  # characters of a message that is not cut after its first sentence
DATABASE = re.compile(r"(?:psycopg2?|asyncpg|sqlalchemy)\b")
ROW = "Failing row contains"  # and then values that the check has sent
ELSEWHERE = re.compile(r"(\S{1,200}\.py), line (\d{1,6}): ")  # a mistake that is not where the error was raised
WRAPPED = re.compile(r"^\((?:psycopg2?|asyncpg|sqlalchemy)[\w.]*\) ")


def request_cause(result: CheckResult, task: int, exchange: Exchange, printed: str, folder: Path) -> str | None:
    """Return the cause of a failed request, or None if it is not known.

    Args:
        result: the result of the check, with its message and the response.
        task: the number of the check's task.
        exchange: the request and its response.
        printed: what the app has printed since the request.
        folder: the submission.
    """
    answer = exchange.answer
    known = response_advice.advise(answer, folder, printed, result.message or "") if answer else None
    if known:
        return sanitize(known, MAX_CAUSE)
    if result.is_stub(task):
        return _stub(answer, result.answer or "", folder)
    if answer is not None and answer.is_conclusive:
        return None
    if answer is None and (endless := advise_without_response(exchange, folder, result.message or "")):
        return sanitize(endless, MAX_CAUSE)
    error = first_error(printed, folder)
    if error is None:
        return None
    if is_of_database(error) and "returned 5" not in (result.message or ""):
        return None  # a check may have made the database refuse, to see what the response shows
    return describe(error, folder)


def _stub(answer: Answer | None, response: str, folder: Path) -> str | None:
    """Return the file and line of the TODO that sent a response: the one with its text, or else the first of its number."""
    todo = re.search(r"\bTODO \d{1,3}\b", response)
    if todo is None:
        return None
    texts = read_app_files(folder).texts
    if answer is not None and (place := place_of(_detail(answer), texts)):
        return f"{place}: {todo[0]} {NOT_WRITTEN}."
    raised = re.compile(rf"^[ \t]*raise .{{0,80}}{todo[0]}\b", re.MULTILINE)
    for file, text in texts.items():
        if found := raised.search(text):
            return f"{file}, line {text.count(chr(10), 0, found.start()) + 1}: {todo[0]} {NOT_WRITTEN}."
    return None


def _detail(answer: Answer) -> str:
    """Return the detail of a response; nothing if it has none."""
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    return str(body.get("detail", "")) if isinstance(body, dict) else ""


def error_cause(printed: str, folder: Path) -> str | None:
    """Return the cause that an app printed as an error, or None if it printed none.

    Args:
        printed: what the app has printed.
        folder: the submission.
    """
    error = first_error(printed, folder)
    return describe(error, folder) if error else None


def describe(error: PrintedError, folder: Path) -> str:
    """Return an error with its place, a remedy if it is a known mistake, and the line of source."""
    if error.name not in SYNTAX:
        error = error.at_depends().of_student(folder)
    sentence = advise(error, folder) or error_sentence(error)
    if other := ELSEWHERE.match(sentence):
        source = "".join(lines_from(folder, other[1], int(other[2]), 1)).strip()
        return sanitize("\n".join([sentence[: MAX_SENTENCE * 2], *([f"    {source}"] if source else [])]), MAX_CAUSE)
    place = error.place
    first = f"{place}: {sentence}" if place else sentence
    below = error.shown or ((f"    {place.source}",) if place and place.source else ())
    return sanitize("\n".join([first[: MAX_SENTENCE * 2], *below[:4]]), MAX_CAUSE)


def is_of_database(error: PrintedError) -> bool:
    """Return whether a database, or a library for it, raised the error."""
    return DATABASE.match(error.kind) is not None


def error_sentence(error: PrintedError) -> str:
    """Return an error's message in one line; for a database error, without class names."""
    message = WRAPPED.sub("", error.message)
    if is_of_database(error):
        message = re.sub(r"^.*Original exception was: ", "", message)
        first = re.split(r"(?<=[a-z)'\"])\. (?=[A-Z])", message, maxsplit=1)[0] if len(message) > MAX_FIRST else message
        prefix = f"{error.name}: " if error.kind.startswith("sqlalchemy.orm") else ""
        return prefix + _with_details(first or error.name, error.more)[:MAX_SENTENCE]
    if error.name == "SchemaError" and error.more:
        return f"SchemaError: {error.more[-1].strip().removeprefix('SchemaError: ')}"[:MAX_SENTENCE]
    if error.name == "ValidationError" and error.more:
        lines = [line.strip() for line in error.more]
        reason = next((line for line in lines if "[type=" in line), "")
        field = lines[lines.index(reason) - 1] if reason and lines.index(reason) else ""
        said = ": ".join(filter(None, (field, re.sub(r" \[type=.*", "", reason))))
        return f"{error.name}: {said or lines[0]}"[:MAX_SENTENCE]
    return error.first_line[:MAX_SENTENCE]


def _with_details(message: str, more: tuple[str, ...]) -> str:
    """Return a database's message with the hint or the detail that the server gave."""
    for word in ("HINT:", "DETAIL:"):
        if said := next((line.removeprefix(word).strip() for line in more if line.startswith(word)), ""):
            if said.startswith(ROW):
                continue
            return f"{message}. {said}"
    return message
