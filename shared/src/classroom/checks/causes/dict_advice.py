"""Advice about dicts that are used like lists or like objects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classroom.checks.causes.app_files import read_app_files
from classroom.checks.causes.definitions import is_dict

if TYPE_CHECKING:
    from classroom.checks.causes.scene import Scene

NOT_SUBSCRIPTABLE = re.compile(r"TypeError: (?:'int' object is not subscriptable|string indices must be integers)")
NO_ATTRIBUTE_OF_A_KEY = re.compile(r"AttributeError: '(?:int|str)' object has no attribute '(\w+)'")
LOOP = re.compile(r"\bfor[ \t]+(\w+)[ \t]+in[ \t]+([\w.]+)[ \t]*(?=:|\]|\)|,|$|if\b)", re.MULTILINE)
BY_KEY = re.compile(r"\b(?:min|max|sorted)\(\s*([\w.]+)\s*,\s*key\s*=\s*lambda\s+(\w+)\s*:")
FUNCTION = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]", re.MULTILINE)
NO_ATTRIBUTE = re.compile(r"AttributeError: '(?:dict|RealDictRow)' object has no attribute '(\w+)'")
LENGTHS = ("length", "size")


def keys_of_a_dict(scene: Scene) -> str | None:
    """Recognize a loop over a dict whose keys are used as if they were its values."""
    found = NO_ATTRIBUTE_OF_A_KEY.match(scene.text)
    if found is None and not NOT_SUBSCRIPTABLE.match(scene.text):
        return None
    use = rf"\.{found[1]}\b" if found else r"\["
    above = FUNCTION.split(scene.above)[-1]  # what belongs to the same function
    loops = [*LOOP.findall(f"{above}\n{scene.source}")]
    loops += [(variable, looped) for looped, variable in BY_KEY.findall(scene.source)]
    for variable, looped in reversed(loops):
        if re.search(rf"\b{variable}{use}", scene.source) and is_dict(looped.rpartition(".")[2], scene.folder):
            return (
                f"{looped} is a dict, and a loop over a dict gives its keys: "
                f"write {looped}.values() for its values. ({scene.error.first_line})"
            )
    return None


def dict_with_a_dot(scene: Scene) -> str | None:
    """Recognize a field of a dict that is read like an attribute."""
    found = NO_ATTRIBUTE.match(scene.text)
    if found is None or "Did you mean" in scene.text:
        return None
    used = set(re.findall(rf"([A-Za-z_][\w.]*(?:\[[^\]\n]*\])*)\.{found[1]}\b(?!\s*\()", scene.source))
    if found[1] in LENGTHS and len(used) == 1:
        return f"{found[0]}: write len({used.pop()})."
    if not used or not _is_field(found[1], scene):
        return None
    quote = "'" if re.search(r"\b[fF]\"", scene.source) else '"'  # Python 3.11 allows no others in an f-string
    field = f"[{quote}{found[1]}{quote}]"
    how = f"Write {used.pop()}{field}." if len(used) == 1 else f"Write {field} after the dict's name."
    return f"{found[0]}: a dict's fields are read with brackets. {how}"


def _is_field(name: str, scene: Scene) -> bool:
    """Return whether some dict or model of the app has a field of this name."""
    field = re.compile(rf"[\"']{name}[\"']|^[ \t]+{name}[ \t]*:", re.MULTILINE)
    return any(field.search(text) for text in read_app_files(scene.folder).texts.values())
