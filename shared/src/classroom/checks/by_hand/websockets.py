"""What to type to see what a check saw over WebSockets: a terminal for each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.apps.exchange import WEBSOCKET

if TYPE_CHECKING:
    from collections.abc import Iterable

    from classroom.apps.exchange import Exchange

MOST = 5  # messages of one WebSocket that are shown
OWN_TERMINAL, TYPE, LEFT_OUT = "In a terminal of its own:", "Type there:", "... and {count} more messages"


def websocket_steps(requests: Iterable[Exchange]) -> str:
    """Return the requests as command lines, with the messages to type into each WebSocket."""
    lines = []
    for request in requests:
        if request.method != WEBSOCKET:
            lines.append(request.curl())
            continue
        lines += [OWN_TERMINAL, request.curl()]
        if request.messages:
            lines += [TYPE, *request.messages[:MOST]]
        if len(request.messages) > MOST:
            lines.append(LEFT_OUT.format(count=len(request.messages) - MOST))
    return "\n".join(lines)
