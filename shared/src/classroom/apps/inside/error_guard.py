"""ASGI middleware that prints the traceback of a student's app before the app's 500 is sent."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Any

SERVER_ERROR = 500
FRAMES, CHARACTERS = 8, 4000  # of a traceback, from its end


def short_traceback(error: BaseException, folder: str) -> str:
    """Return an error as its author should read it: the lines of their own files, and the error itself.

    Args:
        error: what was raised.
        folder: the submission.
    """
    found = traceback.TracebackException.from_exception(error, limit=None)
    top = os.path.realpath(folder) + os.sep
    frames = [
        frame
        for frame in found.stack
        if Path(frame.filename).is_absolute() and os.path.realpath(frame.filename).startswith(top)
    ]
    lines = []
    for frame in frames[-FRAMES:]:
        path = os.path.realpath(frame.filename)[len(top) :].replace(os.sep, "/")
        lines.append(f'  File "{path}", line {frame.lineno}, in {frame.name}')
        lines.extend([f"    {frame.line}"] if frame.line else [])
    last = "".join(found.format_exception_only()).rstrip().replace(top, "")
    text = "\n".join([*(["Traceback (your own lines):", *lines] if lines else []), last])
    return text[-CHARACTERS:]


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
            shown = short_traceback(error, self.folder)
            if scope["type"] == "lifespan":
                self.failure = shown
                raise
            print(shown, file=sys.stderr, flush=True)
        for message in held:
            await send(message)
