"""Matchers: compare a response with what a task asks for, and describe the first difference."""

from __future__ import annotations

import difflib
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from classroom.checks.list_difference import list_difference

if TYPE_CHECKING:
    from collections.abc import Callable

SHOWN = 200
NAMED = {str: "string", int: "number", float: "number", Decimal: "number"}
SHORT = 60  # characters of a value whose kind matters more than its content
MANY = 5  # keys of an object that are named
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
            return f"{_at(path)} is {kind(found)}, expected a list."
        left = list(found)
        for value in self.values:
            for index, candidate in enumerate(left):
                if _matches(candidate, value):
                    del left[index]
                    break
            else:
                return self._words(found, path) or f"{_in(path)} {show(value)} is missing."
        return (self._words(found, path) or f"{_in(path)} {show(left[0])} is one too many.") if left else None

    def _words(self, found: list[Any], path: str) -> str | None:
        return list_difference(found, self.values, _matches, _the_list(path), ordered=False)


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
        return None if _of_type(found, expected) else f"{_at(path)} is {kind(found)}, expected {NAMES[expected]}."
    if isinstance(expected, dict):
        return _dict_difference(found, expected, path)
    if isinstance(expected, list | tuple):
        return _list_difference(found, list(expected), path)
    return None if _same(found, expected) else f"{_at(path)} is {_two_values(found, expected)}."


def _matches(found: Any, expected: Any) -> bool:
    return difference(found, expected) is None


def _dict_difference(found: Any, expected: dict[str, Any], path: str) -> str | None:
    if not isinstance(found, dict):
        return f"{_at(path)} is {kind(found)}, expected an object with {', '.join(map(repr, expected)) or 'no keys'}."
    for key, value in expected.items():
        if key not in found:
            return f"{_in(path)} the field {key!r} is missing{_instead(key, found, expected)}."
        if mismatch := difference(found[key], value, f"{path}.{key}" if path else key):
            return mismatch
    return None


def _instead(key: str, found: dict[str, Any], expected: dict[str, Any]) -> str:
    """Return which field is probably meant by a missing one, or which ones are there."""
    others = [name for name in found if name not in expected]
    if close := difflib.get_close_matches(key, others, 1, 0.6):
        return f': there is "{close[0]}" instead'
    if around := next((name for name in others if isinstance(found[name], dict) and key in found[name]), None):
        return f': it is inside "{around}"'
    return f": there is {_names(found)}" if found else ": the object is empty"


def _list_difference(found: Any, expected: list[Any], path: str) -> str | None:
    if not isinstance(found, list):
        return f"{_at(path)} is {kind(found)}, expected a list."
    first = next(
        (
            mismatch
            for index, (value, wanted) in enumerate(zip(found, expected, strict=False))
            if (mismatch := difference(value, wanted, f"{path}[{index}]"))
        ),
        None,
    )
    if first is None and len(found) == len(expected):
        return None
    return list_difference(found, expected, _matches, _the_list(path), ordered=True) or first


def _two_values(found: Any, expected: Any) -> str:
    """Return two values that differ, with their types where these differ."""
    if isinstance(found, dict | list) or found is None or NAMED.get(type(found)) == NAMED.get(type(expected)):
        return f"{kind(found) if isinstance(found, dict | list) else show(found)}, expected {show(expected)}{_nearly(found, expected)}"
    return f"{kind(found)}, expected {kind(expected)}"


def _nearly(found: Any, expected: Any) -> str:
    """Return how two strings differ, if they are nearly the same."""
    if not isinstance(found, str) or not isinstance(expected, str):
        return ""
    if found.strip() == expected.strip():
        return " (the spaces around it differ)"
    return " (upper and lower case differ)" if found.casefold() == expected.casefold() else ""


def kind(value: Any) -> str:
    """Return a value with its type, such as `a list with 3 items` or `the string "3"`."""
    if isinstance(value, list):
        return f"a list with {len(value)} {'item' if len(value) == 1 else 'items'}" if value else "an empty list"
    if isinstance(value, dict):
        return f"an object with {_names(value)}" if value else "an empty object"
    text = show(value)
    if isinstance(value, str):
        return f"the string {text if len(text) <= SHORT else text[:SHORT] + '…'}"
    return f"the number {text}" if isinstance(value, int | float) and not isinstance(value, bool) else text


def _names(found: dict[str, Any]) -> str:
    """Return the keys of an object, the first few of many."""
    shown = ", ".join(show(str(name))[:SHORT] for name in list(found)[:MANY])
    return f"{shown}, …" if len(found) > MANY else shown


def _the_list(path: str) -> str:
    return f"The list `{path}`" if path else "The list"


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
    """Return a value as JSON, short enough for a sentence; of a large one, little more is written than is shown."""
    import json

    text = ""
    for piece in json.JSONEncoder(ensure_ascii=False, default=repr).iterencode(_shortened(value)):
        text += piece
        if len(text) > SHOWN:
            return text[:SHOWN] + "…"
    return text


def _shortened(value: Any) -> Any:
    """Return a value whose strings, and those one level down, have no more than is shown."""
    if isinstance(value, list):
        return [_cut(item) for item in islice(value, SHOWN)]
    if isinstance(value, dict):
        return {_cut(name): _cut(item) for name, item in islice(value.items(), SHOWN)}
    return _cut(value)


def _cut(value: Any) -> Any:
    return value[: SHOWN + 1] if isinstance(value, str) else value


def _at(path: str) -> str:
    return f"`{path}`" if path else "The response"


def _in(path: str) -> str:
    return f"In `{path}`" if path else "In the response"
