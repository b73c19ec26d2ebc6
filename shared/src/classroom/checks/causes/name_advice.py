"""Advice about a name that is not defined: most often, its import is missing."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from classroom.checks.causes.definitions import defining_files

if TYPE_CHECKING:
    from classroom.checks.causes.scene import Scene

UNDEFINED = re.compile(r"NameError: name '(\w+)' is not defined")
OTHER_WORDS = {"null": "None", "undefined": "None", "true": "True", "false": "False"}
OTHER_WORDS |= {"List": "list", "Dict": "dict", "Tuple": "tuple", "Set": "set"}
MODULES = {
    *("asyncio", "contextlib", "datetime", "hashlib", "json", "logging", "math", "os", "random", "re", "secrets"),
    *("shutil", "time", "uuid"),
}
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
# How a name is used that could be a variable's as well. The other functions of libraries are called.
OF_LIBRARY = {
    "func": r"\bfunc\.[a-z]",
    "status": r"\bstatus\.(?:HTTP|WS)_",
    **{
        name: rf"\b(?!lambda\b)\w+[ \t]*:[ \t]*(?:\w+\[)*{name}\b|->[ \t]*{name}\b|\b{name}\("
        rf"|\b{name}\.(?:now|today|utc|min|max|\w*from\w+|strptime|combine)\b"
        for name in ("date", "datetime", "timedelta", "timezone")
    },
}
OF_MODULE = {
    "datetime": r"\bdatetime\.(?:date|datetime|timedelta|timezone|UTC)\b",
    "json": r"\bjson\.(?:load|dump)s?\(",
    "time": r"\btime\.(?:time|sleep|monotonic|perf_counter)\b",
}
COMMON = ("app", "router")  # each file has its own


def undefined_name(scene: Scene) -> str | None:
    """Recognize a name of another language, or one whose import is missing."""
    found = UNDEFINED.match(scene.text)
    if found is None:
        return None
    if word := OTHER_WORDS.get(found[1]):
        return f"{found[0]}: in Python, write {word}."
    if found[1].islower() and "Did you mean" in scene.text:
        return None  # a variable with a typo
    line = _import(found[1], scene)
    return f"{found[0]}: it is not imported. Write `{line}` at the top." if line else None


def _import(name: str, scene: Scene) -> str | None:
    """Return the line that imports a name, or None if it is not known where the name comes from."""
    files = defining_files(name, scene.folder)
    if files:
        return _import_from_app(name, files, scene)
    if module := _module_of_app(name, scene):
        return f"from app import {module}"
    if name in MODULES and re.search(OF_MODULE.get(name, rf"\b{name}\.[a-z]"), scene.source):
        return f"import {name}"
    use = OF_LIBRARY.get(name, "" if name[0].isupper() else rf"\b{name}[ \t]*\(")
    return f"from {HOMES[name]} import {name}" if name in HOMES and re.search(use, scene.source) else None


def _import_from_app(name: str, files: dict[str, ast.stmt], scene: Scene) -> str | None:
    """Return the line that imports a name which one other file of the app defines."""
    place = scene.error.place
    if place is None or place.file in files or name in COMMON:  # what this file defines itself is used too early
        return None
    others = [file for file in files if not file.endswith("main.py")]  # which imports the others
    if len(others) != 1:
        return None
    if not name[0].isupper():  # a function: variables have the same names everywhere, as `session`, `client`, `count`
        if not isinstance(files[others[0]], ast.FunctionDef | ast.AsyncFunctionDef):
            return None
        if not re.search(rf"\b{name}[ \t]*\(|\bDepends\({name}\)", scene.source):
            return None
    return f"from {_module(others[0])} import {name}"


def _module_of_app(name: str, scene: Scene) -> str | None:
    """Return a module of the app if the line uses something of it by its name."""
    used = re.search(rf"\b{name}\.(\w+)", scene.source)
    return name if used and f"app/{name}.py" in defining_files(used[1], scene.folder) else None


def _module(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
