"""A poll: what should the new ferry be called?"""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Event

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

from app import errors
from app.database import Database, DatabaseAway
from app.settings import load_settings

settings = load_settings()
database = Database(settings.database_url)
stopping = Event()  # set it once the app has been asked to stop


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """What happens before the first request (above yield), and after the last one (below it)."""
    loop = asyncio.get_running_loop()
    shut_down = signal.getsignal(signal.SIGTERM)  # uvicorn's own handler

    def drain(number: int, frame: object) -> None:
        stopping.set()
        loop.call_soon_threadsafe(loop.call_later, settings.drain_seconds, shut_down, number, frame)

    signal.signal(signal.SIGTERM, drain)
    yield
    database.close()


app = FastAPI(title="Poll", lifespan=lifespan)
errors.install(app)


class Vote(BaseModel):
    """A vote for a name."""

    name: str = Field(min_length=1, max_length=60)


@app.get("/")
def read_question() -> dict[str, str]:
    """The question of the poll."""
    return {"question": settings.question}


@app.get("/votes")
def read_votes() -> dict[str, int]:
    """The votes of each name."""
    return database.votes()


@app.post("/votes", status_code=201)
def add_vote(vote: Vote) -> dict[str, str | int]:
    """Vote for a name."""
    return {"name": vote.name, "votes": database.add(vote.name)}


@app.get("/health/live")
def live() -> dict[str, str]:
    """Whether the process is alive."""
    return {"status": "alive"}


@app.get("/health/ready")
def ready() -> dict[str, str]:
    """Whether this instance can do its work now."""
    if stopping.is_set():
        raise HTTPException(503, "The app is being stopped.")
    try:
        database.ping()
    except DatabaseAway:
        raise HTTPException(503, "The database does not respond.") from None
    return {"status": "ready"}
