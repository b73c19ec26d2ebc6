"""GitHub as a provider: the requests behind each method, and the permissions that they need."""

from __future__ import annotations

import contextlib
import os
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.text import one_line
from classroom.instructor.github.connection import ADDRESS, TOKEN, WHERE_TOKENS_ARE, Connection
from classroom.instructor.github.issues import Issues
from classroom.instructor.github.permissions import probes
from classroom.instructor.github.provider import (
    Allowance,
    Invitation,
    NameTakenError,
    Permission,
    Push,
    RefusedError,
    Repository,
    Run,
)
from classroom.instructor.github.remembered import remembered
from classroom.instructor.github.responses import PUSHES, invitation_of, push_of, repository_of
from classroom.instructor.github.session import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}")
USERNAME = re.compile(r"[A-Za-z0-9_-]+")  # and not `..`, which would make another address of the request


class GitHubOrganization(Issues):
    """An organization on GitHub. Use it as a context manager."""

    def __init__(self, organization: str, connection: Connection) -> None:
        super().__init__(connection)
        self.organization = organization

    def __enter__(self) -> GitHubOrganization:
        return self

    def repositories(self) -> list[Repository]:
        """Return the organization's repositories that the token can access."""
        what = f"list the repositories of {self.organization}"
        try:
            found = self.pages("/orgs/{org}/repos{?per_page}", what, org=self.organization)
        except NotFoundError:
            raise UsageError(
                f"There is no organization {self.organization} on GitHub, or the token in {TOKEN} cannot see it."
            ) from None
        return [repository_of(item) for item in found]

    def repository(self, name: str, owner: str = "") -> Repository | None:
        """Return a repository of the organization, or of another owner; None if the token sees none."""
        owner = owner or self.organization
        try:
            item = self.get("/repos/{owner}/{repo}", f"read {owner}/{name}", owner=owner, repo=name)
        except NotFoundError:
            return None
        return repository_of(item)

    def create(self, name: str, template: Repository) -> Repository:
        """Create a private repository from a template.

        Raises:
            NameTakenError: a repository with this name exists.
        """
        request = self.connection.post(
            "/repos/{owner}/{repo}/generate",
            {"owner": template.owner, "repo": template.name},
            data={"owner": self.organization, "name": name, "private": True},
        )
        try:
            return repository_of(self.run(request, f"create {self.organization}/{name}"))
        except RefusedError as error:
            if "already exists" in str(error):
                raise NameTakenError(str(error)) from None
            raise

    def account_number(self, username: str) -> int | None:
        """Return the number of an account, which stays when it is renamed; None if nobody has this username."""
        if not USERNAME.fullmatch(username):
            return None
        try:
            item = self.get("/users/{username}", f"look up the account {username}", username=username)
        except NotFoundError:
            return None
        return int(item["id"])

    def is_collaborator(self, repository: str, username: str) -> bool:
        """Return whether an account has access to a repository."""
        if not USERNAME.fullmatch(username):
            return False
        path, what = "/repos/{owner}/{repo}/collaborators/{username}", f"look up who has access to {repository}"
        try:
            self.get(path, what, owner=self.organization, repo=repository, username=username)
        except NotFoundError:
            return False
        return True

    def invitations(self, repository: str) -> list[Invitation]:
        """Return the invitations to a repository that have not been accepted or declined."""
        path, what = "/repos/{owner}/{repo}/invitations{?per_page}", f"read the invitations to {repository}"
        return [invitation_of(item) for item in self.pages(path, what, owner=self.organization, repo=repository)]

    def invite(self, repository: str, username: str, *, read_only: bool = False) -> Invitation | None:
        """Give an account access to push, or only to read; return the invitation, or None if it has access at once."""
        request = self.connection.put(
            "/repos/{owner}/{repo}/collaborators/{username}",
            {"owner": self.organization, "repo": repository, "username": username},
            data={"permission": "pull" if read_only else "push"},
        )
        what = f"invite {username} to {self.organization}/{repository}"
        try:
            item = self.run(request, what)
        except NotFoundError:
            raise RefusedError(f"GitHub could not {what}: it has no such account.") from None
        return invitation_of(item) if item else None

    def withdraw(self, repository: str, invitation: Invitation) -> None:
        """Remove an invitation."""
        request = self.connection.delete(
            "/repos/{owner}/{repo}/invitations/{number}",
            {"owner": self.organization, "repo": repository, "number": str(invitation.number)},
        )
        with contextlib.suppress(NotFoundError):
            self.run(request, f"withdraw an invitation to {self.organization}/{repository}")

    def pushes(self, repository: Repository) -> list[Push]:
        """Return the pushes to the default branch, latest first, and last how it began."""
        found = self.pages(
            "/repos/{owner}/{repo}/activity{?ref,per_page}",
            f"read the pushes to {repository}",
            owner=repository.owner,
            repo=repository.name,
            ref=f"refs/heads/{repository.branch}",
        )
        pushes = [push_of(item) for item in found if item["activity_type"] in PUSHES]
        return sorted(pushes, key=lambda push: push.received, reverse=True)

    def last_run(self, repository: Repository) -> Run | None:
        """Return the latest run of the checks on the default branch, or None if there was none."""
        item = self.get(
            "/repos/{owner}/{repo}/actions/runs{?branch,per_page}",
            f"read the runs of {repository}",
            owner=repository.owner,
            repo=repository.name,
            branch=repository.branch,
            per_page="1",
        )
        for run in item["workflow_runs"]:
            return Run(run["conclusion"] or run["status"] or "", run["head_sha"], run["html_url"])
        return None

    def set_status(self, repository: str, commit: str, status: Mapping[str, str], owner: str = "") -> None:
        """Set the status of a commit: its `state`, `context` and `description`."""
        owner = owner or self.organization
        values = {"owner": owner, "repo": repository, "commit": commit}
        request = self.connection.post("/repos/{owner}/{repo}/statuses/{commit}", values, data=dict(status))
        self.run(request, f"set the status of {commit[:7]} in {owner}/{repository}")

    def missing(self, template: Repository, purposes: Sequence[str]) -> list[Permission]:
        """Return the permissions that the token lacks for some purposes; changes nothing."""
        needed = [probe for probe in probes(template) if set(probe.purposes) & set(purposes)]
        return [probe.permission for probe in needed if not self.may(probe, template)]

    def allowance(self) -> Allowance:
        """Return what is left of the rate limit."""
        core = self.get("/rate_limit", "read the rate limit")["resources"]["core"]
        return Allowance(core["remaining"], core["limit"], datetime.fromtimestamp(core["reset"], UTC))


