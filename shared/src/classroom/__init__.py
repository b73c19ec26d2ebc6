"""The grading kit of the course. What a check module needs is importable from here."""

from __future__ import annotations

from typing import Any

_HOMES = {
    "ApiDescription": "classroom.checks.openapi",
    "NoAnswer": "classroom.apps.exchange",
    "anything": "classroom.checks.matchers",
    "exactly": "classroom.checks.matchers",
    "expect": "classroom.checks.expect",
    "ground": "classroom.checks.expect",
    "matching": "classroom.checks.matchers",
    "one_of": "classroom.checks.matchers",
    "task": "classroom.checks.plugin",
    "together": "classroom.checks.app_under_test",
    "unordered": "classroom.checks.matchers",
}
__all__ = [
    "ApiDescription",
    "NoAnswer",
    "anything",
    "exactly",
    "expect",
    "ground",
    "matching",
    "one_of",
    "task",
    "together",
    "unordered",
]


def __getattr__(name: str) -> Any:
    """Import a name where it is first used: the command starts an app before it loads anything heavy."""
    if name in _HOMES:
        import importlib

        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
