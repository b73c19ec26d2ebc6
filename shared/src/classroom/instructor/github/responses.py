"""Read what GitHub's API returns into what the commands know."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from classroom.instructor.github.provider import Comment, Invitation, Issue, PullRequest, Push, Repository

if TYPE_CHECKING:
    from collections.abc import Mapping

    import gidgethub

CREATED = "branch_creation"
PUSHES = (CREATED, "push", "force_push", "pr_merge", "merge_queue_merge")  # activities that move a branch


def repository_of(item: Mapping[str, Any]) -> Repository:
    """Return a repository from its JSON form."""
    return Repository(
        item["name"],
        item["owner"]["login"],
        private=item["private"],
        is_template=item.get("is_template", False),
        made_from=(item.get("template_repository") or {}).get("full_name", ""),
        branch=item.get("default_branch") or "main",
        page=item["html_url"],
    )


def invitation_of(item: Mapping[str, Any]) -> Invitation:
    """Return an invitation from its JSON form."""
    invitee = (item["invitee"] or {}).get("login", "")
    return Invitation(item["id"], invitee, expired=item.get("expired", False), page=item["html_url"])


def push_of(item: Mapping[str, Any]) -> Push:
    """Return a push from its JSON form."""
    return Push(
        datetime.fromisoformat(item["timestamp"]),
        item["after"],
        (item["actor"] or {}).get("login", ""),
        forced=item["activity_type"] == "force_push",
        created=item["activity_type"] == CREATED,
    )


def issue_of(item: Mapping[str, Any]) -> Issue:
    """Return an issue from its JSON form."""
    author = (item["user"] or {}).get("login", "")
    return Issue(item["number"], item.get("body") or "", author, page=item["html_url"])


def comment_of(item: Mapping[str, Any]) -> Comment:
    """Return a comment from its JSON form."""
    return Comment(item["id"], item.get("body") or "", (item["user"] or {}).get("login", ""))


def pull_request_of(item: Mapping[str, Any]) -> PullRequest:
    """Return a pull request from its JSON form."""
    merged = item.get("merged_at") is not None
    return PullRequest(item["number"], item["state"] == "open", merged, item["head"]["sha"], item["html_url"])


def reason_of(error: gidgethub.HTTPException) -> str:
    """Return GitHub's words for why it refused a request: those of its errors if it gives some."""
    errors = getattr(error, "errors", None) or ()
    told = [item if isinstance(item, str) else item.get("message", "") for item in errors if item]
    return "; ".join(filter(None, told)) or str(error).rstrip(".")
