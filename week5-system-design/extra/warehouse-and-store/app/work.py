"""The work that goes on beside the requests, each part in its own thread (provided)."""

import threading
import time
import traceback
from collections.abc import Callable

import redis

from app import inbox, outbox
from app.pace import PAUSE


def start(*parts: Callable[[], None]) -> None:
    """Start each part in a thread, which ends with the service."""
    for part in parts:
        threading.Thread(target=_keep_going, args=(part,), daemon=True).start()


def sending(stream: str) -> Callable[[], None]:
    """Return the part that sends the messages of the outbox to a stream, again and again."""

    def send() -> None:
        while True:
            outbox.send_waiting(stream)
            time.sleep(PAUSE)

    return send


def receiving(stream: str, group: str, handle: Callable[[dict[str, str]], None]) -> Callable[[], None]:
    """Return the part that handles each message of a stream, for the group of this service."""

    def receive() -> None:
        inbox.join(stream, group)
        report = Report()
        while True:
            for number, fields in inbox.receive(stream, group):
                try:
                    inbox.process(stream, group, number, lambda fields=fields: handle(fields))
                except Exception as error:  # noqa: BLE001 - another message may still be handled
                    report.print(error)  # and go on with the next message

    return receive


class Report:
    """Prints errors: each one once, until another one occurs."""

    def __init__(self) -> None:
        self.last = ""

    def print(self, error: Exception) -> None:
        """Print an error, unless it is the same as the last one."""
        text = "".join(traceback.format_exception(error))
        if isinstance(error, (redis.ConnectionError, redis.TimeoutError)):
            text = "Redis does not respond. Trying again."
        elif "NOGROUP" in str(error):
            text = f"{error}. Trying again."
        elif isinstance(error, NotImplementedError):
            text = f"{error}."
        if text != self.last:
            print(text, flush=True)
        self.last = text


def _keep_going(part: Callable[[], None]) -> None:
    """Run a part; after an error, such as a Redis that is not there, begin again."""
    report = Report()
    while True:
        try:
            part()
        except Exception as error:  # noqa: BLE001 - the work goes on, whatever was wrong
            report.print(error)
            time.sleep(PAUSE)
