"""Comparing what came back with what is expected, as far as the task asks, and saying where they part."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

SHOWN = 200
NAMES = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}


class Matcher:
    """Something that stands for several values."""

    def mismatch(self, found: Any, place: str) -> str | None:
        """Why `found` is not one of them, or None."""
        raise NotImplementedError


class _Anything(Matcher):
    def mismatch(self, found: Any, place: str) -> str | None:
        del found, place
        return None


anything = _Anything()


class exactly(Matcher):  # noqa: N801 - reads as a word in a check
    """An object with these keys and no others."""

    def __init__(self, expected: dict[str, Any]) -> None:
        self.expected = expected

    def mismatch(self, found: Any, place: str) -> str | None:
        """Why it is not."""
        if isinstance(found, dict) and (extra := sorted(set(found) - set(self.expected))):
            return f"{_in(place)} there is {show(extra[0])}, which is not asked for."
        return difference(found, self.expected, place)


class one_of(Matcher):  # noqa: N801
    """Any one of these values."""

    def __init__(self, *values: Any) -> None:
        self.values = values

    def mismatch(self, found: Any, place: str) -> str | None:
        """Why it is not."""
        if any(difference(found, value, place) is None for value in self.values):
            return None
        return f"{_at(place)} is {show(found)}, expected {' or '.join(show(value) for value in self.values)}."


class unordered(Matcher):  # noqa: N801
    """A list of these values in any order."""

    def __init__(self, values: list[Any]) -> None:
        self.values = values

    def mismatch(self, found: Any, place: str) -> str | None:
        """Why it is not."""
        if not isinstance(found, list):
            return f"{_at(place)} is {show(found)}, expected a list."
        left = list(found)
        for value in self.values:
            for index, candidate in enumerate(left):
                if difference(candidate, value, place) is None:
                    del left[index]
                    break
            else:
                return f"{_in(place)} {show(value)} is missing."
        return f"{_in(place)} {show(left[0])} is too many." if left else None


class matching(Matcher):  # noqa: N801
    """A value of which `holds` is true.

    Args:
        holds: called with the value; an exception counts as false.
        name: what such a value is called, such as "a date".
    """

    def __init__(self, holds: Callable[[Any], Any], name: str) -> None:
        self.holds = holds
        self.name = name

    def mismatch(self, found: Any, place: str) -> str | None:
        """Why it is not."""
        try:
            if self.holds(found):
                return None
        except Exception:  # noqa: BLE001, S110 - whatever came back, it is not such a value
            pass
        return f"{_at(place)} is {show(found)}, expected {self.name}."


def difference(found: Any, expected: Any, place: str = "") -> str | None:
    """The first place where `found` is not like `expected`, as a sentence; None where they are alike.

    Args:
        found: decoded JSON.
        expected: decoded JSON, in which an object names the keys that count, a type stands for any value of it, and
            matchers may stand anywhere.
        place: where in the answer this is, such as `[2].name`.
    """
    if isinstance(expected, Matcher):
        return expected.mismatch(found, place)
    if isinstance(expected, type):
        return None if _of_type(found, expected) else f"{_at(place)} is {show(found)}, expected {NAMES[expected]}."
    if isinstance(expected, dict):
        return _dict_difference(found, expected, place)
    if isinstance(expected, list | tuple):
        return _list_difference(found, list(expected), place)
    return None if _same(found, expected) else f"{_at(place)} is {show(found)}, expected {show(expected)}."


def _dict_difference(found: Any, expected: dict[str, Any], place: str) -> str | None:
    if not isinstance(found, dict):
        return f"{_at(place)} is {show(found)}, expected an object with {', '.join(map(repr, expected)) or 'no keys'}."
    for key, value in expected.items():
        if key not in found:
            return f"{_in(place)} the field {key!r} is missing."
        if told := difference(found[key], value, f"{place}.{key}" if place else key):
            return told
    return None


def _list_difference(found: Any, expected: list[Any], place: str) -> str | None:
    if not isinstance(found, list):
        return f"{_at(place)} is {show(found)}, expected a list."
    for index, (one, other) in enumerate(zip(found, expected, strict=False)):
        if told := difference(one, other, f"{place}[{index}]"):
            return told
    if len(found) != len(expected):
        return f"{_at(place)} has {_count(len(found))}, expected {len(expected)}."
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
    """A value as JSON, short enough for a sentence."""
    import json

    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _at(place: str) -> str:
    return f"`{place}`" if place else "The answer"


def _in(place: str) -> str:
    return f"In `{place}`" if place else "In the answer"
