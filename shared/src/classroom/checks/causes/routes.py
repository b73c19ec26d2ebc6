"""The routes of a submission, read from the text of its files, without running any of it."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from classroom.checks.causes.app_files import find_all, read_app_files
from classroom.checks.causes.inclusion import Inclusion, stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MAX_ROUTES = 200
DEF_WITHIN = 12  # lines from a decorator to its function
BODY_LINES = 60
DECORATOR = re.compile(
    r"^[ \t]*@(\w{1,40})\.(get|post|put|patch|delete|head)\(\s*(?:path\s*=\s*)?[rfR]?[\"']([^\"'\n]{0,200})[\"']",
    re.MULTILINE,
)
ROUTER = re.compile(r"^(\w{1,40})\s*=\s*APIRouter\([^)]{0,300}?prefix\s*=\s*[\"']([^\"'\n]{0,100})[\"']", re.MULTILINE)
INCLUDED = re.compile(r"include_router\(\s*(\w{1,40})[^)]{0,200}?prefix\s*=\s*[\"']([^\"'\n]{0,100})[\"']")
DEF = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w{1,80})[ \t]*\(")
APP = re.compile(r"^app\s*=\s*FastAPI\(", re.MULTILINE)
NO_AT = re.compile(
    r"^app\.(get|post|put|patch|delete)\([\"']([^\"'\n]{0,200})[\"'][^\n)]{0,200}\)(?=\s*\n(?:async )?def )",
    re.MULTILINE,
)
NO_PATH = re.compile(r"^@\w{1,40}\.(?:get|post|put|patch|delete)$", re.MULTILINE)
# A path that is not written as one text after the @, so that there may be routes that are not found.
UNREADABLE = re.compile(
    r"@\w{1,40}\.(?:get|post|put|patch|delete|head)\((?!\s*(?:path\s*=\s*)?[rR]?(?:\"[^\"\n]*\"|'[^'\n]*')\s*[,)])"
    r"|\b(?:app|\w{0,40}router)\.(?:get|post|put|patch|delete|head)\([^\n]{0,200}\)\("
    r"|\.(?:add_api_route|api_route|add_route|route|mount|host)\("
    r"|(?<!\bapp)\.include_router\("
    r"|\b(?:APIRouter|include_router)\([^)]{0,300}?prefix\s*=(?!\s*[\"'])"
)
TWICE = re.compile(r"^((?:/[\w-]+)+)\1(?![\w-])")  # a router's prefix, and again in its paths
PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass(frozen=True)
class Route:
    """One route as it is declared.

    Attributes:
        method: such as `GET`.
        path: such as `/items/{item_id}`.
        file: where it is declared.
        line: of its decorator.
        owner: the variable of the app or router that it is declared on.
        function: the name of its function.
        decorator: the text from its decorator to the function.
        body: the lines of the function, each with its number.
    """

    method: str
    path: str
    file: str
    line: int
    owner: str
    function: str
    decorator: str
    body: tuple[tuple[int, str], ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def matches(self, path: str) -> bool:
        """Return whether a request for this path can reach the route."""
        return _matches(self.path, path)

    @property
    def matches_anything(self) -> bool:
        """Whether it has parameters and no words, so that it fits paths that were never meant for it."""
        parts = [part for part in self.path.split("/") if part]
        return bool(parts) and all("{" in part for part in parts)

    @property
    def is_stub(self) -> bool:
        """Whether it is not written yet."""
        return any(re.match(r"\s*raise NotImplementedError", line) for _, line in self.body)

    @property
    def parameters(self) -> list[str]:
        """The names in the path."""
        return PARAMETER.findall(self.path)


class Routes:
    """All routes of a submission.

    Args:
        folder: the submission.

    Attributes:
        texts: the files of its app.
        found: the routes.
        inclusion: which of their routers are in the app.
        complete: whether these are all: each path could be read, and no file was left out.
    """

    def __init__(self, folder: Path) -> None:
        files = read_app_files(folder)
        self.texts = files.texts
        self.inclusion = Inclusion(self.texts)
        prefixes = {name: prefix for text in self.texts.values() for name, prefix in INCLUDED.findall(text)}
        routes = (route for file, text in self.texts.items() for route in _routes(file, text, prefixes))
        self.found = list(islice(routes, MAX_ROUTES))
        self.complete = files.complete and len(self.found) < MAX_ROUTES and self._all_read(prefixes)

    def _all_read(self, prefixes: Iterable[str]) -> bool:
        """Return whether each path is one text, and each included prefix is that of a module or of one file's router."""
        modules = {stem(file) for file in self.texts}
        owners = Counter(owner for owner, _ in {(route.owner, route.file) for route in self.found})
        return all(name in modules or owners[name] == 1 for name in prefixes) and not any(
            UNREADABLE.search(text) for text in self.texts.values()
        )

    def handler(self, method: str, path: str) -> Route | None:
        """Return the first route that a request reaches, or would reach if its router were included."""
        fitting = [route for route in self.found if route.method == method and route.matches(path)]
        return next((route for route in fitting if self.has(route)), fitting[0] if fitting else None)

    def has(self, route: Route) -> bool:
        """Return whether a route is in the app, as far as its files tell."""
        return self.inclusion.has(route.file, route.owner)

    def all_of(self, path: str) -> list[Route]:
        """Return the app's routes of any method that match a path."""
        return [route for route in self.found if route.matches(path) and self.has(route)]

    def nearest(self, method: str, path: str, least: float = 0.75) -> Route | None:
        """Return the route that is most likely meant by a path that no route has, if it is at least so alike."""
        likely = [route for route in self.found if route.method == method and not route.matches(path)]
        close = [(_likeness(route, path), route) for route in likely]
        best = max(close, key=lambda pair: pair[0], default=(0.0, None))
        return best[1] if best[0] >= least else None

    def second_app(self) -> tuple[str, int] | None:
        """Return file and line of a second `app = FastAPI()`, below routes of the first."""
        for file, text in self.texts.items():
            made = [match.start() for match in APP.finditer(text)]
            if len(made) > 1 and DECORATOR.search(text, made[0], made[-1]):
                return file, text.count("\n", 0, made[-1]) + 1
        return None

    def without_at(self, method: str, path: str) -> tuple[str, int, str] | None:
        """Return file, line and text of a decorator for this route that lacks its @."""
        for file, line, match in find_all(NO_AT, self.texts):
            if match[1].upper() == method and _matches(match[2], path):
                return file, line, match[0].strip()
        return None

    def without_path(self) -> tuple[str, int, str] | None:
        """Return file, line and text of a decorator without parentheses."""
        found = next(find_all(NO_PATH, self.texts), None)
        return (found.file, found.line, found.match[0]) if found else None

    def undecorated(self, path: str) -> tuple[str, int, str] | None:
        """Return file, line and name of a function without a decorator whose name has a word of the path."""
        words = list(re.findall(r"[a-z]{3,}", path.casefold()))
        for file, text in self.texts.items():
            lines = text.splitlines() if "FastAPI(" in text or "APIRouter(" in text else []
            for number, line in enumerate(lines):
                match = DEF.match(line)
                if match is None or line.startswith((" ", "\t")):
                    continue
                named = any(word.removesuffix("s") in match[1].casefold() for word in words)
                if named and not _is_decorated(lines, number) and not self._is_called(match[1]):
                    return file, number + 1, match[1]
        return None

    def _is_called(self, function: str) -> bool:
        """Return whether a function is called, or depended on, so that it is no endpoint."""
        used = re.compile(rf"(?<!def )\b{function}\(|\bDepends\(\s*{function}\b")
        return any(used.search(text) for text in self.texts.values())


