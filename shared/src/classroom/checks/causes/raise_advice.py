"""Advice about an HTTPException that is returned, or only created, instead of raised."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from classroom.checks.causes.app_files import find_all
from classroom.checks.causes.parameter_advice import DEPENDS
from classroom.checks.causes.unexpected import STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from classroom.checks.causes.unexpected import Unexpected

NOT_RETURNED = "HTTPException is returned here: it must be raised (raise HTTPException...)."
NOT_RAISED = re.compile(r"\s*HTTPException\(.*\)\s*(?:#.*)?")
MAX_FOUND = 50
NO_CONTENT = "204"
RETURNED = re.compile(
    r"^([ \t]+)return[ \t]+(?:\w{1,40}\.)?HTTPException\(\s*(?:status_code\s*=\s*)?(?:status\.HTTP_)?(\d{3})?",
    re.MULTILINE,
)
DEF = re.compile(r"^([ \t]*)(?:async[ \t]+)?def[ \t]+(\w{1,80})[ \t]*\(", re.MULTILINE)


class ReturnedException(NamedTuple):
    """A line that returns an HTTPException; its status code is None if it cannot be read."""

    file: str
    line: int
    code: int | None
    function: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {NOT_RETURNED}"


def returned_exception(response: Unexpected) -> str | None:
    """Recognize an HTTPException that came back as JSON, and find the line that returned it."""
    found = response.json
    if not isinstance(found, dict) or not {"status_code", "detail", "headers"} >= set(found) >= {
        "status_code",
        "detail",
    }:
        return None
    line = next(((n, text) for n, text in response.returns if "HTTPException" in text), None)
    if response.handler and line:
        return f"{response.handler.file}, line {line[0]}: {NOT_RETURNED}"
    elsewhere = returned_exceptions(response.routes.texts)
    same = (returned for returned in elsewhere if returned.code in (None, found["status_code"]))
    return str(next(same, NOT_RETURNED))


def returned_without_body(response: Unexpected) -> str | None:
    """Recognize an endpoint without a body, whose returned HTTPException is not to be seen: only its 204 is sent."""
    found, handler = STATUSES.search(response.message), response.handler
    if found is None or handler is None or found[1] != NO_CONTENT:
        return None
    for returned in returned_exceptions(response.routes.texts):
        is_here = (returned.file, returned.function) == (handler.file, handler.function)
        if is_here and returned.code == int(found[2]):
            return str(returned)
    return None


def returned_by_dependency(response: Unexpected) -> str | None:
    """Recognize a dependency that returns the HTTPException of the expected status: the request goes on."""
    found = STATUSES.search(response.message)
    if found is None:
        return None
    dependencies = {name for text in response.routes.texts.values() for name in DEPENDS.findall(text)}
    for returned in returned_exceptions(response.routes.texts):
        if returned.code == int(found[2]) and returned.function in dependencies:
            return str(returned)
    return None


def not_raised(response: Unexpected) -> str | None:
    """Recognize an HTTPException of the expected status that is a statement of its own."""
    found = STATUSES.search(response.message)
    if found is None or response.handler is None:
        return None
    above = ""
    for number, line in response.handler.body:
        if NOT_RAISED.fullmatch(line) and found[2] in line and not above.endswith(("(", "[", "{", ",", "=", "\\")):
            return (
                f"{response.handler.file}, line {number}: HTTPException(...) alone does nothing: write raise before it."
            )
        above = line.rstrip() or above
    return None


def returned_exceptions(texts: Mapping[str, str]) -> Iterator[ReturnedException]:
    """Yield the lines of an app that return an HTTPException, up to a limit."""
    for file, line, match in islice(find_all(RETURNED, texts), MAX_FOUND):
        code = int(match[2]) if match[2] else None
        yield ReturnedException(file, line, code, _function(texts[file], match.start(), len(match[1])))


def _function(text: str, position: int, indent: int) -> str:
    """Return the name of the function around a line with this indent; nothing if there is none."""
    above = [match[2] for match in DEF.finditer(text, 0, position) if len(match[1]) < indent]
    return above[-1] if above else ""
