"""One student of a roster."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Student:
    """One student.

    Attributes:
        username: the student's name in paths and results; letters, digits and `. _ -` only.
        identifier: what the instructor calls the student, as written in the roster.
        name: first and last name.
        login: the username in the roster, if it is not `username`: after a rename the repository keeps its name.
        account: the username in the roster, as written; empty if it has none, and `username` was made up.
        other: further cells of the roster, and the ids of platforms, by their heading, without the empty ones.
    """

    username: str
    identifier: str = ""
    name: str = ""
    email: str = ""
    section: str = ""
    login: str = ""
    account: str = field(default="", compare=False)
    other: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def label(self) -> str:
        """The name for people to read."""
        return self.name or self.identifier or self.username

    def named(self, name: str) -> str:
        """Return the name for people to read, with the one that the student has in a list: `Ada Lovelace (ada)`."""
        return name if self.label == name else f"{self.label} ({name})"
