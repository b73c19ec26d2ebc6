"""Opening a page in the user's browser."""

import pytest
from classroom.web import browser


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

    browser._open("http://127.0.0.1:1/")

    assert opened == ["http://127.0.0.1:1/"] * opens
