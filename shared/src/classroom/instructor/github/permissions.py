"""Which permissions a token needs for what, and how to find out whether it has them without changing anything.

GitHub has no request that lists the permissions of a fine-grained token.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from classroom.core.git_history import HANDOUT
from classroom.instructor.github.provider import Permission, Repository

if TYPE_CHECKING:
    from collections.abc import Mapping

HAND_OUT, ACCEPT, STATUS, UPDATE, CLOSE, GRADE, FEEDBACK = PURPOSES = (
    "hand-out",
    "accept",
    "status",
    "update",
    "close",
    "grade",
    "feedback",
)
ABSENT = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
NO_COMMIT = "0" * 40
NO_ISSUE = 0


@dataclass(frozen=True)
class Probe:
    """A request that needs a permission and cannot change anything: what it asks for is taken or does not exist."""

    permission: Permission
    purposes: tuple[str, ...]
    method: str
    path: str
    body: Mapping[str, str] | None = None
    not_found_passes: bool = False


def probes(template: Repository) -> tuple[Probe, ...]:
    """Return the probes of a template repository."""
    read, write = "read", "read and write"
    taken = {"owner": template.owner, "name": template.name}  # the template itself has this name
    return (
        Probe(
            Permission("Contents", read, "read pushes and the template"),
            (HAND_OUT, ACCEPT, STATUS, CLOSE, GRADE),
            "GET",
            "/activity{?per_page}",
        ),
        Probe(
            Permission("Administration", write, "create repositories and change who has access"),
            (HAND_OUT, ACCEPT, CLOSE),
            "POST",
            "/generate",
            taken,
        ),
        Probe(
            Permission("Contents", write, "write the branch with the new handout"),
            (UPDATE,),
            "POST",
            "/git/refs",
            {"ref": f"refs/heads/{HANDOUT}", "sha": NO_COMMIT},
        ),
        Probe(
            Permission("Pull requests", write, "ask students to merge it"),
            (UPDATE,),
            "POST",
            "/pulls",
            {"title": "x", "head": template.branch, "base": template.branch},  # there is nothing between them
        ),
        Probe(Permission("Administration", read, "read invitations"), (STATUS,), "GET", "/invitations{?per_page}"),
        Probe(Permission("Actions", read, "read the runs of the checks"), (STATUS,), "GET", "/actions/runs{?per_page}"),
        Probe(
            Permission("Commit statuses", write, "set scores"),
            (GRADE, FEEDBACK),
            "POST",
            f"/statuses/{NO_COMMIT}",
            {"state": "success"},
        ),
        Probe(
            Permission("Issues", write, "write feedback and replies"),
            (FEEDBACK, ACCEPT),
            "PATCH",
            f"/issues/{NO_ISSUE}",
            {},
            not_found_passes=True,
        ),
    )
