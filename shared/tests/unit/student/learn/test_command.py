"""`classroom learn` as a command."""

import subprocess
import sys

import pytest
from classroom.student.learn import command

PACKAGES = ("fastapi", "jinja2", "nh3", "markdown_it", "pygments", "uvicorn", "classroom.web")
LOADED = (
    "import sys; from classroom.cli.main import parser; import classroom.student.check, classroom.student.workspace; "
    f"parser().parse_args(['learn', '1']); print([name for name in {PACKAGES} if name in sys.modules])"
)


def test_other_commands_load_nothing_of_the_page():
    """`classroom check` starts as fast as without the page: its packages are loaded by `learn` alone."""
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_wrong_port_is_one_sentence(classroom):
    """A port that does not exist is said, and no address is announced."""
    done = classroom("learn", "1", "--port", 99_999)

    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("99999 is not a valid port")
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("system", "variables", "opens"),
    [
        ("linux", {"BROWSER": "something"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {}, False),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_browser_is_opened_on_a_screen_and_may_fail(monkeypatch, system, variables, opens):
    """Without a screen no browser is opened, and one that cannot be started is no error."""
    opened = []

    def fail(address):
        opened.append(address)
        raise OSError

    monkeypatch.setattr("webbrowser.open", fail)
    monkeypatch.setattr("sys.platform", system)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    command._open("http://127.0.0.1:1/")

    assert opened == ["http://127.0.0.1:1/"] * opens
