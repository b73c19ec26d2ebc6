"""The error that an app printed: its traceback, read as text that a submission may have written itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MAX_LINES = 2000  # of a text that are read
MAX_LINE = 300  # characters of one line
MAX_MESSAGE_LINES = 12
MAX_PARTS = 24  # of a path
PROVIDED_WITHIN = 300  # characters at the beginning of a file
FRAME = re.compile(r'  File "([^"\n]{1,400})", line (\d{1,6})(?:, in (.*))?$')
ENDPOINT = re.compile(r'\n  File "[^"\n]+", line \d+, in \w+\n    [A-Z]+ /')  # after FastAPI's validation errors
OWN_LINES = "Traceback (your own lines):"
HEADER = re.compile(r"Traceback \((?:most recent call last|your own lines)\):$")
KIND = re.compile(r"([A-Za-z_][\w.]{0,120})(?::(?: (.*))?)?$")
SYNTAX = ("SyntaxError", "IndentationError", "TabError")
HANDLED = ("RequestValidationError", "HTTPException")  # an app has handlers for these, and what follows is a handler's
CALLED_IN_DEPENDS = re.compile(r"\bDepends\(\s*(?:\w+\.)*(\w+)\(\)")
LIBRARIES = ("site-packages", "dist-packages")


@dataclass(frozen=True)
class Frame:
    """A line of the student's own code, as a traceback shows it."""

    file: str
    line: int
    source: str = ""
    function: str = ""

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


@dataclass(frozen=True)
class PrintedError:
    """An error with its traceback.

    Attributes:
        kind: the name of its class, with the module where the traceback has it.
        message: the first line of what it says.
        more: further lines, such as the statement and the caret of a database error.
        frames: the student's own lines that led to it.
        shown: the lines of source and caret that a syntax error shows.
    """

    kind: str
    message: str = ""
    more: tuple[str, ...] = ()
    frames: tuple[Frame, ...] = ()
    shown: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the error's class alone."""
        return self.kind.rpartition(".")[2]

    @property
    def place(self) -> Frame | None:
        """The last line of the student's own code."""
        return self.frames[-1] if self.frames else None

    def own_module(self, folder: Path) -> str | None:
        """Return the file of the submission that defines the error's class, or None for another class."""
        module = self.kind.rpartition(".")[0]
        return own_path(f"{module.replace('.', '/')}.py", folder) if module else None

    def of_student(self, folder: Path) -> PrintedError:
        """Return the error without the lines at its end that are in a provided file, if others led to them."""
        frames = self.frames
        while len(frames) > 1 and _is_provided(folder / frames[-1].file):
            frames = frames[:-1]
        return replace(self, frames=frames)

    def at_depends(self) -> PrintedError:
        """Return the error without what follows a `Depends(name())`, if this call raised it."""
        for index, frame in enumerate(self.frames):
            call = CALLED_IN_DEPENDS.search(frame.source)
            below = self.frames[index + 1 :]
            if call and (below[0].function == call[1] if below else call[1] + "()" in self.message):
                return replace(self, frames=self.frames[: index + 1])
        return self

    @property
    def first_line(self) -> str:
        """The error's last line in a traceback, such as `NameError: name 'x' is not defined`."""
        return f"{self.name}: {self.message}" if self.message else self.name


def first_error(printed: str, folder: Path) -> PrintedError | None:
    """Return the error that a printed text begins with, or None.

    Of chained errors it is the first one; if only a later one has lines of the student's own,
    it has those.

    Args:
        printed: what an app has printed.
        folder: the submission.
    """
    lines = _lines(printed)
    start = _next_traceback(lines, 0)
    return _error_line(lines) if start is None else _chain(lines, start, folder)[0]


def fold_tracebacks(printed: str, folder: Path) -> str:
    """Return a printed text in which each traceback has the student's own lines only, and chained errors are one.

    Args:
        printed: what an app has printed.
        folder: the submission.
    """
    lines, position = _lines(printed), 0
    folded: list[str] = []
    while (start := _next_traceback(lines, position)) is not None:
        folded += lines[position:start]
        error, position = _chain(lines, start, folder)
        folded += _short(error) if error and error.frames else lines[start:position]
    return "\n".join(folded + lines[position:])


def _short(error: PrintedError) -> list[str]:
    """Return the lines of an error's traceback with the student's lines only."""
    shown = [OWN_LINES]
    for frame in dict.fromkeys(error.frames):  # each line once, also of a function that calls itself
        shown.append(f'  File "{frame.file}", line {frame.line}' + (f", in {frame.function}" if frame.function else ""))
        shown.extend([f"    {frame.source}"] if frame.source and not (error.shown and frame == error.place) else [])
    return [*shown, *error.shown, f"{error.kind}: {error.message}" if error.message else error.kind, *error.more]


