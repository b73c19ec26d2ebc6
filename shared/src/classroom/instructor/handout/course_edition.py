"""The student edition of the whole course: every week with its extras, the kit, and a README of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.core.assignment import Assignment, duration, weeks
from classroom.instructor.handout.extras import add_go_further, copy_extras
from classroom.instructor.handout.layout import TEMPLATES, copy, copy_kit, copy_named, copy_pages, copy_week
from classroom.instructor.week_rows import ROW, with_row

if TYPE_CHECKING:
    from pathlib import Path

COURSE = ("Makefile", "LICENSE", "shared/prepare.py", "shared/requirements.lock", "shared/requirements.in")
EDITORS = (".vscode", ".devcontainer")


def copy_course(top: Path, tree: Path) -> dict[str, str]:
    """Copy the whole course with its kit; return what was left out, as `copy_named` does."""
    for name in COURSE:
        copy(top / name, tree / name)
    copy(TEMPLATES / "AGENTS.md", tree / "AGENTS.md")
    copy_pages(top, tree)
    left_out = copy_named(top, EDITORS, tree)
    for folder in weeks(top).values():
        assignment = Assignment.load(folder)
        found = copy_week(assignment, tree / assignment.name)
        found |= copy_extras(assignment, tree / assignment.name)
        left_out |= {f"{folder.name}/{name}": reason for name, reason in found.items()}
    copy_kit(top / "shared", tree / "shared")
    _write_readme(tree)
    return left_out


def _write_readme(tree: Path) -> None:
    """Write the student edition's README, with a row for each week that the course has."""
    text = (TEMPLATES / "README.md").read_text(encoding="utf-8")
    known = {row["week"] for row in ROW.finditer(text)}
    for number, folder in weeks(tree).items():
        if folder.name not in known:
            week = Assignment.load(folder)
            row = f"| [{number}]({folder.name}/README.md) | {week.title} | {duration(week.minutes)} |\n"
            text = with_row(text, number, row)
    text = ROW.sub(lambda row: row[0] if (tree / row["week"]).is_dir() else "", text)
    (tree / "README.md").write_text(text, encoding="utf-8")
    add_go_further([Assignment.load(folder) for folder in weeks(tree).values()], tree)
