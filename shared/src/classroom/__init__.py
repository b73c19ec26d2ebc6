"""The grading kit of the course. What a check module needs is importable from here."""

from __future__ import annotations

from typing import Any

_HOMES = {
    "NoAnswer": "classroom.client",
    "anything": "classroom.suite.alike",
    "exactly": "classroom.suite.alike",
    "expect": "classroom.suite.expect",
    "ground": "classroom.suite.expect",
    "matching": "classroom.suite.alike",
    "one_of": "classroom.suite.alike",
    "task": "classroom.suite.plugin",
    "together": "classroom.suite.running",
    "unordered": "classroom.suite.alike",
}
__all__ = ["NoAnswer", "anything", "exactly", "expect", "ground", "matching", "one_of", "task", "together", "unordered"]


def __getattr__(name: str) -> Any:
    """Import a name where it is first used: the command starts an app before it loads anything heavy."""
    if name in _HOMES:
        import importlib

        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
