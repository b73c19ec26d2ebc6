"""Leave out of a card and of the notes what the cause above them says already."""

from __future__ import annotations

import re
from itertools import pairwise

OWN_LINE = re.compile(r"(?:File \"(?P<file>[^\"\n]+)\"|(?P<path>[\w./-]{1,200}\.\w{1,9})), line (?P<line>\d+)")
# What a database or Pydantic adds below its error, after an empty line or not.
MORE = re.compile(
    r"$|\s|LINE \d|HINT:|DETAIL:|CONTEXT:|QUERY:|\[SQL|\[parameters|\(Background"
    r"|If you got this error by calling handler|For further information visit"
)
ERROR = re.compile(r"(?:[\w.]+\.)?\w*(?:Error|Exception): \S")
# A field of a Pydantic error whose first line was cut off.
FIELD = re.compile(r"^\S.*\n  .*\[type=.*(?:\n    For further information.*)?\n?", re.MULTILINE)


def printed_beside(printed: str, cause: str) -> str:
    """Return what the app printed without the traceback of the error that the cause names."""
    if not cause:
        return printed
    if "ValidationError" in cause:
        printed = _without_cut_fields(printed)
    kept: list[str] = []
    block: list[str] = []
    dropped = fields = False  # of a Pydantic error: below it is each field, and what is wrong with it, indented
    for line, below in pairwise([*printed.splitlines(), ""]):
        if line.startswith("Traceback (") or (not block and line.lstrip().startswith('File "')):
            kept += block
            block, dropped = [line], False
        elif block:
            block.append(line)
            if not line.startswith(" "):
                dropped = _names(cause, block)
                fields = dropped and "validation error" in line
                kept += [] if dropped else block
                block = []
        elif ERROR.match(line) and _names(cause, [line]):
            dropped = True
        elif not (dropped and (MORE.match(line) or (fields and below.startswith("  ")))):
            kept.append(line)
            dropped = False
    return "\n".join([*kept, *block]).strip()


def _without_cut_fields(printed: str) -> str:
    """Return text without the fields of a Pydantic error at its beginning, if their error's own line is missing."""
    while found := FIELD.match(printed):
        printed = printed[found.end() :]
    return printed


def _names(cause: str, block: list[str]) -> bool:
    """Return whether a cause names the error at the end of a traceback, by its words or its place."""
    said, error = " ".join(cause.split()), block[-1].strip()
    if error in said or (error.partition(": ")[2].strip()[:60] or error) in said:
        return True
    places = [(match["file"], match["line"]) for match in OWN_LINE.finditer("\n".join(block))]
    named = OWN_LINE.match(cause)
    return named is not None and (named["path"], named["line"]) in places


def message_beside(message: str, cause: str) -> str:
    """Return what happened without an error at the end of its first line that the cause contains."""
    first, end, rest = message.partition("\n")
    said, line = " ".join(cause.split()), first.strip().rstrip(".")
    if not line or not said:
        return message
    if line in said:
        return rest
    head, _, error = line.partition(": ")
    return f"{head}.{end}{rest}" if error and error in said else message


def notes_beside(notes: tuple[str, ...], cause: str) -> list[str]:
    """Return the notes that say something else than the cause, or are about another line."""
    said, place = " ".join(cause.split()), OWN_LINE.match(cause)
    return [note for note in notes if note not in said and not (place and note.startswith(f"{place[0]} "))]
