"""The grading kit of the course. What a check module needs is importable from here."""

from __future__ import annotations

from typing import Any

_HOMES = {
    "ApiDescription": "classroom.checks.openapi",
    "ComposeFile": "classroom.checks.compose_file",
    "DatabaseError": "classroom.services.postgres.database",
    "DockerIgnore": "classroom.checks.dockerignore",
    "Dockerfile": "classroom.checks.dockerfile",
    "Draw": "classroom.checks.draw",
    "Failure": "classroom.apps.exchange",
    "Files": "classroom.checks.app_under_test",
    "GroundMissing": "classroom.apps.exchange",
    "NoAnswer": "classroom.apps.exchange",
    "Pressure": "classroom.checks.pressure",
    "TaskClient": "classroom.checks.task_client",
    "anything": "classroom.checks.matchers",
    "app_tables": "classroom.checks.gates",
    "at_rest": "classroom.checks.connections",
    "exactly": "classroom.checks.matchers",
    "expect": "classroom.checks.expect",
    "gate_for_commits": "classroom.checks.gates",
    "gate_for_lookups": "classroom.checks.gates",
    "gate_for_reads": "classroom.checks.gates",
    "ground": "classroom.checks.expect",
    "interpolated": "classroom.checks.compose_file",
    "leak_in": "classroom.checks.leaks",
    "leak_pattern": "classroom.checks.leaks",
    "matching": "classroom.checks.matchers",
    "one_of": "classroom.checks.matchers",
    "open_transactions": "classroom.checks.connections",
    "start_together": "classroom.checks.gates",
    "task": "classroom.checks.plugin",
    "todo_number": "classroom.checks.task_client",
    "together": "classroom.checks.app_under_test",
    "unordered": "classroom.checks.matchers",
    "variables_in": "classroom.checks.compose_file",
    "wait_until": "classroom.checks.concurrency",
}
__all__ = [
    "ApiDescription",
    "ComposeFile",
    "DatabaseError",
    "DockerIgnore",
    "Dockerfile",
    "Draw",
    "Failure",
    "Files",
    "GroundMissing",
    "NoAnswer",
    "Pressure",
    "TaskClient",
    "anything",
    "app_tables",
    "at_rest",
    "exactly",
    "expect",
    "gate_for_commits",
    "gate_for_lookups",
    "gate_for_reads",
    "ground",
    "interpolated",
    "leak_in",
    "leak_pattern",
    "matching",
    "one_of",
    "open_transactions",
    "start_together",
    "task",
    "todo_number",
    "together",
    "unordered",
    "variables_in",
    "wait_until",
]


def __getattr__(name: str) -> Any:
    """Import a name where it is first used: the command starts an app before it loads anything heavy."""
    if name in _HOMES:
        import importlib

        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
