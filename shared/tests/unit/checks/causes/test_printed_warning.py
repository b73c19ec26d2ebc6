"""Warnings in what an app has printed."""

import pytest
from classroom.checks.causes.printed_warning import shorten_warnings

NEVER_AWAITED = "RuntimeWarning: coroutine 'ask' was never awaited"


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        (
            f"/kit/guard.py:46: {NEVER_AWAITED}\n  print(shown)\nRuntimeWarning: Enable tracemalloc to get",
            NEVER_AWAITED,
        ),
        (f"asked\n/lib/asyncio/events.py:88: {NEVER_AWAITED}\nanswered", f"asked\n{NEVER_AWAITED}\nanswered"),
        (f"/sub/app/main.py:1: {NEVER_AWAITED}\n  ask(town)", f"/sub/app/main.py:1: {NEVER_AWAITED}\n  ask(town)"),
        ("main.py: two\n  indented lines\n  stay", "main.py: two\n  indented lines\n  stay"),
    ],
    ids=["line of the kit", "no source", "line of the app", "no warning"],
)
def test_warning_names_lines_of_the_app_only(tmp_path, printed, shown):
    """A warning at a line of a library is shown without it, and without the advice to trace memory."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/main.py").write_text("ask(town)\n")

    assert shorten_warnings(printed, tmp_path) == shown
