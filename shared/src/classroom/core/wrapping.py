"""Wrap and shorten text at words, for a terminal; a path or an address is cut in two only where it has to fit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON = re.compile(r"\s*[\[{]\s*[\"\[{]")
BREAK = re.compile(r"(?<=,)(?=\S)")  # where JSON without spaces can go on in the next line
SIGN = re.compile(r"(?<=[/_.?&=, -])(?=\S)")  # where a path, an address or a name can
SPACE = re.compile(
    r"(?<!\bGET)(?<!\bPUT)(?<!\bPOST)(?<!\bHEAD)(?<!\bPATCH)(?<!\bDELETE) "
)  # a method stays with its path
VALUES = re.compile(r"(?<=,)\s*(?=\S)")


def wrapped(text: str, width: int, at: re.Pattern[str] = BREAK) -> list[str]:
    """Return the lines of a string, none wider than `width` unless one word is; each keeps its indentation.

    Args:
        text: the string.
        width: of a line.
        at: where a word that is too wide may go on in the next line.
    """
    return [part for line in text.splitlines() for part in _parts(line.rstrip(), width, at)] or [""]


def fitted(text: str, width: int) -> list[str]:
    """Return the lines of a string, none wider than `width`: a word that is too wide breaks after a sign, or anywhere."""
    lines = wrapped(text, width, SIGN)
    return [line[at : at + width] for line in lines for at in range(0, max(len(line), 1), width)]


def _parts(line: str, width: int, at: re.Pattern[str]) -> list[str]:
    if len(line) <= width:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    parts, current = [], indent
    for gap, piece in _pieces(line.strip(), width - len(indent), at):
        if current != indent and len(current) + len(gap) + len(piece) > width:
            parts.append(current)
            current = indent
        current += piece if current == indent else gap + piece
    return [*parts, current]


def _pieces(text: str, width: int, at: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Yield the pieces that a line can be made of, each with the space before it: values of JSON, else words."""
    if JSON.match(text) and VALUES.search(text):
        for position, value in _split(VALUES, text):
            gap = text[position : position + 1] if text[position : position + 1] == " " else ""
            if len(value) <= width:
                yield gap, value
            else:
                yield from _words(value, width, gap, at)
    else:
        yield from _words(text, width, "", at)


def _split(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, str]]:
    """Yield the parts of a string between matches, each with the position at which the match before it begins."""
    begin, position = 0, 0
    for match in pattern.finditer(text):
        yield position, text[begin : match.start()]
        position, begin = match.start(), match.end()
    yield position, text[begin:]


def _words(text: str, width: int, gap: str, at: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Yield the words of a string, one that is too wide in pieces."""
    for index, word in enumerate(SPACE.split(text)):
        for number, piece in enumerate([word] if len(word) <= width else at.split(word)):
            yield "" if number else " " if index else gap, piece


def shortened(text: str, width: int) -> str:
    """Return the first words of a string that fit, with an ellipsis if some do not."""
    text = " ".join(text.split())
    if len(text) <= width:
        return text
    head = text[: width - 1].rpartition(" ")[0] if " " in text[: width - 1] else text[: width - 1]
    return head.rstrip(",;:. ") + "…"
