"""Short traceback: an error as its author should read it, with the lines of their own files only."""

from __future__ import annotations

import builtins
import difflib
import linecache
import os
import traceback
from pathlib import Path
from typing import Any

FRAMES, CHARACTERS = 8, 4000  # of a traceback, from its end
MESSAGE = 1500  # characters of what an error says
HANDLED = "_exception_handler.py"  # starlette's module that calls a handler of exceptions
BEFORE = "solve_dependencies"  # FastAPI's function that reads a request's values, before the endpoint runs
CHAINED = 3  # errors of one chain
HEADER = "Traceback (your own lines):"
BETWEEN = "\n\nDuring handling of the above exception, another exception occurred:\n\n"


def short_traceback(error: BaseException, folder: str, endpoint: Any = None) -> str:
    """Return an error with its author's own lines, after the errors that led to it there.

    Args:
        error: what was raised.
        folder: the submission.
        endpoint: the function that handled the request; its line is shown where the error has no own line, and was raised after the endpoint.
    """
    error = _only_error(error)
    top = os.path.realpath(folder) + os.sep
    called = endpoint if BEFORE not in _functions(error) else None
    shown = [_block(error, top, _handler(error) or called)]
    for origin in _origins(error):
        if block := _own_block(origin, top):
            shown.insert(0, block)
    return BETWEEN.join(shown)[-CHARACTERS:]


def _only_error(error: BaseException) -> BaseException:
    """Return the error in a group of one: a task group, such as that of FastAPI's streams of events, wraps what it raises."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _origins(error: BaseException) -> list[BaseException]:
    """Return the errors during whose handling this one was raised, the latest first."""
    found: list[BaseException] = []
    while len(found) < CHAINED:
        origin = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if origin is None or origin in found:
            break
        found.append(origin)
        error = origin
    return found


def _own_block(error: BaseException, top: str) -> str:
    """Return an error with its own lines; nothing if it has none."""
    text = _block(error, top, None)
    return text if text.startswith(HEADER) else ""


def _block(error: BaseException, top: str, function: Any) -> str:
    """Return an error with its own lines; without any, with the line of a function that called for it."""
    found = traceback.TracebackException.from_exception(error, limit=None)
    frames = [(frame.filename, frame.lineno or 0, frame.name, frame.line or "") for frame in found.stack]
    own = [frame for frame in frames if Path(frame[0]).is_absolute() and os.path.realpath(frame[0]).startswith(top)]
    if not own and not isinstance(error, SyntaxError):
        own = [frame for frame in _endpoint_frame(function) if os.path.realpath(frame[0]).startswith(top)]
    lines = []
    for file, number, name, line in own[-FRAMES:]:
        lines.append(f'  File "{os.path.realpath(file)[len(top) :].replace(os.sep, "/")}", line {number}, in {name}')
        lines.extend([f"    {line}"] if line else [])
    last = "".join(found.format_exception_only()).rstrip().replace(top, "")
    last = last if len(last) <= MESSAGE else f"{last[:MESSAGE]} …"
    last += _suggestion(error) if "Did you mean" not in last else ""
    return "\n".join([*([HEADER, *lines] if lines else []), last])


def _handler(error: BaseException) -> Any:
    """Return the exception handler that was called when the error was raised, or None."""
    step, handler = error.__traceback__, None
    while step is not None:
        if step.tb_frame.f_code.co_filename.endswith(HANDLED):
            handler = step.tb_frame.f_locals.get("handler")
        step = step.tb_next
    return handler


def _functions(error: BaseException) -> set[str]:
    """Return the names of the functions that were running when an error was raised."""
    return {step.f_code.co_name for step, _ in traceback.walk_tb(error.__traceback__)}


def _endpoint_frame(function: Any) -> list[tuple[str, int, str, str]]:
    """Return the place of a function's only `return`, or else of its `def`, as a frame; nothing if that is unknown."""
    code = getattr(function, "__code__", None)
    if code is None:
        return []
    numbers = sorted({number for _, _, number in code.co_lines() if number})
    lines = {number: linecache.getline(code.co_filename, number).strip() for number in numbers}
    returns = [number for number, line in lines.items() if line.startswith("return ")]
    if len(returns) != 1:
        first = range(code.co_firstlineno, code.co_firstlineno + 20)
        lines = {number: linecache.getline(code.co_filename, number).strip() for number in first}
        returns = [number for number, line in lines.items() if line.startswith(("def ", "async def "))]
    return [(code.co_filename, number, code.co_name, lines[number]) for number in returns[:1]]


def _suggestion(error: BaseException) -> str:
    """Return "Did you mean ..." as Python 3.12 and later add it to a name that does not exist."""
    try:
        if not isinstance(error, (NameError, AttributeError)) or not error.name:
            return ""
        close = difflib.get_close_matches(error.name, _known_names(error), 1, 0.7)
    except Exception:  # noqa: BLE001 - the object's own code, such as __dir__, may fail
        return ""
    return f". Did you mean: {close[0]!r}?" if close else ""


def _known_names(error: NameError | AttributeError) -> list[str]:
    """Return the names that could have been meant."""
    if isinstance(error, AttributeError):
        return [name for name in dir(error.obj) if not name.startswith("_")]
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    frame = last.tb_frame if last else None
    return [*frame.f_locals, *frame.f_globals, *dir(builtins)] if frame else []
