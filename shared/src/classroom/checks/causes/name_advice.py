"""Advice about a name that is not defined: most often, its import is missing.

A wrong advice costs more than none: where a name could be something else, nothing is said.
"""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING

from classroom.checks.causes.definitions import CLASS, FUNCTION, VARIABLE, definitions

if TYPE_CHECKING:
    from classroom.checks.causes.definitions import Definitions
    from classroom.checks.causes.scene import Scene

UNDEFINED = re.compile(r"NameError: name '(\w+)' is not defined")
STRING = re.compile(r"\"[^\"]*\"|'[^']*'")
OTHER_WORDS = {"null": "None", "undefined": "None", "true": "True", "false": "False"}
OLD_TYPES = ("Dict", "List", "Set", "Tuple")
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
# Modules of the standard library, which are all loaded here or take no time to load.
MODULES = (
    *("asyncio", "contextlib", "datetime", "hashlib", "json", "logging", "math", "os", "random", "re", "secrets"),
    *("shutil", "time", "uuid"),
)
DATES = ("date", "datetime", "timedelta", "timezone")
# How names are used that others than the library have, too.
METHODS = {
    "func": r"[a-z]",
    "status": r"(?:HTTP|WS)_",
    **dict.fromkeys(DATES, r"(?:now|today|utc\w*|min|max|\w*from\w+|strptime|combine)\b"),
}
PARAMETERS = ("Body", "Cookie", "File", "Form", "Header", "Query")  # or a class not written yet
NEVER_CALLED = (*NAMES["typing"], "Enum", "UUID")  # or SQLAlchemy's
CALLED = ("Depends", "Field", "select")
STATEMENTS = ("delete", "insert", "text", "update")  # of SQLAlchemy, and natural names of other functions
BUILTIN = (dict, list, set, str)
COMMON = ("app", "router")  # each file has its own


def undefined_name(scene: Scene) -> str | None:
    """Recognize a name of another language, or one whose import is missing."""
    found = UNDEFINED.match(scene.text)
    known = definitions(scene.folder) if found else None
    if found is None or known is None:
        return None
    name, source = found[1], STRING.sub('""', scene.source)
    word = OTHER_WORDS.get(name) if not _is_called(name, source) else None
    if name in OLD_TYPES and re.search(rf"(?<![\w.]){name}\[", source):
        word = name.lower()
    if word and not known.files(name):
        return f"{found[0]}: in Python, write {word}."
    if (name.islower() and "Did you mean" in scene.text) or "Did you mean: 'self." in scene.text:
        return None  # a variable with a typo, or without its `self.`
    module = _module_of_app(name, source, known, scene) or _home(name, source, known, scene)
    return f"{found[0]}: it is not imported. Write `{module}` at the top." if module else None


def _home(name: str, source: str, known: Definitions, scene: Scene) -> str | None:
    """Return the line that imports a name from another file or from a library."""
    if files := known.files(name):
        return _import_from_app(name, source, files, known, scene)
    is_module = name in MODULES and _is_module(name, source)
    is_name = name in HOMES and _is_used_as_in_library(name, source)
    if is_module == is_name:
        return None
    return f"import {name}" if is_module else f"from {HOMES[name]} import {name}"


def _is_module(name: str, source: str) -> bool:
    """Return whether a line uses something that a module of the standard library has."""
    used = re.findall(rf"(?<![\w.]){name}\.(\w+)", source)
    if name == "time":  # also what people call a time of day, which has methods of the same names
        used = [each for each in used if each in ("monotonic", "perf_counter", "sleep", "time")]
    return any(hasattr(importlib.import_module(name), each) for each in used)


def _is_used_as_in_library(name: str, source: str) -> bool:
    """Return whether a line uses a name in the way that only what a library has is used."""
    if name in METHODS:
        is_date = name in DATES and (_is_called(name, source) or _is_annotation(name, source))
        return is_date or _has(name, METHODS[name], source)
    if name in PARAMETERS:
        return re.search(rf":[^=]*=[ \t]*{name}\(|\bAnnotated\[[^\]]*\b{name}\(", source) is not None
    if name in ("Request", "Response", "Session"):
        called = {"Response": r"|\bResponse\(", "Session": r"|\bwith[ \t]+Session\([^)\s]"}.get(name, "")
        return re.search(rf"\w[ \t]*:[ \t]*{name}\b{called}", source) is not None
    if name in NEVER_CALLED:
        base = rf"^[ \t]*class[ \t]+\w+\([^)]*\b{name}\b"
        return _is_annotation(name, source) or re.search(base, source) is not None
    return name not in CALLED or _is_called(name, source)


def _is_called(name: str, source: str) -> bool:
    return re.search(rf"(?<![\w.]){name}[ \t]*\(", source) is not None


def _has(name: str, attribute: str, source: str) -> bool:
    return re.search(rf"(?<![\w.]){name}\.{attribute}", source) is not None


def _is_annotation(name: str, source: str) -> bool:
    """Return whether a name is, or is part of, the type of a variable, a parameter, or what a function returns."""
    before = r"(?:^[ \t]*(?!else\b|try\b|finally\b)\w+[ \t]*:|->"
    before += r"|[(,][ \t]*\w+[ \t]*:)" if re.search(r"\bdef\b", source) else ")"
    kind = r"[ \t]*[\w |.\"]*(?:\[[\w\[\], |.\"]*)?"  # commas only in brackets
    return re.search(rf"{before}{kind}\b{name}\b", source) is not None


def _import_from_app(name: str, source: str, files: dict[str, str], known: Definitions, scene: Scene) -> str | None:
    """Return the line that imports a name which one other file of the app defines."""
    place = scene.error.place
    if (
        place is None or name in COMMON or name in known.bound.get(place.file, ())
    ):  # its own, used too early or elsewhere
        return None
    (file, kind), *others = files.items()
    if others or _is_cycle(file, place.file, known):
        return None
    if name[0].islower():  # variables have the same names everywhere: `session`, `client`, `count`
        is_used = _is_called(name, source) or re.search(rf"\bDepends\({name}\)", source)
        if kind != FUNCTION or name in STATEMENTS or not is_used:
            return None
    return _line(file, name)


def _is_cycle(file: str, importing: str, known: Definitions) -> bool:
    """Return whether two files would import each other; main.py imports all others."""
    return file.rpartition("/")[2] == "main.py" or _stem(importing) in known.imports.get(file, ())


def _module_of_app(name: str, source: str, known: Definitions, scene: Scene) -> str | None:
    """Return the line that imports a module of the app, if something of it is used by its name."""
    file, used = f"app/{name}.py", re.search(rf"(?<![\w.]){name}\.(\w+)", source)
    place = scene.error.place
    if used is None or place is None or place.file == file or _is_cycle(file, place.file, known):
        return None
    kind = known.by_file.get(file, {}).get(used[1])
    is_function = kind == FUNCTION and _is_called(rf"{name}\.{used[1]}", source)
    is_method = any(hasattr(each, used[1]) for each in BUILTIN)
    is_other = kind in (CLASS, VARIABLE) and used[1][0].isupper()
    return f"from app import {name}" if is_other or (is_function and not is_method) else None


def _line(file: str, name: str) -> str | None:
    parts = file.removesuffix(".py").removesuffix("/__init__").split("/")
    return f"from {'.'.join(parts)} import {name}" if all(part.isidentifier() for part in parts) else None


def _stem(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]
