"""What to type to see what a check saw: its requests as commands for the app that `run` starts.

An id or an address that an earlier response contained is taken from the response that the student's own app returns.
"""

from __future__ import annotations

import re
import threading
from itertools import pairwise
from typing import TYPE_CHECKING

from classroom.apps.exchange import WEBSOCKET
from classroom.checks.by_hand.curl import Variable, address, command, environment, header, repeated_tokens
from classroom.checks.by_hand.multipart import parts_of
from classroom.checks.by_hand.own_files import own_request, own_secret, own_size
from classroom.checks.by_hand.tokens import signed_again, subject
from classroom.checks.by_hand.trail import Act
from classroom.checks.by_hand.variables import gives, leads_to, place
from classroom.checks.by_hand.websockets import websocket_steps
from classroom.services.storage import LOCAL_AUTH_SECRET

if TYPE_CHECKING:
    from classroom.apps.exchange import Exchange
    from classroom.checks.by_hand.multipart import Part
    from classroom.checks.by_hand.own_files import OwnRequest
    from classroom.checks.by_hand.trail import Trail
    from classroom.checks.run import Run

READS = ("GET", "HEAD")
MAX_REQUESTS = 100  # of a check that sends hundreds
MOST, RECENT = 6, 2  # requests that are shown; of more, the last before the one in question
VALUE = re.compile(r"http://[^\s\"']+(?:/\d+|\?)")  # an id or a query that is the check's own
ID_SENT = re.compile(r'"id": ?"([^"]{8,})"')  # by a client that chooses it
NEW_START = "Stop the app and start it again here, then:"
CHANGED = "The check changes a signed address; change one from your own app in the same way, and use it instead:"
MANY = "Before {these}, the check sends {count} other {requests}, which {are} left out here."
PERSON = "The check stored rows with SQL: create the {users} in your own app first, and use ids from your own database."
BEARER = "Authorization: Bearer"
CONTENT_TYPE, FORM = "content-type", "application/x-www-form-urlencoded"
NO_TYPE = "Content-Type:"  # to curl: without this header


def by_hand(run: Run, exchange: Exchange) -> str:
    """Return what to type to repeat a request, or a sentence that says why it cannot be repeated."""
    trail = getattr(run, "trail", None)
    try:
        return exchange.curl() if trail is None else _steps(run, trail, exchange)
    except Exception:  # noqa: BLE001 - what is shown must never change a verdict
        return exchange.curl()


def _steps(run: Run, trail: Trail, exchange: Exchange) -> str:
    if any(request.method == WEBSOCKET for request in trail.requests):
        return websocket_steps(trail.requests[-MAX_REQUESTS:])
    sent = _until(trail.requests, exchange)
    if reason := _why_not(trail.acts, sent):
        return reason
    sent = _once(sent)
    older, recent = sent[:-MAX_REQUESTS], sent[-MAX_REQUESTS:]
    kept = _about(sent[-1], older)
    needed = _needed([*kept, *recent])
    lines = _commands(run, needed, _changes(older) - _changes(kept))
    about = _about_rows(trail, needed, lines) if Act.ROWS in trail.acts else None
    return "\n".join([about, *lines] if about else lines)


def _about_rows(trail: Trail, requests: list[Exchange], lines: list[str]) -> str | None:
    """Return the sentence about rows that only the check's database has, if the lines name any."""
    if not trail.secrets and any(BEARER in line for line in lines):
        people = [subject(value) for request in requests for value in request.headers.values() if "Bearer" in value]
        if any(name is None or name.isdecimal() for name in people):
            return Act.PEOPLE.value  # an id, or a token whose user is not known here
        if stored := [name for name in dict.fromkeys(people) if name and name in trail.stored]:
            return PERSON.format(users=f"user{'s' * (len(stored) > 1)} {' and '.join(stored)}")
    return Act.ROWS.value if any(VALUE.search(line) for line in lines) else None


def _until(requests: list[Exchange], exchange: Exchange) -> list[Exchange]:
    """Return the requests up to this one, or it alone if it was not recorded."""
    for index, other in enumerate(requests):
        if other is exchange:
            return requests[: index + 1]
    return [exchange]


def _once(requests: list[Exchange]) -> list[Exchange]:
    """Return the requests with only the last of equal reads in a row, which a check sends while it waits."""
    return [
        request
        for request, following in pairwise([*requests, None])
        if request is not None and (following is None or request.method not in READS or not _equal(request, following))
    ]


def _equal(request: Exchange, other: Exchange) -> bool:
    fields = ("method", "path", "headers", "content", "port", "start")
    return all(getattr(request, name) == getattr(other, name) for name in fields)


def _why_not(acts: list[Act], sent: list[Exchange]) -> str | None:
    """Return why these requests cannot be repeated by hand, if so."""
    if any(request.thread != threading.get_ident() for request in sent):
        return Act.TOGETHER.value
    return next((act.value for act in acts if act is not Act.ROWS), None)


