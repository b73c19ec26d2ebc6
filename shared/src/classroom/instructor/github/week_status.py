"""How a week is going on GitHub: who has accepted and started, pushed when, and the outcome of the last checks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from classroom.core.result import MISSING, NOT_STARTED
from classroom.instructor.github.hand_out import INVITED, account_problem, invitation_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from classroom.instructor.github.provider import Provider, Push, Repository, Run
    from classroom.instructor.grading.deadline import Deadline
    from classroom.instructor.roster import Student

NOT_ACCEPTED, STARTED = "not-accepted", "started"
EXPIRED, NOT_INVITED = "invitation expired", "not invited, or declined"
RENAMED = "no such account: renamed?"


@dataclass(frozen=True)
class Progress:
    """How one student is doing.

    Attributes:
        status: missing, not-accepted, not-started or started.
        invitation: for a student who has not accepted: invited, expired, not invited, or an account that does not exist.
        pushed: the latest push.
        counts: the latest push that GitHub received by the deadline; without a deadline the latest one.
        run: the latest run of the checks.
    """

    student: Student
    repository: str
    status: str
    page: str = ""
    invitation: str = ""
    pushed: Push | None = None
    counts: Push | None = None
    run: Run | None = None


def progress_of(
    provider: Provider,
    week: str,
    students: Iterable[Student],
    repositories: Iterable[Repository],
    deadline_for: Callable[[Student], Deadline | None] = lambda _: None,
) -> Iterator[Progress]:
    """Yield how each student is doing, in the order of the roster."""
    by_name = {repository.name.casefold(): repository for repository in repositories}
    for student in students:
        name = f"{week}-{student.username}"
        repository = by_name.get(name.casefold())
        if repository is None:
            yield Progress(student, name, MISSING)
        else:
            yield _progress(provider, student, repository, deadline_for(student))


def _progress(provider: Provider, student: Student, repository: Repository, deadline: Deadline | None) -> Progress:
    pushes = [push for push in provider.pushes(repository) if not push.created]
    progress = Progress(student, repository.name, STARTED, page=repository.page)
    if pushes:
        in_time = [push for push in pushes if deadline is None or push.received <= deadline.moment]
        counts = in_time[0] if in_time else None
        return replace(progress, pushed=pushes[0], counts=counts, run=provider.last_run(repository))
    if provider.is_collaborator(repository.name, student.account or student.username):
        return replace(progress, status=NOT_STARTED)
    return replace(progress, status=NOT_ACCEPTED, invitation=_invitation(provider, student, repository))


def _invitation(provider: Provider, student: Student, repository: Repository) -> str:
    invitation = invitation_to(provider, repository.name, student.account or student.username)
    if invitation is None:
        return RENAMED if account_problem(provider, student) else NOT_INVITED
    return EXPIRED if invitation.expired else INVITED
