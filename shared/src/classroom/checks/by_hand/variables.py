"""Values that a response contains and a later request needs: an id in its path, or its whole address."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlsplit

from classroom.checks.by_hand.curl import NAME, Place, Variable
from classroom.checks.by_hand.trail import MAX_BODY

if TYPE_CHECKING:
    from classroom.apps.exchange import Exchange

MAX_FIELDS = 20  # of responses, which a submission may make large
SHORT = 8  # characters of a text that is looked for in later requests


def gives(request: Exchange, later: list[Exchange]) -> list[Variable]:
    """Return the values in a response that a later request's path contains."""
    variables = []
    for name, value in _fields(request):
        text = str(value)
        if text.encode() in (request.content or b"") and not isinstance(value, int):
            continue  # chosen by the client, so it is the same in another run
        if position(request, value) is not None:
            continue  # asked for, and not found out by this response
        kinds = _words(request.path) if name == "id" and isinstance(value, int) else None
        variable = Variable(name, text, kinds)
        if any(place(other, variable) for other in later):
            variables.append(variable)
    return variables


def _fields(request: Exchange) -> list[tuple[str, Any]]:
    """Return the fields of a response that is an object whose values may occur in a later path."""
    body = b"" if request.answer is None else request.answer.body
    if not body.startswith(b"{") or len(body) > MAX_BODY:
        return []
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return []
    fields = ((name, value) for name, value in found.items() if NAME.fullmatch(name) and _looked_for(name, value))
    return list(islice(fields, MAX_FIELDS))


def _looked_for(name: str, value: Any) -> bool:
    return (type(value) is int and name.endswith("id")) or (isinstance(value, str) and len(value) >= SHORT)


def position(request: Exchange, value: Any) -> tuple[int, int] | None:
    """Return where a value is in a request's path, or that it is the whole address of the request."""
    text = str(value)
    if text.startswith("http"):
        return (0, len(request.path)) if leads_to(text, request) else None
    before = "/" if isinstance(value, int) or text.isdecimal() else "[/=]"
    found = re.search(rf"(?<={before}){re.escape(quote_plus(text))}(?=[/?&]|$)", request.path)
    return found.span() if found else None


def place(request: Exchange, variable: Variable) -> Place | None:
    """Return where a variable's value is in a request's path, behind a word for what it is the id of."""
    span = position(request, variable.value)
    if span is None:
        return None
    meant = variable.kinds is None or variable.kinds & _words(request.path[: span[0]])
    return Place(*span, variable) if meant else None


def _words(path: str) -> frozenset[str]:
    """Return the words of a path, which say what the numbers in it are ids of."""
    return frozenset(re.findall(r"[^/?&=]*[^/?&=\d][^/?&=]*", path.partition("?")[0]))


def leads_to(url: str, request: Exchange) -> bool:
    """Return whether an address is that of this storage request, or a valid one for the same file."""
    if request.signed is None:
        return False
    return url.endswith(request.path) or (request.signed and urlsplit(url).path == request.path.partition("?")[0])
