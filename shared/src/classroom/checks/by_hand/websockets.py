"""What to type to see what a check saw over WebSockets: a terminal for each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.apps.exchange import WEBSOCKET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.apps.exchange import Exchange

READS = ("GET", "HEAD")
MOST_TERMINALS, MOST_REQUESTS, MOST_MESSAGES = 4, 6, 5  # that are shown; messages for each WebSocket
TERMINAL, ANY_TERMINAL, TYPE = "In terminal {number}:", "In any other terminal:", "Type in terminal {number}:"
LEFT_OUT = "... and {count} more messages"


def websocket_steps(requests: Sequence[Exchange]) -> str:
    """Return the requests as command lines and the messages to type, in the order in which the check sent them."""
    opened = [request for request in requests if request.method == WEBSOCKET][-MOST_TERMINALS:]
    others = [request for request in requests if request.method != WEBSOCKET]
    changes = [request for request in others if request.method not in READS or request is requests[-1]][-MOST_REQUESTS:]
    steps = [(request.at, ANY_TERMINAL, request.curl()) for request in changes]
    for number, request in enumerate(opened, 1):
        steps.append((request.at, TERMINAL.format(number=number), request.curl()))
        steps += [(at, TYPE.format(number=number), text) for at, text in _shortened(request.messages)]
    lines, last = [], ""
    for _, where, text in sorted(steps, key=lambda step: step[0]):
        lines += [where, text] if where != last else [text]
        last = where
    return "\n".join(lines)


def _shortened(messages: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Return the first messages, and how many follow."""
    shown, more = list(messages[:MOST_MESSAGES]), messages[MOST_MESSAGES:]
    return [*shown, (more[0][0], LEFT_OUT.format(count=len(more)))] if more else shown
