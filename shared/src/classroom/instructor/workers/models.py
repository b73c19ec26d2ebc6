"""The tables through which the server and its workers exchange jobs. They hold nothing that is needed after a push was graded."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads the annotations

from sqlalchemy import BigInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from classroom.instructor.site.models import Base


class ServedKit(Base):
    """The only row describes what the server grades with: a worker must have the same.

    Attributes:
        description: as `describe_kit` returns it, as JSON.
    """

    __tablename__ = "served_kit"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    description: Mapped[str] = mapped_column(Text)


class WeekParcel(Base):
    """A week as it was handed out, for workers."""

    __tablename__ = "week_parcels"

    week: Mapped[str] = mapped_column(String(200), primary_key=True)
    edition: Mapped[str] = mapped_column(String(64), primary_key=True)
    parcel: Mapped[bytes]


class GradingWorker(Base):
    """A worker that is running, or was until recently.

    Attributes:
        id: drawn by the worker at each start.
        name: as the log calls it.
        slots: how many pushes it grades at once.
        seen: when it was last heard of, by the clock of the database.
    """

    __tablename__ = "grading_workers"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    slots: Mapped[int]
    seen: Mapped[datetime]


class GradingJob(Base):
    """A push that the server has passed on.

    Attributes:
        parcel: the commit as a small repository.
        worker_id: the worker that has it.
        held_until: until when it is that worker's, by the clock of the database; the worker extends this.
        takes: how many workers have taken it and did not give it back.
        task: the number of the task that is being checked.
        result: what a worker has found, as JSON.
    """

    __tablename__ = "grading_jobs"
    __table_args__ = (UniqueConstraint("week", "username"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    week: Mapped[str] = mapped_column(String(200))
    username: Mapped[str] = mapped_column(String(200))
    commit_name: Mapped[str] = mapped_column(String(64))
    edition: Mapped[str] = mapped_column(String(64))
    seed: Mapped[int] = mapped_column(BigInteger)
    parcel: Mapped[bytes]
    worker_id: Mapped[str | None] = mapped_column(String(32))
    held_until: Mapped[datetime | None]
    takes: Mapped[int] = mapped_column(server_default="0")
    task: Mapped[int | None]
    result: Mapped[str | None] = mapped_column(Text)
