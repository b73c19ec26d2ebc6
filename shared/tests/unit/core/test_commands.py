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
    ("folder", "name", "command"),
    [
        (".", "week1-tiny", "python -m classroom hint 1 2"),
        (".", "more", "python -m classroom hint more 2"),
        ("week1-tiny", "more", "python -m classroom hint more 2"),
        ("week1-tiny", "week1-tiny", "python -m classroom hint 2"),
        ("week1-tiny/extra/more", "more", "python -m classroom hint 2"),
    ],
)
def test_command_names_the_week_where_it_has_to(tmp_path, monkeypatch, folder, name, command):
    """In the course's folder a command names the week, and in a week's folder its extra."""
    for place in ("week1-tiny", "week1-tiny/extra/more"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "assignment.toml").touch()
    monkeypatch.delenv("CLASSROOM_MAKE", raising=False)
    monkeypatch.chdir(tmp_path / folder)

    assert typed("hint", name, 2) == command
    assert typed("hint", name, 2, here=False) == "python -m classroom hint 2"


@pytest.mark.parametrize(
    ("by_make", "command"),
    [("1", "make run WEEK=5 STORAGE_PORT=9001"), ("", "python -m classroom run --storage-port 9001")],
)
def test_options_have_the_users_form(monkeypatch, by_make, command):
    """Under make an option is a variable."""
    monkeypatch.setenv("CLASSROOM_MAKE", by_make)

    assert typed("run", "week5-system-design", here=False, storage_port=9001) == command
