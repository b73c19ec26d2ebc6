"""Serve the page of `classroom learn`, and open it in a browser."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from typing import TYPE_CHECKING

from classroom.student.learn.desk import Desks
from classroom.web.address import Address
from classroom.web.events import Broadcast

if TYPE_CHECKING:
    from collections.abc import Callable

    from classroom.core.assignment import Assignment

PORT = 8700
WITH_A_SCREEN = ("darwin", "win32")
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")  # where another system says that there is one


def learn(assignment: Assignment, log: Callable[[str], None], *, port: int = PORT, browser: bool = True) -> int:
    """Serve the pages of a week and its course until Ctrl-C is pressed.

    Args:
        assignment: the week to begin with.
        log: called with each line for the user.
        port: the usual port.
        browser: whether to open the page in a browser.
    """
    address = Address(port)
    log(f"Open {address.url} in your browser. Press Ctrl-C to stop.")
    if browser:
        # In a thread, because a browser in the terminal returns only when it is closed.
        threading.Thread(target=_open, args=(address.url,), daemon=True).start()
    broadcast = Broadcast()
    desks = Desks(assignment, broadcast)
    try:
        # The browser starts while these are loaded.
        from classroom.student.learn.site import site
        from classroom.web.server import LocalServer

        LocalServer(site(desks), address, broadcast).run()
    finally:
        desks.close()
    return 0


def _open(address: str) -> None:
    """Open the page in the user's browser, if there is a screen to show it on."""
    import webbrowser

    if sys.platform not in WITH_A_SCREEN and not any(os.environ.get(name) for name in SCREENS):
        return
    with contextlib.suppress(webbrowser.Error, OSError):
        webbrowser.open(address)
