"""Advice about schemas: rules of Pydantic that do not fit a field, and models that are used like dicts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classroom.checks.causes.app_files import find_all, find_only, read_app_files

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.checks.causes.scene import Scene

UNFIT = re.compile(r"TypeError: Unable to apply constraint '(\w{1,40})' to supplied value (.{1,80})")
UNKNOWN_FIELD = re.compile(r"Decorators defined with incorrect fields: [\w.]*?(\w{1,80}):\w+\.(\w{1,80})")
MODULE = re.compile(r"Unable to generate pydantic-core schema for <module '(\w{1,40})'")
OF_A_DICT = re.compile(
    r"AttributeError: '(\w{1,80})' object has no attribute '(items|keys|values|get|pop|copy|update)'"
)
TYPES = {"datetime": "`from datetime import date` or datetime", "uuid": "`from uuid import UUID`"}


def unfit_constraint(scene: Scene) -> str | None:
    """Recognize a rule that cannot check a field's values, such as decimal_places of a float."""
    found = UNFIT.match(scene.text)
    kind = re.search(r" for schema of type '(\w{1,40})'", scene.text)
    place = _only(rf"\b{kind[1] if kind else ''}[^\n]*\b{found[1]}\s*=", scene.folder) if found else None
    if found is None or place is None:
        return None
    if found[1] == "decimal_places":
        return f"{place}: decimal_places works for Decimal only, not for a float such as {found[2]}: check it in a validator."
    value = found[2].partition(" for schema")[0]
    return f"{place}: {found[1]}= cannot check a value such as {value}: does it belong to another type?"


def unknown_field(scene: Scene) -> str | None:
    """Recognize a field_validator for a field that the model does not have."""
    found = UNKNOWN_FIELD.search(scene.text)
    if found is None:
        return None
    decorator = re.compile(
        rf"@field_validator\(([^)\n]{{1,200}})\)\s*\n(?:[ \t]*@\w+\s*\n)?[ \t]*def {found[2]}\b", re.MULTILINE
    )
    validator = next(find_all(decorator, read_app_files(scene.folder).texts), None)
    if validator is None:
        return None
    return f"{validator.place}: @field_validator({validator.match[1]}) names a field that {found[1]} does not have."


def module_as_type(scene: Scene) -> str | None:
    """Recognize a module in the place of a type, such as `datetime` after `import datetime`."""
    found, place = MODULE.search(scene.text), scene.error.place
    if found is None or place is None:
        return None
    text = read_app_files(scene.folder).texts.get(place.file, "")
    below = text.splitlines()[place.line - 1 :]
    field = re.compile(rf"[ \t]+\w+[ \t]*:[^=#]*(?<![\w.]){found[1]}\b(?!\.)")
    line = next((place.line + number for number, each in enumerate(below) if field.match(each)), place.line)
    better = f": write {TYPES[found[1]]}" if found[1] in TYPES else ""
    return f"{place.file}, line {line}: `{found[1]}` is the module here, not a type{better}."


def model_as_dict(scene: Scene) -> str | None:
    """Recognize a model that is used like a dict."""
    found = OF_A_DICT.match(scene.text)
    if found is None or _only(rf"^class {found[1]}\((?:[\w.]+, *)*(?:BaseModel|\w+(?:In|Out))\b", scene.folder) is None:
        return None
    return f"{found[0]}: {found[1]} is a model, not a dict: model_dump() makes a dict of it."


def _only(pattern: str, folder: Path) -> str | None:
    """Return file and line of the only place where the app's code matches a pattern; None if there are others."""
    code = {file: re.sub(r"#.*", "", text) for file, text in read_app_files(folder).texts.items()}
    found = find_only(re.compile(pattern, re.MULTILINE), code)
    return found.place if found else None
