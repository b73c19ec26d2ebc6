"""The extras that are handed out with their week: their files, and what the READMEs say about them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classroom.core.assignment import EXTRA, Assignment, duration
from classroom.core.course import extras
from classroom.instructor.handout.extra_readme import with_week
from classroom.instructor.handout.layout import PAGES, TEMPLATES, UNTRACKED, copy_week, is_tracked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def copy_extras(assignment: Assignment, tree: Path, *, draft: bool = False) -> dict[str, str]:
    """Copy a week's extra exercises into the copy of the week; return what was left out, as `copy_named` does."""
    left_out: dict[str, str] = {}
    for place, extra in extras_of(assignment).items():
        if draft or is_tracked(extra):
            found = copy_week(extra, tree / place, draft=draft)
            left_out |= {f"{place}/{name}": reason for name, reason in found.items()}
        else:
            left_out[place] = UNTRACKED
    return left_out


def extras_of(assignment: Assignment) -> dict[str, Assignment]:
    """Return a week's extra exercises, by their place in the week."""
    return {f"{EXTRA}/{name}": Assignment.load(folder) for name, folder in extras(assignment.folder).items()}


def add_go_further(weeks: Sequence[Assignment], tree: Path) -> None:
    """Add a section about the extras of these weeks to the README of the tree that contains them, if there are any."""
    rows = [_row(week, extra, tree) for week in weeks for extra in extras_of(week).values()]
    if rows:
        text = (TEMPLATES / "extras.md").read_text(encoding="utf-8")
        if not all((tree / page).is_file() for page in PAGES):
            text = re.sub(rf".*({'|'.join(map(re.escape, PAGES))}).*\n", "", text)
        first = next(extra.name for week in weeks for extra in extras_of(week).values())
        with (tree / "README.md").open("a", encoding="utf-8") as readme:
            readme.write(text.replace("{extra}", first) + "".join(rows))


def _row(week: Assignment, extra: Assignment, tree: Path) -> str:
    number = re.sub(r"^week0*(\d+).*", r"\1", week.name)
    place = extra.folder.relative_to(tree.resolve()).as_posix()
    return f"| {number} | [{extra.name}]({place}/README.md) | {extra.title} | {duration(extra.minutes)} |\n"


def rewrite_readmes(week: Assignment) -> None:
    """Let the READMEs of a published week's extras say how they are set up and checked in the week's repository."""
    for extra in extras_of(week).values():
        readme = extra.folder / "README.md"
        readme.write_text(with_week(readme.read_text(encoding="utf-8"), extra.name), encoding="utf-8")
