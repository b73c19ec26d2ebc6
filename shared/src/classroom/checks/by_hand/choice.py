"""Choose which requests of a check a card shows: those that the last one needs to give the same response by hand."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from classroom.checks.by_hand.variables import gives, position

if TYPE_CHECKING:
    from classroom.apps.exchange import Exchange

READS = ("GET", "HEAD")
RECENT = 2  # of many requests, how many before the last one are always shown
ID_SENT = re.compile(r'"id": ?"([^"]{8,})"')  # by a client that chooses it


def until(requests: list[Exchange], exchange: Exchange) -> list[Exchange]:
    """Return the requests up to this one, or it alone if it was not recorded."""
    for index, other in enumerate(requests):
        if other is exchange:
            return requests[: index + 1]
    return [exchange]


def once(requests: list[Exchange]) -> list[Exchange]:
    """Return the requests with only the last of equal reads in a row, which a check sends while it waits."""
    return [
        request
        for request, following in pairwise([*requests, None])
        if request is not None and (following is None or request.method not in READS or not _equal(request, following))
    ]


def _equal(request: Exchange, other: Exchange) -> bool:
    fields = ("method", "path", "headers", "content", "port", "start")
    return all(getattr(request, name) == getattr(other, name) for name in fields)


def needed_requests(sent: list[Exchange]) -> list[Exchange]:
    """Return the last request and those before it that change something or return what it needs."""
    needed = [sent[-1]]
    for index, request in reversed([*enumerate(sent[:-1])]):
        if request.method not in READS:
            needed.insert(0, request)
            continue
        if _new(request, needed, sent[:index]) or _read_before(request, needed):
            needed.insert(0, request)
    return needed


def first_about(last: Exchange, older: list[Exchange]) -> list[Exchange]:
    """Return the first requests whose responses contain, or whose clients chose, what the last one is about."""
    known: set[object] = set()
    kept = []
    for request in older:
        values = {variable.key for variable in gives(request, [last])} | _chosen(request, [last])
        if values - known:
            kept.append(request)
            known |= values
    return kept


def count_changes(requests: list[Exchange]) -> int:
    """Return how many requests may change something."""
    return sum(request.method not in READS for request in requests)


def _read_before(request: Exchange, later: list[Exchange]) -> bool:
    """Return whether a read is the first of two equal ones around a change, so that a cache may keep a stale copy."""
    read = (request.method, request.path, request.port)
    *between, last = later
    others = [(other.method, other.path, other.port) for other in between]
    return bool(between) and read == (last.method, last.path, last.port) and read not in others


def _new(request: Exchange, later: list[Exchange], earlier: list[Exchange]) -> bool:
    """Return whether a response is the first with a value that a later request needs."""
    known = {variable.key for other in earlier for variable in gives(other, later)}
    return any(variable.key not in known for variable in gives(request, later))


def _makes(request: Exchange, later: list[Exchange], earlier: list[Exchange]) -> bool:
    """Return whether a request creates what a later one is about."""
    return _new(request, later, earlier) or bool(_chosen(request, later))


def _chosen(request: Exchange, later: list[Exchange]) -> set[str]:
    """Return the id that a client chose in a request, if a later path contains it."""
    sent = ID_SENT.search((request.content or b"").decode("utf-8", "replace"))
    return {sent[1]} if sent and any(sent[1] in other.path for other in later) else set()


def choose(requests: list[Exchange]) -> list[Exchange]:
    """Return, of many requests, the last ones, those that create what these are about, and the steps that follow there."""
    *before, last = requests
    later = [*before[-RECENT:], last]
    kept: list[Exchange] = []
    for index, request in enumerate(before[:-RECENT]):
        if _makes(request, later, before[:index]) or _is_step(request, kept):
            kept.append(request)
    return kept + later


def _is_step(request: Exchange, kept: list[Exchange]) -> bool:
    """Return whether a request uploads the file of something that is shown, or takes it to its next state."""
    if request.method in READS or (request.signed is None and request.method != "POST"):
        return False
    if any(other.method == request.method and other.path == request.path for other in kept):
        return False
    return any(gives(other, [request]) or _sent_id(other, request) for other in kept)


def _sent_id(request: Exchange, later: Exchange) -> bool:
    """Return whether the path of a later request has the id that a client chose in this one."""
    return any(position(later, value) for value in _chosen(request, [later]))
