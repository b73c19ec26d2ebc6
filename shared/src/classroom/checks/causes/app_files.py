"""The Python files of a submission's app as text, up to a limit: none of them is run to explain a failure."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping
    from pathlib import Path

# A submission may have any files, and each failed check reads them: all together they must be searched in no time.
MAX_FILES, MAX_CHARACTERS, MAX_LINE = 40, 200_000, 300


@dataclass
class AppFiles:
    """What was read of an app.

    Attributes:
        texts: each file's text by its path in the submission, main.py first, with long lines cut.
        complete: whether no file was left out.
    """

    texts: dict[str, str] = field(default_factory=dict)
    complete: bool = True


class Found(NamedTuple):
    """A match of a pattern in a file."""

    file: str
    line: int
    match: re.Match[str]

    @property
    def place(self) -> str:
        """Return file and line, as a card begins."""
        return f"{self.file}, line {self.line}"


def find_all(pattern: re.Pattern[str], texts: Mapping[str, str]) -> Iterator[Found]:
    """Yield each match of a pattern in the texts of an app's files."""
    for file, text in texts.items():
        for match in pattern.finditer(text):
            yield Found(file, text.count("\n", 0, match.start()) + 1, match)


def find_only(pattern: re.Pattern[str], texts: Mapping[str, str]) -> Found | None:
    """Return the only match; None if there is none, or if there are others."""
    found = [*islice(find_all(pattern, texts), 2)]
    return found[0] if len(found) == 1 else None


def read_app_files(folder: Path) -> AppFiles:
    """Return the Python files of a submission's app."""
    found, left = AppFiles(), MAX_CHARACTERS
    try:
        for file in _paths(folder / "app"):
            if len(found.texts) == MAX_FILES or file.is_symlink() or file.stat().st_size > left:
                found.complete = False
                continue
            text = file.read_text(encoding="utf-8-sig", errors="replace")
            left -= len(text)
            found.texts[file.relative_to(folder).as_posix()] = "\n".join(line[:MAX_LINE] for line in text.splitlines())
    except OSError:
        found.complete = False
    return found


def _paths(app: Path) -> list[Path]:
    """Return main.py, then the others: more than are read, if there are that many."""
    main = app / "main.py"
    others = (file for file in app.rglob("*.py") if file != main and file.is_file())
    return [*([main] if main.is_file() else []), *sorted(islice(others, MAX_FILES + 1))]
