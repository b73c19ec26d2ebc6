"""The lines to the clients, which can be slow (provided: read it once, there is nothing to do here).

A slow network is hard to arrange on one computer. So while the line of a client is held, whatever you send to it
waits: your `await` takes that long.
"""

import asyncio
from typing import Any
from urllib.parse import parse_qs

from fastapi import FastAPI

_held: dict[str, asyncio.Event] = {}
_waiting: dict[str, int] = {}


def install(app: FastAPI) -> None:
    """Send everything through the lines, and add the endpoints that hold and free them."""
    app.add_middleware(Lines)

    @app.put("/lines/{name}/held")
    async def hold(name: str) -> dict[str, str]:
        _held.setdefault(name, asyncio.Event())
        return {"name": name, "line": "held"}

    @app.put("/lines/{name}/free")
    async def free(name: str) -> dict[str, str]:
        if name in _held:
            _held.pop(name).set()
        return {"name": name, "line": "free"}

    @app.get("/lines")
    async def read_lines() -> dict[str, int]:
        return {name: _waiting.get(name, 0) for name in _held}


class Lines:
    """Middleware that lets messages to a client wait while its line is held."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        name = parse_qs(scope["query_string"].decode()).get("name", [""])[0]

        async def send_over_the_line(message: Any) -> None:
            if message["type"] in ("websocket.send", "websocket.close"):
                await _wait(name)
            await send(message)

        await self.app(scope, receive, send_over_the_line)


async def _wait(name: str) -> None:
    _waiting[name] = _waiting.get(name, 0) + 1
    try:
        if name in _held:
            await _held[name].wait()
    finally:
        _waiting[name] -= 1
