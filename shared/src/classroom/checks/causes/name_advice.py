"""Advice about a name that is not defined: most often, its import is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classroom.checks.causes.app_files import read_app_files

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.checks.causes.scene import Scene

UNDEFINED = re.compile(r"NameError: name '(\w+)' is not defined")
OTHER_LANGUAGES = {"null": "None", "true": "True", "false": "False", "undefined": "None"}
MODULES = {
    *("asyncio", "contextlib", "hashlib", "json", "logging", "math", "os", "random", "re", "secrets", "shutil", "time"),
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
TYPES = ("datetime", "timedelta")  # which are written like variables
HOMES = {name: module for module, names in NAMES.items() for name in names}


def undefined_name(scene: Scene) -> str | None:
    """Recognize a name of another language, or one whose import is missing."""
    found = UNDEFINED.match(scene.text)
    if found is None:
        return None
    if word := OTHER_LANGUAGES.get(found[1]):
        return f"{found[0]}: in Python, write {word}."
    line = _import(found[1], scene)
    return f"{found[0]}: it is not imported. Write `{line}` at the top." if line else None


def _import(name: str, scene: Scene) -> str | None:
    """Return the line that imports a name, or None if it is not known where the name comes from."""
    place = scene.error.place
    files = _defining(name, scene.folder)
    if files and place:
        # main.py imports the others; and what this file defines itself is used too early.
        others = [file for file in files if file not in (place.file, "app/main.py")]
        return f"from {_module(others[0])} import {name}" if others and place.file not in files else None
    if not (name[0].isupper() or name in TYPES or re.search(rf"\b{name}[ \t]*[.(]", scene.source)):
        return None  # a variable may have the name of a function or module
    if module := HOMES.get(name):
        return f"from {module} import {name}"
    return f"import {name}" if name in MODULES else None


def _defining(name: str, folder: Path) -> list[str]:
    """Return the files of the app that define a name."""
    defined = re.compile(rf"^(?:(?:async )?def |class )?{re.escape(name)}\b[ \t]*[:=(]", re.MULTILINE)
    return [file for file, text in read_app_files(folder).texts.items() if defined.search(text)]


def _module(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
