"""The table of docs/evidence.md: one row per part of `make soak`, and next to it what each part printed in full."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
PAGE = TOP / "docs" / "evidence.md"
LOGS = TOP / ".soak"
COLUMNS = 6  # part, what it shows, date, commit, figure, command


def log(name: str) -> Path:
    """Return the file that holds what a part printed when it was last run, as far as it came."""
    LOGS.mkdir(exist_ok=True)
    return LOGS / f"{name}.txt"


def commit() -> str:
    """Return the commit that is measured, with a plus sign where the work tree differs from it."""
    changes = git("status", "--porcelain", "--", ".", ":!docs/evidence.md")
    return git("rev-parse", "--short", "HEAD") + ("+" if changes else "")


def git(*arguments: str) -> str:
    """Return what git prints."""
    return subprocess.run(["git", *arguments], cwd=TOP, capture_output=True, text=True, check=False).stdout.strip()


def record(name: str, figure: str) -> None:
    """Put today's figure of a part into its row; a part without a row gets one at the end of the table.

    Args:
        name: of the part.
        figure: the last line that it printed.
    """
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [index for index, line in enumerate(lines) if line.startswith("| ")]
    measured = [datetime.now(UTC).strftime("%Y-%m-%d"), commit(), figure.replace("|", "/")]
    for index in rows:
        cells = [cell.strip() for cell in lines[index].strip("|").split("|")]
        if cells[0] == name and len(cells) == COLUMNS:
            lines[index] = _row([*cells[:2], *measured, cells[5]])
            break
    else:
        lines.insert(rows[-1] + 1, _row([name, "", *measured, f"`make soak ARGS={name}`"]))
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
