"""A poll: what should the new ferry be called?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Event

from fastapi import FastAPI
from pydantic import BaseModel, Field

from app import errors
from app.database import Database
from app.settings import load_settings

settings = load_settings()
database = Database(settings.database_url)
stopping = Event()  # set it once the app has been asked to stop


# TODO 4: when SIGTERM arrives, set `stopping`, and let uvicorn shut down after the seconds in the settings.
# Close the database after the last request.
@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """What happens before the first request (above yield), and after the last one (below it)."""
    yield


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
    # TODO 3: say that it is, without asking anybody.
    raise NotImplementedError("TODO 3: say that the process is alive")


@app.get("/health/ready")
def ready() -> dict[str, str]:
    """Whether this instance can do its work now."""
    # TODO 3: say that it is ready, or return 503: if the database does not respond, or once the app is stopping.
    raise NotImplementedError("TODO 3: say whether the app is ready")
