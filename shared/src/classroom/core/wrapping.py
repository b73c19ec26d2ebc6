"""Wrap and shorten text at words, for a terminal; a word, a path or a JSON value is never cut in two."""

from __future__ import annotations

import re

BREAK = re.compile(r"(?<=[,\[{}\]])(?=\S)")  # where JSON without spaces can go on in the next line


def wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text, none wider than `width` unless one word is; each keeps its indentation."""
    return [part for line in text.splitlines() for part in _parts(line.rstrip(), width)] or [""]


def _parts(line: str, width: int) -> list[str]:
    if len(line) <= width:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    parts, current = [], indent
    for word in line.split(" ") if not indent else line.strip().split(" "):
        for piece, glue in _pieces(word, width - len(indent)):
            gap = "" if glue or current == indent else " "
            if current != indent and len(current) + len(gap) + len(piece) > width:
                parts.append(current)
                current, gap = indent, ""
            current += gap + piece
    return [*parts, current]


def _pieces(word: str, width: int) -> list[tuple[str, bool]]:
    """Return a word, or where it is too wide what its commas and braces separate, and whether each is glued to the last."""
    pieces = [word] if len(word) <= width else BREAK.split(word)
    return [(piece, index > 0) for index, piece in enumerate(pieces)]


def shortened(text: str, width: int) -> str:
    """Return the first words of a text that fit, with an ellipsis if some do not."""
    text = " ".join(text.split())
    if len(text) <= width:
        return text
    head = text[: width - 1].rpartition(" ")[0] if " " in text[: width - 1] else text[: width - 1]
    return head.rstrip(",;:. ") + "…"
