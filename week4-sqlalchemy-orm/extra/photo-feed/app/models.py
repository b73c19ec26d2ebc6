"""The tables (provided)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """The base class of all models."""


class User(Base):
    """A user, who is known by name."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class Follow(Base):
    """One user follows another: the table links `users` with itself, so it has two keys to it."""

    __tablename__ = "follows"
    __table_args__ = (CheckConstraint("follower_id <> followed_id", name="nobody_follows_themselves"),)

    follower_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    followed_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)


class Photo(Base):
    """A photo. The file itself is in `disk.PHOTO_FOLDER`, under the name in `file`; `kind` is its type."""

    __tablename__ = "photos"
    __table_args__ = (Index("photos_of_an_author", "author_id", "posted_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    caption: Mapped[str]
    file: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    posted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

    author: Mapped[User] = relationship()
    likes: Mapped[list["Like"]] = relationship(cascade="all, delete-orphan", passive_deletes=True)


class Like(Base):
    """A user likes a photo; it disappears with the photo."""

    __tablename__ = "likes"

    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
