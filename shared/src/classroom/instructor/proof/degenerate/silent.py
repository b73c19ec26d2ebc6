"""Never answers."""

import asyncio


async def app(scope, receive, send):
    """Wait for ever."""
    if scope["type"] == "http":
        await asyncio.Event().wait()
