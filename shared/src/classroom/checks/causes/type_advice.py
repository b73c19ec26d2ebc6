"""Advice about classes that are confused: a schema is what FastAPI needs, and the class of a table what SQLAlchemy stores."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from classroom.checks.causes.app_files import read_app_files

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.checks.causes.scene import Scene

SAID = "Invalid args for response field"
KIND = re.compile(r"check that <class '(?:[\w.]*\.)?(\w+)'>|check that ([\w.\[\]]+)")
TABLE = re.compile(r"__tablename__|\bMapped\[")


class _Class(NamedTuple):
    """A class of the app: its base classes as they are written, and its body."""

    bases: str
    body: str


def invalid_type(scene: Scene) -> str | None:
    """Recognize a class that is neither a schema nor a dependency."""
    if SAID not in scene.text:
        return None
    if "<function Depends at" in scene.text:
        return f"Depends is not called: write Depends(...), with parentheses. ({SAID})"
    kind = KIND.search(scene.text)
    name = (kind[1] or kind[2]) if kind else "this type"
    alone = name.rstrip("]").rpartition("[")[2].rpartition(".")[2]
    found = _class(alone, scene.folder)
    if found and TABLE.search(found.body):
        end = "" if _returned(alone, scene) else ", or is Depends(...) missing?"
        return f"{alone} is a table class, not a schema: write a class that inherits from BaseModel{end} ({SAID})"
    if found and not found.bases and ("def " not in found.body or _returned(alone, scene)):
        return f"{alone} is not a schema: write `class {alone}(BaseModel):`. ({SAID})"
    return f"{name} cannot be the type of a parameter or response: is Depends(...) missing? ({SAID})"


def not_a_row(scene: Scene) -> str | None:
    """Recognize a schema that is stored or linked as if it were a row of a table."""
    found = re.search(r"'(\w+)' object has no attribute '_sa_instance_state'", scene.text)
    if found is None:
        return None
    if _class(found[1], scene.folder) is None:
        return f"a relationship takes a row, not its id or its values. ({scene.error.first_line})"
    return f"{found[1]} is a schema, not a table class: make a row from its values first. ({scene.error.name})"


def _class(name: str, folder: Path) -> _Class | None:
    """Return a class of the app by its name."""
    head = re.compile(rf"^class {re.escape(name)}[ \t]*(?:\(([^)\n]*)\))?:(.*(?:\n(?:[ \t].*)?)*)", re.MULTILINE)
    for text in read_app_files(folder).texts.values():
        if match := head.search(text):
            return _Class((match[1] or "").strip(), match[2])
    return None


def _returned(name: str, scene: Scene) -> bool:
    """Return whether the endpoint names a class as what it returns."""
    signature = scene.statement.partition(":\n")[0]
    return re.search(rf"(?:response_model\s*=|->)[\w\s\[.|]*\b{re.escape(name)}\b", signature) is not None
