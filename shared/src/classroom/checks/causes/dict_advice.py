"""Advice about dicts that are used like lists or like objects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classroom.checks.causes.app_files import read_app_files
from classroom.checks.causes.definitions import definitions

if TYPE_CHECKING:
    from classroom.checks.causes.definitions import Definitions
    from classroom.checks.causes.scene import Scene

NOT_SUBSCRIPTABLE = re.compile(r"TypeError: (?:'int' object is not subscriptable|string indices must be integers)")
NO_ATTRIBUTE_OF_A_KEY = re.compile(r"AttributeError: '(?:int|str)' object has no attribute '(\w+)'")
LOOP = re.compile(r"\bfor[ \t]+(\w+)[ \t]+in[ \t]+([\w.]+)[ \t]*(?=:|\]|\)|,|$|if\b)", re.MULTILINE)
BY_KEY = re.compile(r"\b(?:min|max|sorted)\(\s*([\w.]+)\s*,\s*key\s*=\s*lambda\s+(\w+)\s*:")
FUNCTION = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]", re.MULTILINE)
NO_ATTRIBUTE = re.compile(r"AttributeError: '(?:dict|RealDictRow)' object has no attribute '(\w+)'")
COMMENT = re.compile(r"#.*$", re.MULTILINE)


def keys_of_a_dict(scene: Scene) -> str | None:
    """Recognize a loop over a dict whose keys are used as if they were its values."""
    found = NO_ATTRIBUTE_OF_A_KEY.match(scene.text)
    if found is None and not NOT_SUBSCRIPTABLE.match(scene.text):
        return None
    looped = _looped_over(rf"\.{found[1]}\b" if found else r"\[", scene)
    known = definitions(scene.folder) if looped else None
    if looped is None or known is None or not _is_dict(looped, known):
        return None
    return (
        f"{looped} is a dict, and a loop over a dict gives its keys: "
        f"write {looped}.values() for its values. ({scene.error.first_line})"
    )


def _looped_over(use: str, scene: Scene) -> str | None:
    """Return what the nearest loop goes over whose variable is used like this in the line of the error."""
    above = COMMENT.sub("", FUNCTION.split(scene.above)[-1])  # what belongs to the same function
    loops = [*LOOP.finditer(f"{above}\n{COMMENT.sub('', scene.source)}")]
    for looped, variable in BY_KEY.findall(scene.source):
        if re.search(rf"\b{variable}{use}", scene.source):
            return str(looped)
    for loop in reversed(loops):
        if re.search(rf"\b{loop[1]}{use}", scene.source):
            is_changed = re.search(rf"^[ \t]*{loop[1]}[ \t]*=(?!=)", above[loop.end() :], re.MULTILINE)
            return None if is_changed else loop[2]
    return None


def _is_dict(name: str, known: Definitions) -> bool:
    """Return whether a name, which may be a module's, is a dict of objects."""
    module, _, own = name.rpartition(".")
    return own in known.dicts and (not module or f"app/{module}.py" in known.by_file)


def dict_with_a_dot(scene: Scene) -> str | None:
    """Recognize a field of a dict that is read like an attribute."""
    found = NO_ATTRIBUTE.match(scene.text)
    if found is None or "Did you mean" in scene.text or ".format(" in scene.source:
        return None
    read = rf"(?<![\w.\])])([A-Za-z_][\w.]*(?:\[[^\]\n]*\])*)\.{found[1]}\b(?!\s*\()"
    used, known = set(re.findall(read, scene.source)), definitions(scene.folder)
    is_field = _is_field(found[1], scene)
    if found[1] == "length" and len(used) == 1 and not is_field:
        return f"{found[0]}: write len({used.pop()})."
    is_variable = re.search(rf"\b(?:def\b.*\b|for[ \t]+){found[1]}\b", scene.above)
    if not used or not is_field or is_variable or known is None:
        return None
    if any(_is_dict(each, known) or _holds_items(each, scene) for each in used):
        return None
    # In an f-string, Python 3.11 allows no quotes of its own kind.
    quote = "'" if re.search(r"\b[rR]?[fF][rR]?\"", scene.source) else '"'
    field = f"[{quote}{found[1]}{quote}]"
    how = f"Write {used.pop()}{field}." if len(used) == 1 else f"Write {field} after the dict's name."
    return f"{found[0]}: a dict's fields are read with brackets. {how}"


def _holds_items(name: str, scene: Scene) -> bool:
    """Return whether a dict is used as a collection: then one of its values was meant."""
    uses = rf"(?<![\w.]){re.escape(name)}(?:\[(?![\"'])|\.(?:values|items|get)\b)"
    return re.search(uses, f"{scene.above}\n{scene.source}") is not None


def _is_field(name: str, scene: Scene) -> bool:
    """Return whether some dict or model of the app has a field of this name."""
    field = re.compile(rf"[\"']{name}[\"']|^[ \t]+{name}[ \t]*:", re.MULTILINE)
    return any(field.search(text) for text in read_app_files(scene.folder).texts.values())
