"""The statements of the server's end of the queue. All times are those of the database's clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import case, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from classroom.instructor.workers.models import GradingJob, GradingWorker, ServedKit, WeekParcel
from classroom.instructor.workers.terms import HEARD_SECONDS, MAX_TAKES

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sqlalchemy import ColumnElement, Connection

HOLD = timedelta(seconds=HEARD_SECONDS)  # for which a worker keeps a job, unless it extends that
FORGET = timedelta(hours=1)  # after which the row of a worker that was killed is removed


class JobState(NamedTuple):
    """Where a job is; `worker` is the name of the one that has it now, or has graded it."""

    week: str
    username: str
    worker: str
    task: int | None
    result: str | None


def is_free() -> ColumnElement[bool]:
    """Return the condition that no worker has a job, or that the one that had it was lost.

    A job that seems to be held for longer than a worker ever asks for was taken before the clock was set back.
    """
    held = GradingJob.held_until
    return GradingJob.result.is_(None) & or_(held.is_(None), held < func.now(), held > func.now() + 2 * HOLD)


def begin(db: Connection, kit: str) -> None:
    """Empty the queue, which is filled again from the inbox, and say what the server grades with."""
    db.execute(delete(GradingJob))
    db.execute(delete(WeekParcel))
    row = insert(ServedKit).values(id=1, description=kit)
    db.execute(row.on_conflict_do_update(index_elements=[ServedKit.id], set_={"description": kit}))


def present_workers(db: Connection) -> dict[str, tuple[str, int]]:
    """Return name and slots of each worker that was heard of lately, by a clock that may have been set back since."""
    seen = GradingWorker.seen
    db.execute(delete(GradingWorker).where(or_(seen < func.now() - FORGET, seen > func.now() + FORGET)))
    rows = db.execute(select(GradingWorker).where(seen > func.now() - HOLD, seen < func.now() + HOLD)).all()
    return {row.id: (row.name, row.slots) for row in rows}


def remove_hopeless(db: Connection, *, nobody: bool) -> list[tuple[str, str, int]]:
    """Remove the jobs that no worker will finish, and return week, username and takes of each.

    Args:
        db: the connection.
        nobody: whether there is no worker at all.
    """
    which = is_free() if nobody else is_free() & (GradingJob.takes >= MAX_TAKES)
    found = db.execute(
        delete(GradingJob).where(which).returning(GradingJob.week, GradingJob.username, GradingJob.takes)
    )
    return [(week, username, takes) for week, username, takes in found]


def states(db: Connection) -> list[JobState]:
    """Return where each job is."""
    worker = func.coalesce(GradingWorker.name, GradingJob.worker_id, "")
    job = GradingJob
    query = select(job.week, job.username, case((is_free(), ""), else_=worker), job.task, job.result)
    found = db.execute(query.outerjoin(GradingWorker, GradingWorker.id == job.worker_id))
    return [JobState(*row) for row in found]


def add(db: Connection, job: dict[str, Any], week: Callable[[], bytes]) -> int:
    """Add a job, and its week if it is not there; earlier editions of the week are removed. Return the job's id."""
    this = WeekParcel.week == job["week"], WeekParcel.edition == job["edition"]
    if not db.scalar(select(WeekParcel.week).where(*this)):
        db.execute(delete(WeekParcel).where(this[0]))
        db.execute(insert(WeekParcel).values(week=job["week"], edition=job["edition"], parcel=week()))
    return db.execute(insert(GradingJob).values(job).returning(GradingJob.id)).scalar_one()


def remove(db: Connection, which: ColumnElement[bool]) -> list[tuple[str, str]]:
    """Remove jobs, and return week and username of each."""
    found = db.execute(delete(GradingJob).where(which).returning(GradingJob.week, GradingJob.username))
    return [(week, username) for week, username in found]


def oldest_free(most: int) -> ColumnElement[bool]:
    """Return the condition that a job is one of those that have waited longest for a worker."""
    oldest = select(GradingJob.id).where(is_free()).order_by(GradingJob.id).limit(most)
    return is_free() & GradingJob.id.in_(oldest)  # asked twice: a worker may take it in between
