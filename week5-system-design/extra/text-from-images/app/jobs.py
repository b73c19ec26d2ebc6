"""Keeps the images and what is known about them (provided: use these, there is nothing to do here)."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import BaseModel, ConfigDict

_temporary = TemporaryDirectory(prefix="archive-")  # removed when the app stops
FOLDER = Path(_temporary.name)


@dataclass
class Job:
    """An image that is read, or will be."""

    path: Path
    state: str = "queued"  # then "running", then "done" or "failed"
    text: str | None = None  # what was read, once it is done
    reason: str | None = None  # why it could not be read, once it has failed
    finished: asyncio.Event = field(default_factory=asyncio.Event)  # for task 6

    @property
    def id(self) -> int:
        """The number of the image, which is also the name of its file."""
        return int(self.path.name)


class JobOut(BaseModel):
    """A job as clients see it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    state: str
    text: str | None
    reason: str | None


_jobs: dict[int, Job] = {}
_numbers = count(1)


@contextmanager
def new_file() -> Iterator[Path]:
    """Return the path of a new file for an image; if the block ends with an error, the file is deleted."""
    path = FOLDER / str(next(_numbers))
    try:
        yield path
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def keep(job: Job) -> None:
    """Keep a job, so that clients can ask for it."""
    _jobs[job.id] = job


def find(image_id: int) -> Job | None:
    """Return the job with this id, or None."""
    return _jobs.get(image_id)


def everything() -> list[Job]:
    """Return all jobs, the oldest first."""
    return [*_jobs.values()]
