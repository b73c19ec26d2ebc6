"""The gate of the archive, at which every reader waits while it is closed."""

import time
from contextlib import contextmanager

from classroom import expect
from classroom.apps.exchange import Failure, NoAnswer
from classroom.core.load import under_load

SOON = 3  # seconds for a step
PAUSE = 0.05  # seconds between two looks, which leave the reader most of a core
CLOSED = 4  # seconds that the gate stays closed, less than a request may take
BLOCKED = (
    "While an image is being read, a GET without `wait` gets no response: "
    "reading blocks the event loop (does it run in a thread?), or the endpoint waits (is the default of `wait` 0?)."
)


class Gate:
    """The gate of an archive, seen from outside."""

    def __init__(self, client):
        self.client = client

    @contextmanager
    def closed(self, seconds=CLOSED):
        """Keep the gate closed inside the block."""
        expect(self.client.put("/gate/closed", params={"seconds": under_load(seconds)})).ok()
        try:
            yield
        except NoAnswer as failure:
            request = failure.exchange
            if request.method != "GET" or "wait=" in request.path or "no response" not in str(failure):
                raise
            raise Failure(f"{BLOCKED}\n{failure}") from None
        finally:
            self.open()

    def open(self):
        """Open the gate unless it is already open."""
        answer = self.client.get("/gate")
        expect(answer).ok({"open": bool})
        if not answer.json["open"]:
            expect(self.client.put("/gate/open")).ok()

    def log(self):
        """Return which images were at the gate, and which were read."""
        answer = self.client.get("/gate")
        expect(answer).ok({"log": list})
        return answer.json["log"]

    def files(self):
        """Return the names of the image files."""
        answer = self.client.get("/gate")
        expect(answer).ok({"files": list})
        return answer.json["files"]

    def shows(self, line):
        """Return whether a line soon appears in the log."""
        return soon(lambda: line in self.log())


def soon(condition):
    """Return whether a condition holds within a few seconds."""
    end = time.monotonic() + under_load(SOON)
    while not (holds := condition()) and time.monotonic() < end:
        time.sleep(PAUSE)
    return holds
