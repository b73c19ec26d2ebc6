"""Advice about the tables of SQLAlchemy: how a row is found by its key, and how tables are linked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classroom.checks.causes.app_files import find_all, read_app_files

if TYPE_CHECKING:
    from classroom.checks.causes.scene import Scene

SWAPPED = re.compile(r"\.get\(\s*([a-z_][\w.]{0,60})\s*,\s*([A-Z]\w{0,60})")
NO_COLUMN = re.compile(r"Could not initialize target column for ForeignKey '(\w{1,60})'")
UNDEFINED = re.compile(r"NameError: name '(\w{1,60})' is not defined")


def get_swapped(scene: Scene) -> str | None:
    """Recognize `session.get(resource_id, Resource)`."""
    found = SWAPPED.search(scene.source) if "No inspection system is available" in scene.text else None
    return f"get() takes the class first: write get({found[2]}, {found[1]}). ({scene.error.name})" if found else None


def key_without_column(scene: Scene) -> str | None:
    """Recognize a ForeignKey that names a table and none of its columns."""
    found = NO_COLUMN.search(scene.text)
    if found is None:
        return None
    key = re.compile(rf"\bForeignKey\(\s*[\"']{found[1]}[\"']")
    where = next(find_all(key, read_app_files(scene.folder).texts), None)
    if where is None:
        return None
    return f'{where.place}: a ForeignKey names a table and its column, as in ForeignKey("{found[1]}.id").'


def defined_below(scene: Scene) -> str | None:
    """Recognize a class that a relationship uses above the line that defines it."""
    found, place = UNDEFINED.match(scene.text), scene.error.place
    if found is None or place is None or "relationship(" not in scene.above.rpartition("\n\n")[2] + scene.source:
        return None
    text = read_app_files(scene.folder).texts.get(place.file, "")
    defined = re.search(rf"^class {found[1]}\b", text, re.MULTILINE)
    line = text.count("\n", 0, defined.start()) + 1 if defined else 0
    used = re.search(rf"(?<![\w.\"']){found[1]}(?:\.\w+)*", scene.source)
    if used is None or line <= place.line:
        return None
    return f'{found[1]} is defined further down, on line {line}: write it in quotes here, "{used[0]}".'
