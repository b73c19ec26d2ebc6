"""The tables of the classroom on the web. What git, receipts and files of the classroom hold is not repeated here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, MetaData, String, UniqueConstraint, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

STUDENT, ASSISTANT, INSTRUCTOR = "student", "assistant", "instructor"
SERVER = "server"  # in the log: nobody, but a command
SESSION, LINK, GIT, API = "session", "link", "git", "api"


class Base(DeclarativeBase):
    """The tables, with the names by which migrations find their constraints."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012 - SQLAlchemy's name for it


class Person(Base):
    """Someone who can sign in.

    Attributes:
        username: a student's comes from the roster and names the repositories.
        joined: when a student first signed in under the name; None before that, and after the instructor has undone it.
    """

    __tablename__ = "people"
    __table_args__ = (UniqueConstraint("role", "username"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(String(20))
    username: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    created: Mapped[datetime] = mapped_column(server_default=func.now())
    joined: Mapped[datetime | None]


class Token(Base):
    """What someone signs in with: a session of a browser, a personal link, a password for git, or a token for scripts.

    Attributes:
        name: what a token for scripts is for; empty for others.
        digest: of the secret, which itself is stored nowhere.
        used: when it was first used.
        revoked: since when it is not valid anymore.
    """

    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100), server_default="")
    digest: Mapped[bytes] = mapped_column(unique=True)
    created: Mapped[datetime] = mapped_column(server_default=func.now())
    used: Mapped[datetime | None]
    revoked: Mapped[datetime | None]


class JoinCode(Base):
    """A code with which students join. It is shown to the whole class, so it is stored in plain text."""

    __tablename__ = "join_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    created: Mapped[datetime] = mapped_column(server_default=func.now())
    replaced: Mapped[datetime | None]


class Acceptance(Base):
    """A student has accepted a week."""

    __tablename__ = "acceptances"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    week: Mapped[str] = mapped_column(String(200), primary_key=True)
    accepted: Mapped[datetime] = mapped_column(server_default=func.now())


class HintsTaken(Base):
    """How many hints of a task a student has been shown."""

    __tablename__ = "hints_taken"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    week: Mapped[str] = mapped_column(String(200), primary_key=True)
    task: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]


class Act(Base):
    """A line of the log: who did what, and when. The database rejects changes to it.

    Attributes:
        by: the name of who did it, which anyone can have: `role` says who may have done it.
        role: of who did it; None if an earlier version has written the line.
        about: the username of the student whom it is about; None if it is about no single one.
    """

    __tablename__ = "acts"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    by: Mapped[str] = mapped_column(String(200))
    role: Mapped[str | None] = mapped_column(String(20))
    what: Mapped[str] = mapped_column(String(1000))
    about: Mapped[str | None] = mapped_column(String(200), index=True)


class Comment(Base):
    """A comment of the staff on a student's week.

    Attributes:
        commit_name: the commit that the author saw; empty if nothing was pushed.
        task: that it is about; None if it is about a line, or the whole week.
        quote: the text of the line that it is about.
        removed: since when it is not shown anymore.
    """

    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    by: Mapped[str] = mapped_column(String(200))
    username: Mapped[str] = mapped_column(String(200), index=True)
    week: Mapped[str] = mapped_column(String(200))
    commit_name: Mapped[str] = mapped_column(String(64))
    task: Mapped[int | None]
    file: Mapped[str | None] = mapped_column(String(500))
    line: Mapped[int | None]
    quote: Mapped[str | None] = mapped_column(String(500))
    text: Mapped[str] = mapped_column(String(4000))
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    removed: Mapped[datetime | None]
