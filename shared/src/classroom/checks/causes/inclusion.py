"""Which routers an app includes, read from the text of its files, without running any of it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_IMPORTS = 2000  # of an app that are read
# What is no code: texts and comments.
NO_CODE = re.compile(r'"""(?s:.*?)"""|\'\'\'(?s:.*?)\'\'\'|"[^"\n]*"|\'[^\'\n]*\'|#[^\n]*')
IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+)?import\b[ \t]*(\([^)]{0,2000}\)|(?:[^\n\\]|\\\n)*)", re.MULTILINE
)
IMPORTED = re.compile(r"([\w.]+|\*)(?:\s+as\s+(\w+))?")


class Import(NamedTuple):
    """A name that a file imports: `from source import name as alias`."""

    file: str
    line: int
    source: str
    name: str
    alias: str

    def bound(self, module: str, owner: str) -> str | None:
        """Return the name that it gives a module or something in it; None if it is about another one."""
        if self.name == "*":
            return owner if module == self.source.rpartition(".")[2] else module
        if module == self.source.rpartition(".")[2] or module == self.name.rpartition(".")[2]:
            return self.alias or self.name
        return None

    def router(self, module: str, owner: str) -> str | None:
        """Return how its file can write the router of a module, if the import gives a name to either."""
        if module == self.source.rpartition(".")[2]:
            return (self.alias or self.name) if self.name == owner else None
        return f"{self.alias or self.name}.{owner}" if module == self.name.rpartition(".")[2] else None


class Inclusion:
    """What an app does with its routers.

    Args:
        texts: each file's text.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self._known: dict[tuple[str, str], bool] = {}

    @cached_property
    def _code(self) -> dict[str, str]:
        """Each file without its texts and comments, line by line as before."""
        return {file: NO_CODE.sub(lambda found: "\n" * found[0].count("\n"), text) for file, text in self.texts.items()}

    @cached_property
    def _words(self) -> dict[str, set[str]]:
        """The words of each file, without its imports."""
        return {file: set(re.findall(r"\w+", IMPORT.sub("", code))) for file, code in self._code.items()}

    @cached_property
    def _imports(self) -> list[Import]:
        return [found for file, code in self._code.items() for found in _imports(file, code)][:MAX_IMPORTS]

    def has(self, file: str, owner: str) -> bool:
        """Return whether a router seems to be included: its name is used in a file that imports it.

        Args:
            file: the router's file.
            owner: its variable.
        """
        if (file, owner) not in self._known:
            self._known[file, owner] = self._has(file, owner)
        return self._known[file, owner]

    def _has(self, file: str, owner: str) -> bool:
        if owner == "app" or any(f"{owner} = FastAPI(" in text for text in self.texts.values()):
            return True
        including = {other for other, text in self.texts.items() if "include_router" in text}
        if not including or file in including:
            return bool(including)
        for found in self._imports:
            name = found.bound(stem(file), owner) if found.file != file else None
            if name is None:
                continue
            where = self._words.values() if found.file.endswith("__init__.py") else [self._words[found.file]]
            if any(name.rpartition(".")[2] in words for words in where):
                return True
        return False

    def unused_import(self, file: str, owner: str) -> str | None:
        """Return what to say about the import of a router that is not included, with its line; None without an import.

        Args:
            file: the router's file.
            owner: its variable.
        """
        for found in self._imports:
            router = found.router(stem(file), owner) if found.file != file else None
            if router:
                name = found.alias or found.name
                what = "it" if name == router else "its router"
                place = f"{found.file}, line {found.line}"
                return f"{place}: {name} is imported, but {what} is not included: app.include_router({router})."
        return None


def stem(file: str) -> str:
    """Return the name that an import gives a file: its own, or a package's for its `__init__.py`."""
    return file.removesuffix("/__init__.py").rpartition("/")[2].removesuffix(".py")


def _imports(file: str, code: str) -> Iterator[Import]:
    line, last = 1, 0
    for found in IMPORT.finditer(code):
        line, last = line + code.count("\n", last, found.start()), found.start()
        for name, alias in IMPORTED.findall(found[2]):
            yield Import(file, line, found[1] or "", name, alias)
