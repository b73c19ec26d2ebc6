"""Open a page in the user's browser."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

WITH_A_SCREEN = ("darwin", "win32")
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")  # where another system says that there is one


def open_in_browser(address: str) -> None:
    """Open a page in the user's browser, if there is a screen to show it on; a browser that fails stops nothing."""
    # In a thread, because a browser in the terminal returns only when it is closed.
    threading.Thread(target=_open, args=(address,), daemon=True).start()


def _open(address: str) -> None:
    import webbrowser

    if sys.platform not in WITH_A_SCREEN and not any(os.environ.get(name) for name in SCREENS):
        return
    with contextlib.suppress(webbrowser.Error, OSError):
        webbrowser.open(address)