def _routes(file: str, text: str, included: dict[str, str]) -> Iterator[Route]:
    own = dict(ROUTER.findall(text))
    lines = text.splitlines()
    for match in islice(DECORATOR.finditer(text), MAX_ROUTES):
        line = text.count("\n", 0, match.start()) + 1
        outer = included.get(stem(file), included.get(match[1], "")) if match[1] != "app" else ""
        path = outer + own.get(match[1], "") + match[3]
        start = next((n for n in range(line, min(line + DEF_WITHIN, len(lines))) if DEF.match(lines[n])), None)
        if start is None:
            continue
        name = DEF.match(lines[start])
        body = _body(lines, start)
        yield Route(
            match[2].upper(),
            path,
            file,
            line,
            match[1],
            name[1] if name else "",
            "\n".join(lines[line - 1 : start]),
            body,
        )


def _body(lines: list[str], start: int) -> tuple[tuple[int, str], ...]:
    """Return the lines of a function, from its `def` to the next line that is indented as little."""
    indent = len(lines[start]) - len(lines[start].lstrip())
    found = [(start + 1, lines[start])]
    for number in range(start + 1, min(start + BODY_LINES, len(lines))):
        line = lines[number]
        if line.strip() and len(line) - len(line.lstrip()) <= indent and not line.lstrip().startswith((")", "#")):
            break
        found.append((number + 1, line))
    return tuple(found)


def _is_decorated(lines: list[str], number: int) -> bool:
    """Return whether the lines above a function are a decorator."""
    near = reversed(lines[max(0, number - DEF_WITHIN) : number])
    above = next((line for line in near if not line.lstrip().startswith("#")), "")
    return above.lstrip().startswith(("@", ")", '"', "'")) or above.rstrip().endswith((",", ")"))


def _matches(pattern: str, path: str) -> bool:
    """Return whether a path fits a pattern with parameters such as `{item_id}`."""
    ours, theirs = pattern.split("/"), path.split("/")
    return len(ours) == len(theirs) and all("{" in own or own == other for own, other in zip(ours, theirs, strict=True))


def _likeness(route: Route, path: str) -> float:
    """Return how alike a route and a path are, from 0 to 1; a path with as many parts is more alike."""
    if route.path.strip("/") == path.strip("/") or _matches(re.sub(TWICE, r"\1", route.path), path):
        return 1.0
    ratio = difflib.SequenceMatcher(None, _filled(route, path), path).ratio()
    return ratio if route.path.count("/") == path.count("/") else ratio - 0.2


def _stands_for_any(part: str) -> bool:
    """Return whether a part of a path is a parameter, or was meant to be one: {id}, <id>, :id, item_id."""
    return re.search(r"[{<:]|_id$", part) is not None


def _filled(route: Route, path: str) -> str:
    """Return a route's path with its parameters taken from a real path, so that only its own words differ."""
    theirs = path.split("/")
    parts = [
        theirs[number] if _stands_for_any(part) and number < len(theirs) else part
        for number, part in enumerate(route.path.split("/"))
    ]
    return "/".join(parts)
