"""Advice about a name that is not defined: most often, its import is missing.

A wrong advice costs more than none: where a name could be something else, nothing is said.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classroom.checks.causes.definitions import FUNCTION, VARIABLE, definitions

if TYPE_CHECKING:
    from classroom.checks.causes.definitions import Definitions
    from classroom.checks.causes.scene import Scene

UNDEFINED = re.compile(r"NameError: name '(\w+)' is not defined")
STRING = re.compile(r"\"[^\"]*\"|'[^']*'")
OTHER_WORDS = {"null": "None", "undefined": "None", "true": "True", "false": "False"}
OTHER_WORDS |= {"List": "list", "Dict": "dict", "Tuple": "tuple", "Set": "set"}
NAMES = {
    "datetime": ("date", "datetime", "timedelta", "timezone", "UTC"),
    "enum": ("Enum", "StrEnum"),
    "fastapi": (
        *("APIRouter", "BackgroundTasks", "Body", "Cookie", "Depends", "FastAPI", "File", "Form", "Header"),
        *("HTTPException", "Query", "Request", "Response", "UploadFile", "WebSocket", "WebSocketDisconnect", "status"),
    ),
    "fastapi.responses": (
        *("FileResponse", "HTMLResponse", "JSONResponse", "PlainTextResponse", "RedirectResponse", "StreamingResponse"),
    ),
    "pydantic": ("BaseModel", "ConfigDict", "EmailStr", "Field", "field_validator", "model_validator"),
    "sqlalchemy": ("ForeignKey", "create_engine", "func", "select"),
    "sqlalchemy.orm": (
        *("DeclarativeBase", "Mapped", "Session", "joinedload", "mapped_column", "relationship", "selectinload"),
    ),
    "typing": ("Annotated", "Any", "Literal", "Optional"),
    "uuid": ("UUID", "uuid4"),
}
HOMES = {name: module for module, names in NAMES.items() for name in names}
OF_SQLALCHEMY_TOO = ("Enum", "UUID")
# How names are used that could also be variables'; other functions are called.
MODULES = {
    **dict.fromkeys(
        ("asyncio", "contextlib", "hashlib", "logging", "math", "os", "random", "re", "shutil", "uuid"), r"\w"
    ),
    "datetime": r"(?:date|datetime|timedelta|timezone|UTC)\b",
    "json": r"(?:load|dump)s?\(",
    "secrets": r"(?:token_|choice|compare_digest|randbelow)",
    "time": r"(?:time|sleep|monotonic|perf_counter)\(",
}
METHODS = {
    "func": r"[a-z]",
    "status": r"(?:HTTP|WS)_",
    **dict.fromkeys(
        ("date", "datetime", "timedelta", "timezone"), r"(?:now|today|utc\w*|min|max|\w*from\w+|strptime|combine)\b"
    ),
}
COMMON = ("app", "router")  # each file has its own


def undefined_name(scene: Scene) -> str | None:
    """Recognize a name of another language, or one whose import is missing."""
    found, known = UNDEFINED.match(scene.text), definitions(scene.folder)
    if found is None or known is None:
        return None
    name, source = found[1], STRING.sub('""', scene.source)
    if name in OTHER_WORDS and not known.files(name) and not _is_called(name, source):
        return f"{found[0]}: in Python, write {OTHER_WORDS[name]}."
    if name.islower() and "Did you mean" in scene.text:
        return None  # a variable with a typo
    module = _module_of_app(name, source, known, scene) or _home(name, source, known, scene)
    return f"{found[0]}: it is not imported. Write `{module}` at the top." if module else None


def _home(name: str, source: str, known: Definitions, scene: Scene) -> str | None:
    """Return the line that imports a name from another file or from a library."""
    if files := known.files(name):
        return _import_from_app(name, source, files, known, scene)
    is_module = name in MODULES and _has(name, MODULES[name], source)
    is_name = name in HOMES and _is_used_as_in_library(name, source)
    if is_module == is_name:
        return None
    return f"import {name}" if is_module else f"from {HOMES[name]} import {name}"


def _is_used_as_in_library(name: str, source: str) -> bool:
    """Return whether a line uses a name in the way that only what a library has is used."""
    if name in OF_SQLALCHEMY_TOO and re.search(r"\b(?:mapped_column|Column)\(", source):
        return False
    if name in ("func", "status"):
        return _has(name, METHODS[name], source)
    if name in METHODS and _has(name, METHODS[name], source):
        return True
    is_called = _is_called(name, source) and name not in NAMES["typing"]
    if name not in METHODS and name[0].islower():
        return is_called
    raised = re.search(rf"\b(?:raise|except)[ \t]+\(?[\w, ]*\b{name}\b|^[ \t]*class[ \t]+\w+\([^)]*\b{name}\b", source)
    return is_called or raised is not None or _is_annotation(name, source)


def _is_called(name: str, source: str) -> bool:
    return re.search(rf"(?<![\w.]){name}[ \t]*\(", source) is not None


def _has(name: str, attribute: str, source: str) -> bool:
    return re.search(rf"(?<![\w.]){name}\.{attribute}", source) is not None


def _is_annotation(name: str, source: str) -> bool:
    """Return whether a name is, or is part of, the type of a variable, a parameter, or what a function returns."""
    before = r"(?:^[ \t]*(?!else\b|try\b|finally\b)|[(,][ \t]*)\w+[ \t]*:|->"
    return re.search(rf"(?:{before})[ \t]*[\w\[\], |.\"]*\b{name}\b", source) is not None


def _import_from_app(name: str, source: str, files: dict[str, str], known: Definitions, scene: Scene) -> str | None:
    """Return the line that imports a name which one other file of the app defines."""
    place = scene.error.place
    if place is None or place.file in files or name in COMMON:  # what this file defines itself is used too early
        return None
    others = [file for file in files if file.rpartition("/")[2] != "main.py"]  # which imports the others
    if len(others) != 1 or _stem(place.file) in known.imports.get(others[0], ()):  # or they would import each other
        return None
    if name[0].islower():  # variables have the same names everywhere: `session`, `client`, `count`
        is_used = _is_called(name, source) or re.search(rf"\bDepends\({name}\)", source)
        if files[others[0]] != FUNCTION or not is_used:
            return None
    elif files[others[0]] != VARIABLE and not (_is_called(name, source) or _is_annotation(name, source)):
        return None
    return _line(others[0], name)


def _module_of_app(name: str, source: str, known: Definitions, scene: Scene) -> str | None:
    """Return the line that imports a module of the app, if something of it is used by its name."""
    file, used = f"app/{name}.py", re.search(rf"(?<![\w.]){name}\.(\w+)", source)
    is_other = scene.error.place is not None and scene.error.place.file != file
    return f"from app import {name}" if used and is_other and used[1] in known.by_file.get(file, {}) else None


def _line(file: str, name: str) -> str | None:
    parts = file.removesuffix(".py").removesuffix("/__init__").split("/")
    return f"from {'.'.join(parts)} import {name}" if all(part.isidentifier() for part in parts) else None


def _stem(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]
