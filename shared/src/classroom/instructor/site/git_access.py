"""Who may clone and push over http: students their own repositories and those of their teams, the staff may read all."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from starlette.concurrency import run_in_threadpool

from classroom.instructor.site import people, tokens
from classroom.instructor.site.models import GIT, STUDENT

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from classroom.instructor.site.context import Context
    from classroom.instructor.site.models import Person

PATH = "/git"


def address(context: Context, week: str, username: str) -> str:
    """Return the address of the repository in which a student works, without a password."""
    name = context.classroom.work_name(week, username) or username
    return f"{context.url}{PATH}/{week}/{week}-{name}.git"


def personal_address(context: Context, week: str, username: str, secret: str = "") -> str:
    """Return the address of a repository with the name of its student, and the password if there is one."""
    parts = urlsplit(address(context, week, username))
    user = f"{username}:{secret}" if secret else username
    return urlunsplit(parts._replace(netloc=f"{user}@{parts.netloc}"))


def new_password(db: Session, person: Person) -> str:
    """Return a new password of a student for git; the log says that it was made."""
    people.record(db, person, "made a password for git", person.username)
    return tokens.issue(db, person, GIT)


class GitAccess:
    """Decides for `GitHttp`.

    Args:
        context: the site's.
    """

    def __init__(self, context: Context) -> None:
        self.context = context

    async def __call__(self, user: str, password: str, repository: str, writes: bool) -> str | None:
        """Return the name of who asks, or None to refuse; `repository` is WEEK/WEEK-NAME."""
        return await run_in_threadpool(self._who, user, password, repository, writes=writes)

    def _who(self, user: str, password: str, repository: str, *, writes: bool) -> str | None:
        # Wrong passwords are not limited: nobody guesses 192 random bits, and a limit would lock out whoever is named.
        person = self.context.recent.get((GIT, password), lambda: self._owner(password))
        if person is None or person.username != user:
            return None
        if person.role != STUDENT:
            return None if writes else user
        week, _, name = repository.partition("/")
        own = self.context.classroom.work_name(week, user)
        return user if own is not None and name == f"{week}-{own}" else None

    def _owner(self, password: str) -> Person | None:
        with self.context.session() as db:
            person = tokens.owner(db, GIT, password, use=True)
            db.flush()
        return person
