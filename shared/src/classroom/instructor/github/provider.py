"""The interface to a platform that hosts students' repositories. GitHub implements it in `organization.py`.

GitLab and Gitea or Forgejo can implement it next to GitHub; the commands know only what is here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from classroom.core.errors import ClassroomError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


class ProviderError(ClassroomError):
    """The platform cannot be used any further: token, permission, network or rate limit."""


class RefusedError(ClassroomError):
    """The platform refused one request; the next one may succeed."""


class NameTakenError(RefusedError):
    """A repository cannot be created, because its name is taken."""


@dataclass(frozen=True)
class Repository:
    """A repository.

    Attributes:
        name: its name, without the owner.
        owner: the organization or user that it belongs to.
        private: whether only those who were given access can see it.
        is_template: whether repositories can be made from it.
        made_from: the template that it was made from, as OWNER/NAME; empty if from none, or if it was only listed.
        branch: its default branch.
        page: its address for a browser.
    """

    name: str
    owner: str
    private: bool
    is_template: bool = False
    made_from: str = ""
    branch: str = "main"
    page: str = ""

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True)
class Invitation:
    """An invitation to a repository, which the student has not accepted yet."""

    number: int
    invitee: str
    expired: bool
    page: str


@dataclass(frozen=True)
class Push:
    """A push to the default branch.

    Attributes:
        received: when the platform received it, by its own clock.
        commit: the commit that the branch pointed to afterwards.
        actor: the account that pushed.
        forced: whether it replaced commits of an earlier push.
        created: whether it is how the branch began, with what the template contained.
    """

    received: datetime
    commit: str
    actor: str
    forced: bool = False
    created: bool = False


@dataclass(frozen=True)
class Run:
    """The latest run of the checks: its outcome, such as success or failure, its commit, and its page."""

    outcome: str
    commit: str
    page: str


@dataclass(frozen=True)
class Issue:
    """An issue of a repository; `author` is the account that opened it."""

    number: int
    body: str
    author: str
    page: str


@dataclass(frozen=True)
class Comment:
    """A comment on an issue; `author` is the account that wrote it."""

    number: int
    body: str
    author: str


@dataclass(frozen=True)
class PullRequest:
    """A pull request.

    Attributes:
        open: whether it is neither merged nor closed.
        merged: whether it was merged.
        commit: the commit that it proposes; after it was closed, the last one that it proposed.
        page: its address for a browser.
    """

    number: int
    open: bool
    merged: bool
    commit: str
    page: str


@dataclass(frozen=True)
class Permission:
    """A permission of a token, as the platform's settings call it, and what needs it."""

    name: str
    access: str
    purpose: str

    def __str__(self) -> str:
        return f"{self.name} ({self.access})"


@dataclass(frozen=True)
class Allowance:
    """How many requests are left of the rate limit, and until when."""

    left: int
    limit: int
    until: datetime


class Provider(Protocol):
    """An organization on a platform.

    Each method raises ProviderError if the platform cannot be used, and RefusedError if it refuses the request.
    """

    organization: str

    def repositories(self) -> list[Repository]:
        """Return the organization's repositories that the token can access."""

    def repository(self, name: str, owner: str = "") -> Repository | None:
        """Return a repository of the organization, or of another owner; None if the token sees none."""

    def create(self, name: str, template: Repository) -> Repository:
        """Create a private repository from a template.

        Raises:
            NameTakenError: a repository with this name exists.
        """

    def account_number(self, username: str) -> int | None:
        """Return the number of an account, which stays when it is renamed; None if nobody has this username."""

    def is_collaborator(self, repository: str, username: str) -> bool:
        """Return whether an account has access to a repository."""

    def invitations(self, repository: str) -> list[Invitation]:
        """Return the invitations to a repository that have not been accepted or declined."""

    def invite(self, repository: str, username: str, *, read_only: bool = False) -> Invitation | None:
        """Give an account access to push, or only to read; return the invitation, or None if it has access at once."""

    def withdraw(self, repository: str, invitation: Invitation) -> None:
        """Remove an invitation."""

    def pushes(self, repository: Repository) -> list[Push]:
        """Return the pushes to the default branch, latest first, and last how it began."""

    def last_run(self, repository: Repository) -> Run | None:
        """Return the latest run of the checks on the default branch, or None if there was none."""

    def issues(self, repository: str) -> list[Issue]:
        """Return the issues of a repository, open and closed, oldest first."""

    def open_issue(self, repository: str, title: str, body: str) -> Issue:
        """Open an issue."""

    def rewrite_issue(self, repository: str, issue: Issue, body: str) -> None:
        """Replace the text of an issue, and open it again if it was closed."""

    def comments(self, repository: str, issue: int) -> list[Comment]:
        """Return the comments on an issue, oldest first."""

    def comment(self, repository: str, issue: int, body: str) -> None:
        """Write a comment on an issue."""

    def close_issue(self, repository: str, issue: int) -> None:
        """Close an issue, and stop everyone without write access from commenting on it."""

    def pull_requests(self, repository: Repository, branch: str) -> list[PullRequest]:
        """Return the pull requests from a branch of a repository, open and closed, latest first."""

    def open_pull_request(self, repository: Repository, branch: str, title: str, body: str) -> PullRequest:
        """Ask to merge a branch into the default branch."""

    def set_status(self, repository: str, commit: str, status: Mapping[str, str], owner: str = "") -> None:
        """Set the status of a commit: its `state`, `context` and `description`."""

    def missing(self, template: Repository, purposes: Sequence[str]) -> list[Permission]:
        """Return the permissions that the token lacks for some purposes; changes nothing."""

    def allowance(self) -> Allowance:
        """Return what is left of the rate limit."""
