"""Close a week and open it again: whether students may push to their repositories."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from classroom.core.result import MISSING
from classroom.instructor.github.hand_out import (
    INVITED,
    NO_ACCOUNT,
    account_problem,
    ensure_allowed,
    invitation_to,
    not_ours,
)
from classroom.instructor.github.permissions import CLOSE
from classroom.instructor.github.provider import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from classroom.instructor.github.provider import Provider, Repository
    from classroom.instructor.grading.deadline import Deadline
    from classroom.instructor.roster import Student

CLOSED, WITHDRAWN, NOT_INVITED, EXPIRED = "closed", "invitation withdrawn", "not invited", "invitation expired"
STILL_OPEN, REOPENED = "open", "reopened"


@dataclass(frozen=True)
class Access:
    """What became of one student's access.

    Attributes:
        state: missing, closed, invitation withdrawn, not invited, invitation expired, open, reopened or invited.
        until: the student's own deadline, if it has not passed.
        problem: why the access could not be changed; empty if it was.
    """

    student: Student
    repository: str
    state: str
    until: Deadline | None = None
    problem: str = ""


class Closing:
    """The access of students to the repositories of a week.

    Attributes:
        deadline_for: returns a student's deadline; None closes at once.
    """

    def __init__(
        self,
        provider: Provider,
        week: str,
        template: Repository,
        deadline_for: Callable[[Student], Deadline | None] = lambda _: None,
    ) -> None:
        ensure_allowed(provider, template, CLOSE)
        self.provider, self.week, self.template, self.deadline_for = provider, week, template, deadline_for
        self._by_name = {repository.name.casefold(): repository.name for repository in provider.repositories()}

    def close(self, students: Iterable[Student], now: datetime) -> Iterator[Access]:
        """Let students read but no longer push, except those whose deadline has not passed.

        A student who was closed before getting an extension can push again.
        """
        for student in students:
            deadline = self.deadline_for(student)
            access = self._access(student)
            if access.state != MISSING and deadline and now <= deadline.moment:
                yield replace(self._changed(access, self._keep_open), until=deadline)
            else:
                yield self._changed(access, self._close)

    def reopen(self, students: Iterable[Student]) -> Iterator[Access]:
        """Let students push again."""
        for student in students:
            yield self._changed(self._access(student), self._reopen)

    def _access(self, student: Student) -> Access:
        name = f"{self.week}-{student.username}"
        known = self._by_name.get(name.casefold())
        return Access(student, known or name, "" if known else MISSING)

    def _changed(self, access: Access, change: Callable[[str, str], str]) -> Access:
        if access.state == MISSING:
            return access
        name, account = access.repository, access.student.account
        problem = not_ours(name, self.provider.repository(name), self.template)
        problem = problem or (account_problem(self.provider, access.student) if account else NO_ACCOUNT)
        if problem:
            return replace(access, problem=problem)
        try:
            return replace(access, state=change(name, account))
        except RefusedError as error:
            return replace(access, problem=str(error))

    def _close(self, repository: str, account: str) -> str:
        if self.provider.is_collaborator(repository, account):
            self.provider.invite(repository, account, read_only=True)
            return CLOSED
        # An invitation that is accepted later would give access to push.
        invitation = invitation_to(self.provider, repository, account)
        if invitation is None:
            return NOT_INVITED
        self.provider.withdraw(repository, invitation)
        return WITHDRAWN

    def _keep_open(self, repository: str, account: str) -> str:
        if self.provider.is_collaborator(repository, account):
            self.provider.invite(repository, account)
            return STILL_OPEN
        invitation = invitation_to(self.provider, repository, account)
        if invitation is None:
            return NOT_INVITED
        return EXPIRED if invitation.expired else STILL_OPEN

    def _reopen(self, repository: str, account: str) -> str:
        invitation = self.provider.invite(repository, account)
        if invitation and invitation.expired:  # GitHub returns the one that is there
            self.provider.withdraw(repository, invitation)
            invitation = self.provider.invite(repository, account)
        return INVITED if invitation else REOPENED
