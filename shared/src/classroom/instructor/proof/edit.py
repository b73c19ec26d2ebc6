"""An edit to a file of the solution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from classroom.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True)
class Edit:
    """A string in one of the solution's files to replace.

    Attributes:
        count: how often the text must occur.
        unless: tasks; if one of them is undone as well, the edit is not made.
    """

    file: str
    find: str
    replace: str
    count: int = 1
    unless: tuple[int, ...] = ()

    @classmethod
    def read_all(cls, path: Path, tables: Iterable[dict[str, Any]]) -> tuple[Edit, ...]:
        """Return the edits of a case's file.

        Raises:
            UsageError: a table has an unknown or a missing entry.
        """
        try:
            return tuple(cls(**{**table, "unless": tuple(table.get("unless", ()))}) for table in tables)
        except TypeError:
            raise UsageError(
                f"{path}: an [[edit]] needs `file`, `find` and `replace`, and may have `count` and `unless`."
            ) from None

    def apply(self, target: Path, path: Path) -> None:
        """Change the file in a copy of the solution.

        Args:
            target: the copy.
            path: the case's file, named in errors.

        Raises:
            UsageError: the file does not exist, or contains the text another number of times.
        """
        file = target / self.file
        if not file.is_file():
            raise UsageError(f"{path}: an edit names {self.file}, which the solution does not have.")
        text = file.read_text(encoding="utf-8")
        if (found := text.count(self.find)) != self.count:
            first = self.find.strip().splitlines()[0] if self.find.strip() else self.find
            raise UsageError(f"{path}: {first!r} occurs {found} times in {self.file}, not {self.count}.")
        file.write_text(text.replace(self.find, self.replace), encoding="utf-8")
