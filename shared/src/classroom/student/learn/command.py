"""Serve the page of `classroom learn`, and open it in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.student.learn.desk import Desks
from classroom.web.address import Address
from classroom.web.browser import open_in_browser
from classroom.web.events import Broadcast

if TYPE_CHECKING:
    from collections.abc import Callable

    from classroom.core.assignment import Assignment

PORT = 8700


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
        open_in_browser(address.url)
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