def _needed(sent: list[Exchange]) -> list[Exchange]:
    """Return the last request and those before it that change something or return what it needs."""
    needed = [sent[-1]]
    for index, request in reversed([*enumerate(sent[:-1])]):
        if request.method not in READS:
            needed.insert(0, request)
            continue
        if _new(request, needed, sent[:index]) or _read_before(request, needed):
            needed.insert(0, request)
    return needed


def _about(last: Exchange, older: list[Exchange]) -> list[Exchange]:
    """Return the first requests whose responses contain, or whose clients chose, what the last one is about."""
    known: set[object] = set()
    kept = []
    for request in older:
        values = {variable.key for variable in gives(request, [last])} | _chosen(request, [last])
        if values - known:
            kept.append(request)
            known |= values
    return kept


def _changes(requests: list[Exchange]) -> int:
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


def _commands(run: Run, requests: list[Exchange], older: int) -> list[str]:
    """Return the lines to type; of many requests, only the first and those that the last one needs.

    Args:
        run: the run of the check.
        requests: those that may be shown.
        older: how many others changed something before them.
    """
    shown = requests
    if len(requests) > MOST:
        *before, last = requests
        recent = before[-RECENT:]
        later = [*recent, last]
        shown = [one for index, one in enumerate(before[:-RECENT]) if _makes(one, later, before[:index])] + later
    left_out = older + len(requests) - len(shown)
    lines = [_left_out(left_out, len(shown))] if left_out else []
    owns = [_own(run, request) for request in shown]
    tokens = repeated_tokens(value for own in owns for value in own.headers.values())
    lines += [f"{name}={token}" for token, name in tokens.items()]
    known: list[Variable] = []
    for index, request in enumerate(shown):
        previous = shown[index - 1] if index else request
        if request.port == previous.port and request.start != previous.start:
            lines.append(NEW_START)
        own = owns[index]
        if request.variables and (index == 0 or request.variables != previous.variables):
            lines.append(environment(request.variables))
        lines += own.notes
        lines += [CHANGED] if request.signed is False and not any(leads_to(one.value, request) for one in known) else []
        keys = {variable.key for variable in known}
        given = [variable for variable in gives(request, shown[index + 1 :]) if variable.key not in keys]
        variables = _named(given, known)
        fields = [header(name, value, tokens) for name, value in own.headers.items()]
        fields += [NO_TYPE] if _has_no_type(request) else []
        form, size = _own_form(run, request), own_size(run, request, len(request.content or b""))
        lines += command(request, _address(request, own.path, known), fields, variables, form, size)
        known += variables
    return lines


def _left_out(count: int, shown: int) -> str:
    """Return the sentence about requests that are not shown."""
    requests, are = ("request", "is") if count == 1 else ("requests", "are")
    return MANY.format(these="this" if shown == 1 else "these", count=count, requests=requests, are=are)


def _named(variables: list[Variable], known: list[Variable]) -> list[Variable]:
    """Return variables with unused names: id, id2, id3."""
    named: list[Variable] = []
    for variable in variables:
        taken = sum(re.sub(r"\d+$", "", other.name) == variable.name for other in [*known, *named])
        named.append(variable._replace(name=f"{variable.name}{taken + 1}") if taken else variable)
    return named


def _own(run: Run, request: Exchange) -> OwnRequest:
    """Return a request whose ids, keys and tokens the student's own app accepts or rejects as the check's app does."""
    own, secrets, secret = own_request(run, request), run.trail.secrets, LOCAL_AUTH_SECRET
    if theirs_and_ours := own_secret(run, request):
        secrets, secret = {theirs_and_ours[0]}, theirs_and_ours[1]
    form = parts_of(request.headers, request.content) is not None
    headers = {
        name: signed_again(value, secrets, secret)
        for name, value in own.headers.items()
        if name.lower() != CONTENT_TYPE or not (form or (value == FORM and request.content))  # curl's own
    }
    return own._replace(headers=headers)


def _has_no_type(request: Exchange) -> bool:
    """Return whether a body was sent to the app without its type: curl would claim that it is a form."""
    typed = any(name.lower() == CONTENT_TYPE for name in request.headers)
    return bool(request.content) and request.signed is None and not typed


def _own_form(run: Run, request: Exchange) -> list[Part] | None:
    """Return the parts of a form, each as near to a limit of the student's own app as it is to the check's."""
    form = parts_of(request.headers, request.content)
    return [part._replace(size=own_size(run, request, part.size)) for part in form] if form else None


def _address(request: Exchange, path: str, known: list[Variable]) -> str:
    """Return the quoted address of a request, with a variable for each value from an earlier response."""
    places = [there for variable in known if (there := place(request, variable)) is not None]
    for found in places:
        if found.variable.value.startswith("http"):
            return f'"${found.variable.name}"'
    return address(request.port, path, places)
