"""How two lists differ, in a sentence: not filtered, not tidied, not in order, an item too many, an item missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

MAX_ITEMS = 150  # of a list that are compared with each other
MAX_LABEL = 60
Matches = Callable[[Any, Any], bool]
SEVERAL = 2


def list_difference(found: list[Any], expected: list[Any], matches: Matches, name: str, *, ordered: bool) -> str | None:
    """Return a sentence about two lists that differ; None if only the content of one item differs.

    Args:
        found: the list that came back.
        expected: the items that belong in it; they may be matchers.
        matches: returns whether a found item matches an expected one.
        name: what the list is called at the beginning of a sentence, such as "The list".
        ordered: whether the order counts.
    """
    if max(len(found), len(expected)) > MAX_ITEMS:
        return None if len(found) == len(expected) else f"{name} has {_items(len(found))}, expected {len(expected)}."
    extra, missing = _unmatched(found, expected, matches)
    if not extra and not missing:
        return _wrong_order(found, expected, name) if ordered and found != expected else None
    if len(found) == len(expected) and (not _ids(extra) or _ids(extra) == _ids(missing)):
        return None
    if not found:
        return f"{name} is empty, expected {_items(len(expected))}."
    sizes = f"{_items(len(found))}, expected {len(expected)}"
    if not missing:
        return _too_many(found, expected, extra, name, sizes)
    if not extra:
        return f"{name} has {sizes}: {label(missing[0])} is missing."
    wrong = f"{label(extra[0])} should not be there, {label(missing[0])} is missing."
    if len(found) == len(expected):
        return f"{name} has different items than expected: {wrong}"
    return f"{name} has {sizes}: {wrong}" if _ids(extra) != _ids(missing) else None


def _unmatched(found: list[Any], expected: list[Any], matches: Matches) -> tuple[list[Any], list[Any]]:
    """Return the found items that nothing expects, and the expected ones that were not found."""
    left, missing = list(found), []
    for wanted in expected:
        position = next((n for n, item in enumerate(left) if matches(item, wanted)), None)
        if position is None:
            missing.append(wanted)
        else:
            del left[position]
    return left, missing


def _wrong_order(found: list[Any], expected: list[Any], name: str) -> str:
    position = next((n for n, pair in enumerate(zip(found, expected, strict=True)) if not _same_label(*pair)), 0)
    ids = [item.get("id") if isinstance(item, dict) else None for item in expected]
    by_id = all(isinstance(number, int) for number in ids) and ids == sorted(ids, key=lambda number: number or 0)
    order = f"{name} is not in id order" if by_id else f"{name} has the right items in the wrong order"
    return f"{order}: [{position}] is {label(found[position])}, expected {label(expected[position])}."


def _too_many(found: list[Any], expected: list[Any], extra: list[Any], name: str, sizes: str) -> str:
    """Return a sentence about items that should not be there."""
    repeated = [item for item in extra if found.count(item) > 1]
    if repeated:
        often = "twice" if found.count(repeated[0]) == SEVERAL else f"{found.count(repeated[0])} times"
        return f"{name} has {sizes}: {label(repeated[0])} appears {often}."
    if untidy := next(((text, tidy) for text in extra for tidy in expected if _differs_in_form(text, tidy)), None):
        return f"{name} has {sizes}: {label(untidy[0])} differs from {label(untidy[1])} only in spaces or case."
    stranger = f"{label(extra[0])} should not be there."
    prefix = [label(item) for item in found[: len(expected)]] == [label(item) for item in expected]
    if expected and not prefix and len(extra) >= SEVERAL:
        return f"{name} is not filtered: {sizes}; {stranger}"
    return f"{name} has {sizes}: {stranger}"


def _differs_in_form(text: Any, tidy: Any) -> bool:
    """Return whether two texts are the same but for surrounding spaces and upper or lower case."""
    return isinstance(text, str) and isinstance(tidy, str) and text.strip().casefold() == tidy.strip().casefold()


def label(item: Any) -> str:
    """Return what an item is called in a sentence: by its id if it has one."""
    if isinstance(item, dict) and isinstance(item.get("id"), int | str):
        return f"id {str(item['id'])[:MAX_LABEL]}"
    if isinstance(wanted := getattr(item, "expected", None), dict):
        return label(wanted)
    text = json.dumps(item, ensure_ascii=False, default=lambda _: "…")
    return text if len(text) <= MAX_LABEL else text[: MAX_LABEL - 1] + "…"


def _same_label(one: Any, other: Any) -> bool:
    return label(one) == label(other)


def _ids(items: list[Any]) -> list[str]:
    """Return the ids of items, sorted; nothing if an item has none."""
    ids = [str(item["id"]) for item in items if isinstance(item, dict) and isinstance(item.get("id"), int | str)]
    return sorted(ids) if len(ids) == len(items) else []


def _items(number: int) -> str:
    return "1 item" if number == 1 else f"{number} items"
