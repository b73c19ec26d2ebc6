"""A roster: who belongs to a cohort, in the form that GitHub Classroom gave it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


COLUMNS = ("identifier", "github_username", "github_id", "name")
# A gradebook that GitHub Classroom exported names the same people in columns of its own.
OTHER_NAMES = {"roster_identifier": "identifier"}


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
    rows = [(row["identifier"], row["github_username"]) for row in roster_rows(path)]
    return [Member(username or identifier, identifier) for identifier, username in rows if identifier or username]


def roster_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a roster, or of a gradebook, as GitHub Classroom exports them, under the roster's columns.

    A file that a spreadsheet has saved with semicolons or tabs, or in UTF-16, is read, too.

    Raises:
        UsageError: it cannot be read, or has no such columns.
    """
    try:
        data = path.read_bytes()
        text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except OSError as error:
        raise UsageError(f"The roster {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UsageError(f"The roster {path} is no text in UTF-8: save it as CSV in UTF-8, and try again.") from None
    first = text.partition("\n")[0]
    try:
        table = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count)))
    except csv.Error as error:
        raise UsageError(f"The roster {path} cannot be read: {error}.") from None
    rows = [{_column(name): (row[name] or "").strip() for name in row if name} for row in table]
    if not any({"identifier", "github_username"} & set(row) for row in rows):
        raise UsageError(
            f"The roster {path} needs the columns identifier and github_username, and a row for each student."
        )
    return [{name: row.get(name, "") for name in COLUMNS} for row in rows]


def _column(name: str) -> str:
    plain = name.strip().lower()
    return OTHER_NAMES.get(plain, plain)
