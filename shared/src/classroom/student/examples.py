"""The example requests of a README: curl commands in console blocks, and the responses shown below them."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
LOCAL_ADDRESSES = ("127.0.0.1:8000", "localhost:8000")


@dataclass
class Example:
    """A command line, and what the README shows below it."""

    line: int
    command: str
    shown: list[str] = field(default_factory=list)

    def request(self) -> dict[str, Any] | None:
        """Return the request, or None if the command is not a request to the week's app."""
        argv = shlex.split(self.command)
        if not argv or argv[0] != "curl":
            return None
        found: dict[str, Any] = {"method": None, "headers": {}, "content": None, "url": "", "whole": False}
        rest = iter(argv[1:])
        for option in rest:
            if option in ("-X", "--request"):
                found["method"] = next(rest)
            elif option in ("-H", "--header"):
                name, _, value = next(rest).partition(":")
                found["headers"][name.strip()] = value.strip()
            elif option in ("-d", "--data", "--json"):
                found["content"] = next(rest).encode()
                if option == "--json":
                    found["headers"]["Content-Type"] = "application/json"
            elif option in ("-i", "--include"):
                found["whole"] = True
            elif not option.startswith("-"):
                found["url"] = option
        return found if urlsplit(found["url"]).netloc in LOCAL_ADDRESSES else None


def examples(text: str) -> Iterator[Example]:
    """Yield every command in a README's console blocks, in order."""
    for block in BLOCK.finditer(text):
        yield from in_block(block[1], text.count("\n", 0, block.start(1)) + 1)


def in_block(block: str, first_line: int = 1) -> Iterator[Example]:
    """Yield every command of one console block, which begins at this line of its page."""
    current: Example | None = None
    for number, content in enumerate(block.splitlines(), first_line):
        if current and current.command.endswith("\\") and not current.shown:
            current.command = current.command[:-1] + content
        elif content.startswith("$ "):
            if current:
                yield current
            current = Example(number, content[2:])
        elif current:
            current.shown.append(content)
    if current:
        yield current
