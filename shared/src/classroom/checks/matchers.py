"""Matchers: compare a response with what a task asks for, and describe the first difference."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

SHOWN = 200
NAMES = {
    str: "a string",
    int: "an integer",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}


class Matcher:
    """Something that stands for several values in expected JSON."""

    def mismatch(self, found: Any, path: str) -> str | None:
        """Return a sentence about why `found` does not match, or None if it does. `path` is where it is."""
        raise NotImplementedError


class _Anything(Matcher):
    def mismatch(self, found: Any, path: str) -> str | None:
        del found, path
        return None


anything = _Anything()


class exactly(Matcher):  # noqa: N801 - reads as a word in a check
    """Matches an object with these keys and no others."""

    def __init__(self, expected: dict[str, Any]) -> None:
        self.expected = expected

    def mismatch(self, found: Any, path: str) -> str | None:
        """Return a sentence about the mismatch, or None."""
        if isinstance(found, dict) and (extra := sorted(set(found) - set(self.expected))):
            return f"{_in(path)} there is {show(extra[0])}, which is not expected."
        return difference(found, self.expected, path)


class one_of(Matcher):  # noqa: N801
    """Matches any of these values."""

    def __init__(self, *values: Any) -> None:
        self.values = values

    def mismatch(self, found: Any, path: str) -> str | None:
        """Return a sentence about the mismatch, or None."""
        if any(difference(found, value, path) is None for value in self.values):
            return None
        return f"{_at(path)} is {show(found)}, expected {' or '.join(show(value) for value in self.values)}."


class unordered(Matcher):  # noqa: N801
    """Matches a list of these values in any order."""

    def __init__(self, values: list[Any]) -> None:
        self.values = values

    def mismatch(self, found: Any, path: str) -> str | None:
        """Return a sentence about the mismatch, or None."""
        if not isinstance(found, list):
            return f"{_at(path)} is {show(found)}, expected a list."
        left = list(found)
        for value in self.values:
            for index, candidate in enumerate(left):
                if difference(candidate, value, path) is None:
                    del left[index]
                    break
            else:
                return f"{_in(path)} {show(value)} is missing."
        return f"{_in(path)} {show(left[0])} is too many." if left else None


class matching(Matcher):  # noqa: N801
    """Matches a value for which `holds` returns something true.

    Args:
        holds: called with the value; an exception counts as false.
        name: what such a value is called, such as "a date".
    """

    def __init__(self, holds: Callable[[Any], Any], name: str) -> None:
        self.holds = holds
        self.name = name

    def mismatch(self, found: Any, path: str) -> str | None:
        """Return a sentence about the mismatch, or None."""
        try:
            if self.holds(found):
                return None
        except Exception:  # noqa: BLE001, S110 - the value may be anything
            pass
        return f"{_at(path)} is {show(found)}, expected {self.name}."


def difference(found: Any, expected: Any, path: str = "") -> str | None:
    """Return a sentence about the first difference between `found` and `expected`, or None if they match.

    Args:
        found: decoded JSON.
        expected: decoded JSON, in which an object lists the keys that count, a type stands for any value of that type,
            and matchers may be anywhere.
        path: where in the response `found` is, such as `[2].name`.
    """
    if isinstance(expected, Matcher):
        return expected.mismatch(found, path)
    if isinstance(expected, type):
        return None if _of_type(found, expected) else f"{_at(path)} is {show(found)}, expected {NAMES[expected]}."
    if isinstance(expected, dict):
        return _dict_difference(found, expected, path)
    if isinstance(expected, list | tuple):
        return _list_difference(found, list(expected), path)
    return None if _same(found, expected) else f"{_at(path)} is {show(found)}, expected {show(expected)}."


def _dict_difference(found: Any, expected: dict[str, Any], path: str) -> str | None:
    if not isinstance(found, dict):
        return f"{_at(path)} is {show(found)}, expected an object with {', '.join(map(repr, expected)) or 'no keys'}."
    for key, value in expected.items():
        if key not in found:
            return f"{_in(path)} the field {key!r} is missing."
        if mismatch := difference(found[key], value, f"{path}.{key}" if path else key):
            return mismatch
    return None


def _list_difference(found: Any, expected: list[Any], path: str) -> str | None:
    if not isinstance(found, list):
        return f"{_at(path)} is {show(found)}, expected a list."
    for index, (value, wanted) in enumerate(zip(found, expected, strict=False)):
        if mismatch := difference(value, wanted, f"{path}[{index}]"):
            return mismatch
    if len(found) != len(expected):
        return f"{_at(path)} has {_count(len(found))}, expected {len(expected)}."
    return None


def _count(number: int) -> str:
    return "1 entry" if number == 1 else f"{number} entries"


def _of_type(found: Any, kind: type) -> bool:
    if isinstance(found, bool):
        return kind is bool
    return isinstance(found, (int, float) if kind is float else kind)


def _same(found: Any, expected: Any) -> bool:
    if isinstance(found, bool) or isinstance(expected, bool):
        return found is expected
    if isinstance(found, int | float) and isinstance(expected, int | float | Decimal):
        return Decimal(str(found)) == Decimal(str(expected))
    return type(found) is type(expected) and bool(found == expected)


def show(value: Any) -> str:
    """Return a value as JSON, short enough for a sentence."""
    import json

    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _at(path: str) -> str:
    return f"`{path}`" if path else "The response"


def _in(path: str) -> str:
    return f"In `{path}`" if path else "In the response"
