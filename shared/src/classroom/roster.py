"""A roster: who belongs to a cohort, in the form that GitHub Classroom gave it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Member:
    """Somebody on the roster, or somebody who handed in without being on it."""

    username: str
    identifier: str = ""
    repository: str = ""
    handed_in: str = ""


def read_roster(path: Path) -> list[Member]:
    """The members on a roster, GitHub Classroom's own CSV: identifier, github_username, github_id, name.

    Raises:
        UsageError: it cannot be read, or has no such columns.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The roster {path} cannot be read: {error}.") from None
    rows = list(csv.DictReader(text.splitlines()))
    if not rows or not {"identifier", "github_username"} & set(rows[0]):
        raise UsageError(f"The roster {path} needs the columns identifier and github_username in its first line.")
    members = []
    for row in rows:
        identifier, username = (row.get("identifier") or "").strip(), (row.get("github_username") or "").strip()
        if identifier or username:
            members.append(Member(username or identifier, identifier))
    return members
