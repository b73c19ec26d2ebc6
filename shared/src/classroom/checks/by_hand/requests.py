"""What to type to see what a check saw: its requests as commands for the app that `run` starts.

An id or an address that an earlier response contained is taken from the response that the student's own app returns.
"""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

from classroom.apps.exchange import WEBSOCKET
from classroom.checks.by_hand.choice import choose, count_changes, first_about, needed_requests, once, until
from classroom.checks.by_hand.curl import Variable, address, command, environment, header, repeated_tokens
from classroom.checks.by_hand.loops import END, find_loop
from classroom.checks.by_hand.multipart import parts_of
from classroom.checks.by_hand.own_files import own_request, own_secret, own_size
from classroom.checks.by_hand.rows import row_lines
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

MAX_REQUESTS = 100  # of a check that sends hundreds
MOST = 6  # requests that are shown
VALUE = re.compile(r"http://[^\s\"']+(?:/\d+|\?)")  # an id or a query that is the check's own
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
    sent = until(trail.requests, exchange)
    if reason := _why_not(trail.acts, sent):
        return reason
    sent = once(sent)
    older, recent = sent[:-MAX_REQUESTS], sent[-MAX_REQUESTS:]
    kept = first_about(sent[-1], older)
    needed = needed_requests([*kept, *recent])
    lines = _commands(run, needed, count_changes(older) - count_changes(kept))
    about = _about_rows(trail, needed, lines) if Act.ROWS in trail.acts else None
    before = [about] if about else []
    if about == Act.ROWS and (stored := row_lines(trail.statements, needed, run.assignment.name)):
        before = stored
    return "\n".join([*before, *lines])


def _about_rows(trail: Trail, requests: list[Exchange], lines: list[str]) -> str | None:
    """Return the sentence about rows that only the check's database has, if the lines name any."""
    if not trail.secrets and any(BEARER in line for line in lines):
        people = [subject(value) for request in requests for value in request.headers.values() if "Bearer" in value]
        if any(name is None or name.isdecimal() for name in people):
            return Act.PEOPLE.value  # an id, or a token whose user is not known here
        if stored := [name for name in dict.fromkeys(people) if name and name in trail.stored]:
            return PERSON.format(users=f"user{'s' * (len(stored) > 1)} {' and '.join(stored)}")
    return Act.ROWS.value if any(VALUE.search(line) for line in lines) else None


def _why_not(acts: list[Act], sent: list[Exchange]) -> str | None:
    """Return why these requests cannot be repeated by hand, if so."""
    if any(request.thread != threading.get_ident() for request in sent):
        return Act.TOGETHER.value
    return next((act.value for act in acts if act is not Act.ROWS), None)


def _commands(run: Run, requests: list[Exchange], older: int) -> list[str]:
    """Return the lines to type; of many requests, only the first and those that the last one needs.

    Args:
        run: the run of the check.
        requests: those that may be shown.
        older: how many others changed something before them.
    """
    shown, loop = requests, None
    if len(requests) > MOST:
        loop = find_loop(requests, MOST)
        shown = loop.shown if loop else choose(requests)
    left_out = older + (0 if loop else len(requests) - len(shown))
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
        lines += [loop.begin] if loop and request is loop.first else []
        variables = _named(given, known)
        fields = [header(name, value, tokens) for name, value in own.headers.items()]
        fields += [NO_TYPE] if _has_no_type(request) else []
        form, size = _own_form(run, request), own_size(run, request, len(request.content or b""))
        typed = command(request, _address(request, own.path, known), fields, variables, form, size)
        lines += loop.numbered(request, typed) if loop else typed
        lines += [END] if loop and request is loop.last else []
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
