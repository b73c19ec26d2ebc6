"""Advice about dicts that are used like lists or like objects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classroom.checks.causes.app_files import read_app_files

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.checks.causes.scene import Scene

NOT_AN_OBJECT = re.compile(
    r"TypeError: 'int' object is not subscriptable|TypeError: string indices must be integers"
    r"|AttributeError: '(?:int|str)' object has no attribute '"
)
LOOP = re.compile(r"\bfor[ \t]+(\w+)[ \t]+in[ \t]+([\w.]+)[ \t]*(?=:|\]|\)|,|$|if\b)", re.MULTILINE)
NO_ATTRIBUTE = re.compile(r"AttributeError: 'dict' object has no attribute '(\w+)'")


def keys_of_a_dict(scene: Scene) -> str | None:
    """Recognize a loop over a dict whose keys are used as if they were its values."""
    if not NOT_AN_OBJECT.match(scene.text):
        return None
    for variable, looped in reversed(LOOP.findall(f"{scene.above}\n{scene.source}")):
        if re.search(rf"\b{variable}\s*[.\[]", scene.source) and _is_dict(looped.rpartition(".")[2], scene.folder):
            return (
                f"{looped} is a dict, and a loop over a dict gives its keys: "
                f"write `for {variable} in {looped}.values()`. ({scene.error.first_line})"
            )
    return None


def dict_with_a_dot(scene: Scene) -> str | None:
    """Recognize a field of a dict that is read like an attribute."""
    found = NO_ATTRIBUTE.match(scene.text)
    used = re.search(rf"\b([A-Za-z_]\w*)\.{found[1]}\b(?!\s*\()", scene.source) if found else None
    if found is None or used is None:
        return None
    return f'{found[0]}: a dict\'s fields are read with brackets. Write {used[1]}["{found[1]}"].'


def _is_dict(name: str, folder: Path) -> bool:
    """Return whether the app sets a variable of this name to a dict."""
    made = re.compile(rf"^[ \t]*{re.escape(name)}[ \t]*(?::[^=\n]*)?=[ \t]*(?:\{{|dict\()", re.MULTILINE)
    return any(made.search(text) for text in read_app_files(folder).texts.values())
