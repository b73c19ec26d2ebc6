"""The example requests of a README: curl commands in console blocks, and the responses shown below them."""

from __future__ import annotations

import argparse
import functools
import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
FIRST_PORT = 8000
LOCAL_ADDRESSES = (f"127.0.0.1:{FIRST_PORT}", f"localhost:{FIRST_PORT}")
# Of the second and the third app where an assignment has several.
OTHER_ADDRESSES = ("127.0.0.1:8001", "127.0.0.1:8002")
CONTINUED = re.compile(r"[ \t]*\\\n[ \t]*")  # how a command goes on in the next line, with the indentation there
FORM = "application/x-www-form-urlencoded"
OPERATORS = "();<>|&"  # of a shell, where no quotes are around them


@dataclass
class Example:
    """A command line, and what the README shows below it."""

    line: int
    command: str
    shown: list[str] = field(default_factory=list)

    def request(self) -> dict[str, Any] | None:
        """Return the request, or None if the command is not exactly one request to the week's app.

        So it is None if a shell would do more than run this curl, or if curl would do more than these options say.
        """
        try:
            given, rest = _curl().parse_known_args(_words(self.command)[1:])
            headers = _headers(given.headers)
            (url,), texts = given.url, given.data + given.json
            alone = not rest and len(texts) <= 1 and _is_local(url)
        except (ValueError, argparse.ArgumentError):  # such as quotes that do not close, or an option without its value
            return None
        if not alone or any(text.startswith("@") for text in texts):  # which names a file
            return None
        if texts and "content-type" not in map(str.lower, headers):
            headers["Content-Type"] = "application/json" if given.json else FORM  # as curl does
        content = texts[0].encode() if texts else None
        return {"method": given.method, "headers": headers, "content": content, "url": url, "whole": given.whole}


def _words(command: str) -> list[str]:
    """Return the words of a curl command.

    Raises:
        ValueError: it is no curl command, or a shell would do more than run it.
    """
    lexer = shlex.shlex(command, posix=True, punctuation_chars=OPERATORS)
    lexer.whitespace_split, lexer.commenters = True, ""
    words = list(lexer)
    if words[:1] != ["curl"] or any(word and not word.strip(OPERATORS) for word in words):
        raise ValueError(command)
    return words


@functools.cache
def _curl() -> argparse.ArgumentParser:
    """Return what reads the options of curl that an example may have; what it does not know is left over."""
    parser = argparse.ArgumentParser(prog="curl", add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("-X", "--request", dest="method")
    parser.add_argument("-H", "--header", dest="headers", action="append", default=[])
    parser.add_argument("-d", "--data", action="append", default=[])
    parser.add_argument("--json", action="append", default=[])
    parser.add_argument("-i", "--include", dest="whole", action="store_true")
    parser.add_argument("-s", "--silent", action="store_true")
    parser.add_argument("-S", "--show-error", action="store_true")
    parser.add_argument("url", nargs="*")
    return parser


def _headers(lines: list[str]) -> dict[str, str]:
    """Return the headers of a command.

    Raises:
        ValueError: one is there twice, or has no value, which removes it or names a file.
    """
    pairs = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    headers = dict(pairs)
    if len(headers) < len(pairs) or not all(headers.values()):
        raise ValueError(lines)
    return headers


def _is_local(url: str) -> bool:
    """Return whether a URL is one of the week's app, in which curl reads no pattern."""
    parts = urlsplit(url)
    return (
        parts.scheme == "http"
        and parts.netloc in (*LOCAL_ADDRESSES, *OTHER_ADDRESSES)
        and not re.search(r"[\[\]{}]", url)
    )


def examples(text: str) -> Iterator[Example]:
    """Yield every command in a README's console blocks, in order."""
    for block in BLOCK.finditer(text):
        yield from in_block(block[1], text.count("\n", 0, block.start(1)) + 1)


def in_block(block: str, first_line: int = 1) -> Iterator[Example]:
    """Yield every command of one console block, which begins at this line of its page."""
    current: Example | None = None
    for number, content in enumerate(block.splitlines(), first_line):
        if current and current.command.endswith("\\") and not current.shown:
            current.command = CONTINUED.sub(_joined, f"{current.command}\n{content}")
        elif content.startswith("$ "):
            if current:
                yield current
            current = Example(number, content[2:])
        elif current:
            current.shown.append(content)
    if current:
        yield current


def _joined(gap: re.Match[str]) -> str:
    return " " if gap[0].strip("\\\n") else ""
