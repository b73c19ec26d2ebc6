"""The statements of a worker's end of the queue. All times are those of the database's clock."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from classroom.instructor.workers.models import GradingJob, GradingWorker, ServedKit, WeekParcel
from classroom.instructor.workers.server_rows import HOLD, is_free
from classroom.instructor.workers.terms import MAX_TAKES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import Connection


class TakenJob(NamedTuple):
    """A job that this worker has."""

    id: int
    week: str
    username: str
    commit: str
    edition: str
    seed: int
    parcel: bytes


def served_kit(db: Connection) -> dict[str, str] | None:
    """Return what the server grades with; None if no server has used this database for its queue."""
    found = db.scalar(select(ServedKit.description))
    return json.loads(found) if found else None


def beat(db: Connection, worker: Mapping[str, object], jobs: Collection[int]) -> None:
    """Say that a worker is alive, and keep its jobs."""
    row = insert(GradingWorker).values(**worker, seen=func.now())
    db.execute(row.on_conflict_do_update(index_elements=[GradingWorker.id], set_={"seen": func.now()}))
    mine = GradingJob.id.in_(jobs), GradingJob.worker_id == worker["id"], GradingJob.result.is_(None)
    db.execute(update(GradingJob).where(*mine).values(held_until=func.now() + HOLD))


def take(db: Connection, worker: str) -> TakenJob | None:
    """Take the job that has waited longest; None if none waits. Two workers never take the same one."""
    waiting = select(GradingJob.id).where(is_free(), GradingJob.takes < MAX_TAKES).order_by(GradingJob.id).limit(1)
    taken = {"worker_id": worker, "held_until": func.now() + HOLD, "takes": GradingJob.takes + 1, "task": None}
    job = GradingJob
    found = db.execute(
        update(job)
        .where(job.id == waiting.with_for_update(skip_locked=True).scalar_subquery())
        .values(taken)
        .returning(job.id, job.week, job.username, job.commit_name, job.edition, job.seed, job.parcel)
    ).one_or_none()
    return TakenJob(*found) if found else None


def week_parcel(db: Connection, week: str, edition: str) -> bytes | None:
    """Return a week as it was handed out; None if it was handed out again since."""
    return db.scalar(select(WeekParcel.parcel).where(WeekParcel.week == week, WeekParcel.edition == edition))


def set_task(db: Connection, job: int, worker: str, task: int) -> None:
    """Say which task is being checked."""
    mine = GradingJob.id == job, GradingJob.worker_id == worker
    db.execute(update(GradingJob).where(*mine).values(task=task))


def finish(db: Connection, job: int, worker: str, result: str) -> bool:
    """Give the result of a job, and return whether it counts: the first one does, as long as the job is there."""
    mine = GradingJob.id == job, GradingJob.result.is_(None)
    given = update(GradingJob).where(*mine).values(result=result, worker_id=worker).returning(GradingJob.id)
    return db.scalar(given) is not None


def give_back(db: Connection, jobs: Collection[int], worker: str) -> None:
    """Let others have jobs that this worker has."""
    mine = GradingJob.id.in_(jobs), GradingJob.worker_id == worker, GradingJob.result.is_(None)
    db.execute(update(GradingJob).where(*mine).values(held_until=None, worker_id=None, task=None))


def leave(db: Connection, jobs: Collection[int], worker: str) -> None:
    """Give everything back, and end as a worker."""
    mine = GradingJob.id.in_(jobs), GradingJob.worker_id == worker, GradingJob.result.is_(None)
    db.execute(update(GradingJob).where(*mine).values(takes=GradingJob.takes - 1))
    give_back(db, jobs, worker)
    db.execute(delete(GradingWorker).where(GradingWorker.id == worker))
