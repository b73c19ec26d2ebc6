"""Commands as the user types them."""

import pytest
from classroom.core.commands import typed


@pytest.mark.parametrize(
    ("by_make", "command"),
    [("1", "make hint WEEK=1 TASK=2"), ("week", "make hint TASK=2"), ("", "python -m classroom hint 2")],
)
def test_command_has_the_users_form(monkeypatch, by_make, command):
    """Under make a command is a make target; a week that was handed out alone needs no number."""
    monkeypatch.setenv("CLASSROOM_MAKE", by_make)

    assert typed("hint", "week1-tiny", 2) == command


@pytest.mark.parametrize(
    ("by_make", "command"),
    [("1", "make run WEEK=5 STORAGE_PORT=9001"), ("", "python -m classroom run --storage-port 9001")],
)
def test_options_have_the_users_form(monkeypatch, by_make, command):
    """Under make an option is a variable."""
    monkeypatch.setenv("CLASSROOM_MAKE", by_make)

    assert typed("run", "week5-system-design", storage_port=9001) == command