def _lines(printed: str) -> list[str]:
    return [line[:MAX_LINE] for line in printed.splitlines()[:MAX_LINES]]


def _next_traceback(lines: list[str], position: int) -> int | None:
    """Return where the next traceback begins; that of a syntax error may have no heading."""
    for number in range(position, len(lines)):
        if HEADER.match(lines[number]) or FRAME.match(lines[number]):
            return number
    return None


def _chain(lines: list[str], start: int, folder: Path) -> tuple[PrintedError | None, int]:
    """Return the first of the chained errors, and the position after the last."""
    errors: list[PrintedError] = []
    position: int | None = start
    end = start
    while position is not None:
        error, end = _block(lines, position, folder)
        errors += [error] if error else []
        position = _next_block(lines, end)
    while len(errors) > 1 and errors[0].name in HANDLED:
        errors = errors[1:]
    if not errors:
        return None, end
    error = _decisive(errors, folder)
    own = error.frames or next((error.frames for error in errors if error.frames), ())
    return replace(error, frames=own), end


def _decisive(errors: list[PrintedError], folder: Path) -> PrintedError:
    """Return the error of a chain that explains it: the first, unless the app itself has made or named the last one."""
    last = errors[-1]
    in_except = last.name == "NameError" and last.place is not None
    return last if in_except or last.own_module(folder) else errors[0]


def _error_line(lines: list[str]) -> PrintedError | None:
    """Return an error that was printed without a traceback: its line is the first one that looks like one."""
    for number, line in enumerate(lines):
        match = KIND.match(line)
        if match and re.search(r"(?:Error|Exception|Exit|Interrupt)$", match[1]):
            return PrintedError(match[1], match[2] or "", _message_lines(lines, number + 1))
    return None


def _block(lines: list[str], position: int, folder: Path) -> tuple[PrintedError | None, int]:
    """Return the error whose traceback is at this position, and the position after it."""
    frames: list[Frame] = []
    shown: tuple[str, ...] = ()
    position += HEADER.match(lines[position]) is not None
    while position < len(lines) and (lines[position].startswith(" ") or not lines[position]):
        match = FRAME.match(lines[position])
        position += 1
        if match is None:
            continue
        below = position
        while position < len(lines) and lines[position].startswith("    ") and not FRAME.match(lines[position]):
            position += 1
        shown = tuple(lines[below:position])
        file = own_path(match[1], folder)
        if file:
            frames.append(Frame(file, int(match[2]), next((line.strip() for line in shown), ""), match[3] or ""))
    match = KIND.match(lines[position]) if position < len(lines) else None
    if match is None:
        return None, position + 1
    more = _message_lines(lines, position + 1)
    carets = shown if match[1] in SYNTAX else ()
    end = position + 1 + len(more)
    end += 3 if ENDPOINT.match("\n".join(lines[end : end + 3])) else 0
    return PrintedError(match[1], match[2] or "", more, tuple(frames), carets), end


def _message_lines(lines: list[str], start: int) -> tuple[str, ...]:
    """Return the further lines of a message: up to an empty line or the next traceback."""
    found = []
    for line in lines[start : start + MAX_MESSAGE_LINES]:
        if not line.strip() or HEADER.match(line):
            break
        found.append(line)
    return tuple(found)


def _next_block(lines: list[str], position: int) -> int | None:
    """Return where the next traceback of the same chain begins, or None."""
    for number in range(position, min(position + MAX_MESSAGE_LINES, len(lines))):
        if HEADER.match(lines[number]):
            between = "\n".join(lines[position:number])
            return number if "above exception" in between else None
    return None


def own_path(path: str, folder: Path) -> str | None:
    """Return the path of a file below the submission, or None for any other file.

    In a sandbox the submission is in another folder, so the path's end is what counts.
    """
    parts = PurePosixPath(path.replace("\\", "/")).parts
    if len(parts) > MAX_PARTS or ".." in parts or any(part in LIBRARIES for part in parts):
        return None
    for start in range(len(parts)):
        name = "/".join(parts[start:])
        if not name.startswith("/") and _is_file(folder / name):
            return name
    return None


def _is_provided(path: Path) -> bool:
    """Return whether a file says at its beginning that the course has provided it."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return "(provided" in file.read(PROVIDED_WITHIN).partition("\n\n")[0]
    except (OSError, ValueError):
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
