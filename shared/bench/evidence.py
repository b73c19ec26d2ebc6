"""What was measured, written down in docs/evidence.md: a section for each part, replaced when the part is run again."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "evidence.md"
MOST_LINES = 60


def machine() -> str:
    """The machine, in the words that matter for a figure."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.release().split('-')[0]}"
    return f"{os.cpu_count()} cores, {memory:.0f} GB, {system}, Python {platform.python_version()}"


def written(name: str) -> list[str]:
    """What a part has printed when it was run last, as far as it came."""
    found = _section(name).search(PAGE.read_text(encoding="utf-8"))
    return found[0].split("```\n")[1].splitlines() if found else []


def _section(name: str) -> re.Pattern[str]:
    return re.compile(rf"^## {re.escape(name)}\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)


def write(name: str, *, well: bool | None, seconds: float, load: float, text: str) -> None:
    """Put a part's figures into the page, in the place where they stood before, else at its end.

    Args:
        name: of the part.
        well: whether it ended well; None while it runs.
        seconds: that it took.
        load: of the machine when it began.
        text: what it printed.
    """
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    lines = text.strip().splitlines()
    shown = (
        lines if len(lines) <= MOST_LINES else [*lines[:MOST_LINES], f"... and {len(lines) - MOST_LINES} more lines"]
    )
    end = {True: "well", False: "not well", None: "not ended"}[well]
    section = "\n".join(
        [
            f"## {name}",
            "",
            f"{day}, {machine()}, load {load:.1f} at the start: {end}, {seconds:.0f} s.",
            "",
            "```",
            *shown,
            "```",
            "",
        ]
    )
    page = PAGE.read_text(encoding="utf-8")
    old = _section(name)
    if old.search(page):
        page = old.sub(lambda _: section + "\n", page, count=1)
    else:
        page = page.rstrip("\n") + "\n\n" + section
    PAGE.write_text(page.rstrip("\n") + "\n", encoding="utf-8")
