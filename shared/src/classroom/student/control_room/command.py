"""Open the control room next to a running system, and close it with what it has done."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from classroom.student.control_room.controls import Controls
from classroom.student.control_room.recorder import Recorder
from classroom.student.load import Parts
from classroom.web.address import Address
from classroom.web.browser import open_in_browser
from classroom.web.events import Broadcast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from classroom.student.control_room.site import Room
    from classroom.student.local_system import LocalSystem

PORT = 8750
END_SECONDS = 5


@contextlib.contextmanager
def control_room(system: LocalSystem, week: str, log: Callable[[str], None], *, browser: bool = True) -> Iterator[Room]:
    """Serve the control room of a system that is up, and yield it until the block ends; then undo what lasts longer.

    Args:
        system: the system.
        week: its name, for the title of the page.
        log: called with each line for the user.
        browser: whether to open the page in a browser.
    """
    address, broadcast = Address(PORT), Broadcast()
    recorder = Recorder(Parts(system), lambda: broadcast.publish("map", "charts", "log"))

    def say(sentence: str) -> None:
        recorder.note(sentence)
        log(f"Control room: {sentence}.")

    controls = Controls(system, say, lambda: broadcast.publish("controls", "map", "log"))
    log(f"Control room: {address.url}")
    if browser:
        open_in_browser(address.url)
    with contextlib.ExitStack() as closing:
        closing.callback(controls.close)
        recorder.start(controls)
        closing.callback(recorder.close)
        # The browser starts while these are loaded.
        from classroom.student.control_room.site import Room, site
        from classroom.web.server import LocalServer

        room = Room(week, controls, recorder, broadcast)
        server = LocalServer(site(room), address, broadcast)
        thread = threading.Thread(target=server.run, name="control room", daemon=True)
        thread.start()
        closing.callback(thread.join, END_SECONDS)
        closing.callback(server.stop)
        yield room
