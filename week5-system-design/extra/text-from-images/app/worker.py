"""Lets some work go on beside the requests, as long as the app runs (provided, nothing to do here)."""

import asyncio
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI


def running(work: Callable[[], Awaitable[None]]) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Return a lifespan that starts the work with the app, and stops it with the app."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(_reported(work))
        yield
        task.cancel()

    return lifespan


async def _reported(work: Callable[[], Awaitable[None]]) -> None:
    """Do the work; if it ends with an error, print it, because there is no response that could show it."""
    try:
        await work()
    except Exception:  # noqa: BLE001 - see above
        traceback.print_exc()
        print("The work has stopped: no image is read until the app is started again.", flush=True)
