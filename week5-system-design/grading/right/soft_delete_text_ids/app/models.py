"""The tables."""

import uuid
from datetime import UTC, datetime

from sqlalchemy import DateTime, Index
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """What the tables of this app have in common."""


class Video(Base):
    """What is known of a video. Its bytes are in storage, under `videos/{id}`. (provided)"""

    __tablename__ = "videos"
    __table_args__ = (Index("videos_newest_first", "created_at", "number"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    deleted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ready_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    owner: Mapped[str]
    title: Mapped[str]
    description: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=lambda: datetime.now(UTC))

    @property
    def status(self) -> str:
        return "pending" if self.ready_at is None else "ready"


class Job(Base):
    """A video for the transcoder. No foreign key: deleting a video must not wait for the worker that holds its job."""

    __tablename__ = "jobs"

    video_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    done: Mapped[bool] = mapped_column(default=False)
