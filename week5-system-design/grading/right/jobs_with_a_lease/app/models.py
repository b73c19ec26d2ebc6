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
    __table_args__ = (Index("videos_newest_first", "status", "created_at", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    owner: Mapped[str]
    title: Mapped[str]
    description: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="pending")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=lambda: datetime.now(UTC))


class Job(Base):
    """A video for the transcoder. No foreign key: deleting a video must not wait for the worker that holds its job."""

    __tablename__ = "jobs"

    video_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    done: Mapped[bool] = mapped_column(default=False)
    worker: Mapped[str | None]
    until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
