"""ASGI middleware that prints the traceback of a student's app before the app's 500 is sent."""

from __future__ import annotations

import sys
from typing import Any

from .short_traceback import short_traceback

SERVER_ERROR = 500


class ErrorGuard:
    """Wraps an app: an error's short traceback is printed before the 500 is sent, so that it is there when the client looks for it.

    Args:
        folder: the submission.

    Attributes:
        app: the ASGI app, set once it has been imported.
        failure: the short traceback of an error during the app's startup.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.app: Any = None
        self.failure = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass every message on, but hold a 500 back until its reason has been printed."""
        held: list[Any] = []

        async def hold(message: Any) -> None:
            if held or message.get("status") == SERVER_ERROR:
                held.append(message)
            else:
                await send(message)

        try:
            await self.app(scope, receive, hold)
        except Exception as error:
            shown = short_traceback(error, self.folder, scope.get("endpoint"))
            if scope["type"] == "lifespan":
                self.failure = shown
                raise
            print(shown, file=sys.stderr, flush=True)
        for message in held:
            await send(message)
