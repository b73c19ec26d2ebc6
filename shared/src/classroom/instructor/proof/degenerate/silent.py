"""An app that never responds."""

import asyncio


async def app(scope, receive, send):
    """Wait forever."""
    if scope["type"] == "http":
        await asyncio.Event().wait()
