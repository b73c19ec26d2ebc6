"""Advice about imports: modules that are not there, and a name that another module has, too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classroom.checks.causes.app_files import find_all, read_app_files
from classroom.core.imports import is_known, meant, missing_packages

if TYPE_CHECKING:
    from classroom.checks.causes.scene import Scene

OTHER = re.compile(r"^from http\.client import [^\n]*\bHTTPException\b", re.MULTILINE)


def missing_module(scene: Scene) -> str | None:
    """Recognize imports that work nowhere, or only on the student's own computer."""
    found = re.match(r"ModuleNotFoundError: No module named '(\w+)'", scene.text)
    place = scene.error.place
    if found is None or place is None:
        return None
    name, own = found[1], place.file.rpartition("/")[0]
    if own and ((scene.folder / own / f"{name}.py").is_file() or (scene.folder / own / name).is_dir()):
        dotted = own.replace("/", ".")
        better = re.sub(rf"\bfrom {name}\b", f"from {dotted}.{name}", scene.source)
        better = re.sub(rf"^import {name}\b", f"from {dotted} import {name}", better)
        return f"{found[0].partition(': ')[2]}: write `{better}`."
    if name in (missing := missing_packages(scene.folder / "requirements.txt")):
        return f"the package {missing[name]} is not installed. Type: python -m pip install -r requirements.txt"
    if known_as := meant(name):
        return f"{found[0].partition(': ')[2]}: write `{scene.source.replace(name, known_as, 1)}`."
    if not is_known(name, here=False):
        return f"{found[0].partition(': ')[2]}: official grading does not have this package. README.md lists the packages that it has."
    return None


def other_module(scene: Scene) -> str | None:
    """Recognize the HTTPException of Python's own http.client."""
    is_other = scene.error.kind == "http.client.HTTPException" or "HTTPException() takes no keyword" in scene.text
    found = next(find_all(OTHER, read_app_files(scene.folder).texts), None) if is_other else None
    if found is None:
        return None
    return f"{found.place}: this HTTPException is not FastAPI's: write `from fastapi import HTTPException`."
