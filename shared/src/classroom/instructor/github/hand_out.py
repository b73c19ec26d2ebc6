"""Hand a week out: a private repository and an invitation for each student.

The repositories themselves are the record of what was done: nothing else is kept, so the command can be stopped at any
moment and run again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.text import one_line
from classroom.instructor.github.permissions import HAND_OUT
from classroom.instructor.github.provider import NameTakenError, ProviderError, RefusedError
from classroom.instructor.roster_headings import GITHUB_USERNAMES
from classroom.instructor.spreadsheet import plain_heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from classroom.instructor.github.provider import Invitation, Provider, Repository
    from classroom.instructor.roster import Roster, Student

ID_HEADING = "github_id"  # of a roster
NO_ACCOUNT = "no GitHub username on the roster: add it, and run this again."
NEW, KEPT = "new", "kept"
ACCEPTED, INVITED, INVITED_AGAIN = "accepted", "invited", "invited again"


@dataclass(frozen=True)
class Handed:
    """What became of one student.

    Attributes:
        repository: the repository's name, without the organization.
        state: whether the repository is new or was kept; empty if it does not exist.
        access: whether the student has accepted, is invited, or was invited again.
        link: what to send to the student: the invitation, or the repository.
        problem: why something could not be done; empty if everything was.
    """

    student: Student
    repository: str
    state: str = ""
    access: str = ""
    link: str = ""
    problem: str = ""


def ensure_accounts(roster: Roster, path: Path) -> None:
    """Raise UsageError unless the roster has a column with GitHub usernames: a name alone could be a stranger's."""
    heading = roster.columns.get("username", "")
    # Classroom 50's are accounts; the `Username` of Moodle, next to `First name`, is one of Moodle.
    is_classroom50 = heading == "username" and roster.columns.get("name", "").startswith("first_name")
    if plain_heading(heading) not in GITHUB_USERNAMES and not is_classroom50:
        raise UsageError(f"{path} has no column with GitHub usernames: add one named github_username.")


def template_of(provider: Provider, name: str) -> Repository:
    """Return the repository that students start from.

    Raises:
        UsageError: there is none, or it is not a template.
    """
    template = provider.repository(name)
    if template is None:
        provider.repositories()  # says so if it is the organization that does not exist
        raise UsageError(
            f"{provider.organization}/{name} does not exist, or the token cannot see it: publish the week to it first."
        )
    if not template.is_template:
        raise UsageError(
            f"{template} is not a template: open {template.page}/settings and select 'Template repository'."
        )
    return template


def ensure_allowed(provider: Provider, repository: Repository, purpose: str) -> None:
    """Raise ProviderError, before anything is changed, if the token lacks a permission."""
    if missing := provider.missing(repository, [purpose]):
        names = " and ".join(f"{permission}, to {permission.purpose}" for permission in missing)
        raise ProviderError(
            f"Nothing was changed, because the token lacks a permission on {repository}: {names}. "
            "Add it in the token's settings, and run this again."
        )


def unowned(repositories: Iterable[Repository], week: str, students: Iterable[Student]) -> list[Repository]:
    """Return the repositories of a week that belong to nobody on the roster, except templates."""
    names = {_key(week, student) for student in students}
    prefix = f"{week}-".casefold()
    return [
        repository
        for repository in repositories
        if not repository.is_template
        and repository.name.casefold().startswith(prefix)
        and repository.name.casefold() not in names
    ]


def not_ours(name: str, repository: Repository | None, template: Repository) -> str:
    """Return why a repository with a student's name must be left alone, or an empty string."""
    if repository is None:
        return f"{name} exists, but the token cannot see it: give the token access to all repositories."
    if not _was_made_from(repository, template):
        return f"{name} exists, but was not made from {template}: rename it, or specify its template with --template."
    if not repository.private:
        return f"{name} is public, so everyone can see it: make it private in its settings."
    return ""


def invitation_to(provider: Provider, repository: str, account: str) -> Invitation | None:
    """Return the invitation that an account has not accepted yet, or None."""
    invitations = provider.invitations(repository)
    return next((item for item in invitations if item.invitee.casefold() == account.casefold()), None)