@contextlib.contextmanager
def github(organization: str, tell: Callable[[str], None], *, remember: bool = False) -> Iterator[GitHubOrganization]:
    """Open an organization with the token and the address in the environment.

    Args:
        organization: its name.
        tell: called with a sentence before each long wait.
        remember: whether responses are kept for the next run, so that what has not changed is not read again.

    Raises:
        UsageError: there is no token, or the token, the name or the address is not one.
    """
    if not NAME.fullmatch(organization):
        raise UsageError(f"{one_line(organization)[:80]} is not an organization's name: write it like school.")
    token = os.environ.get(TOKEN, "").strip()
    if not token:
        raise UsageError(f"Set {TOKEN} to a token for {organization}: create one at {WHERE_TOKENS_ARE}.")
    if not token.isascii() or not token.isprintable():
        raise UsageError(f"{TOKEN} is not a token: it contains characters that no token has.")
    address = os.environ.get("GITHUB_API_URL") or ADDRESS
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", address):
        raise UsageError(f"GITHUB_API_URL is not an address: write it like {ADDRESS}, or remove it.")
    cache = remembered(organization, token) if remember else None
    with GitHubOrganization(organization, Connection(token, address, tell=tell, cache=cache)) as opened:
        yield opened
    if cache is not None:
        cache.save()