def account_problem(provider: Provider, student: Student) -> str:
    """Return why a student's username must not be invited, or an empty string."""
    number, listed = provider.account_number(student.account), student.other.get(ID_HEADING, "")
    if number is None:
        return (
            f"GitHub has no account {one_line(student.account)}: correct the roster. If the student has renamed it, keep "
            "github_username, and put the new name in a column named current_username."
        )
    if listed.isdecimal() and int(listed) != number:
        return (
            f"the account {student.account} is no longer the one with the github_id {listed}: ask the student "
            "for the new name, and put it in a column named current_username."
        )
    return ""


class HandingOut:
    """A week that is being handed out.

    Attributes:
        unowned: repositories of this week that belong to nobody on the roster.
    """

    def __init__(
        self, provider: Provider, week: str, template: Repository, students: Iterable[Student], purpose: str = HAND_OUT
    ) -> None:
        ensure_allowed(provider, template, purpose)
        self.provider, self.week, self.template = provider, week, template
        self.students = list(students)
        listed = provider.repositories()
        self.existing = {repository.name.casefold(): repository for repository in listed}
        self.unowned = unowned(listed, week, self.students)

    def run(self) -> Iterator[Handed]:
        """Give each student a repository; yield what became of each as soon as it is known.

        New students come first: after an interruption they are what is left to do.
        """
        for student in sorted(self.students, key=lambda student: _key(self.week, student) in self.existing):
            yield self.give(student)

    def give(self, student: Student) -> Handed:
        """Give one student a repository, and return what became of it."""
        try:
            return self._give(student)
        except RefusedError as error:
            return Handed(student, self._name(student), problem=str(error))

    def _name(self, student: Student) -> str:
        return f"{self.week}-{student.username}"

    def _give(self, student: Student) -> Handed:
        """Give one student a repository and access to it.

        Raises:
            RefusedError: GitHub refuses something for this student.
        """
        name = self._name(student)
        if not student.account:
            return Handed(student, name, problem=NO_ACCOUNT)
        if listed := self.existing.get(name.casefold()):
            return self._keep(student, listed.name)
        if problem := account_problem(self.provider, student):
            return Handed(student, name, problem=problem)
        if former := self._former(student):
            return self._keep(student, former.name)
        try:
            repository = self.provider.create(name, self.template)
        except NameTakenError:  # since the list was read, or by a request whose response was lost
            return self._keep(student, name)
        except RefusedError as error:  # as it would be for everyone
            raise ProviderError(
                f"{error} Everything done so far is kept: run this again once the problem is solved."
            ) from None
        return self._invite(Handed(student, name, NEW, link=repository.page), again=False)

    def _former(self, student: Student) -> Repository | None:
        """Return the repository that a student has under a former username, which GitHub keeps access to."""
        # An owner of the organization has access to everything, and with base permissions every member has.
        if not self.unowned or self.provider.is_collaborator(self.template.name, student.account):
            return None
        for item in self.unowned:
            if self.provider.is_collaborator(item.name, student.account):
                repository = self.provider.repository(item.name)
                if repository and _was_made_from(repository, self.template):  # it could be another week's
                    return repository
        return None

    def _keep(self, student: Student, name: str) -> Handed:
        """Return what a student has, after inviting the student again where that is needed."""
        repository = self.provider.repository(name)
        handed = Handed(student, name, KEPT, link=repository.page if repository else "")
        if problem := not_ours(name, repository, self.template):
            return replace(handed, state="", link="", problem=problem)
        if self.provider.is_collaborator(name, student.account):
            return replace(handed, access=ACCEPTED)
        pending = invitation_to(self.provider, name, student.account)
        if pending and not pending.expired:
            return replace(handed, access=INVITED, link=pending.page)
        if problem := account_problem(self.provider, student):
            return replace(handed, problem=problem)
        if pending:
            self.provider.withdraw(name, pending)
        return self._invite(handed, again=pending is not None)

    def _invite(self, handed: Handed, *, again: bool) -> Handed:
        try:
            invitation = self.provider.invite(handed.repository, handed.student.account)
        except RefusedError as error:
            return replace(handed, problem=str(error))
        if invitation is None:
            return replace(handed, access=ACCEPTED)
        return replace(handed, access=INVITED_AGAIN if again else INVITED, link=invitation.page)


def _was_made_from(repository: Repository, template: Repository) -> bool:
    return repository.made_from.casefold() == str(template).casefold()


def _key(week: str, student: Student) -> str:
    """Return a student's repository name for comparing: letter case does not count on GitHub."""
    return f"{week}-{student.username}".casefold()
