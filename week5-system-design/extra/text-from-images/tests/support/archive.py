"""An archive: what images become that are sent to it."""

import time

import pytest
from classroom import expect, ground
from classroom.core.load import under_load

from .gate import PAUSE, Gate, soon
from .images import Images
from .limits import rules_of

NEWS = 7  # seconds for a response that says that an image is finished
STALL, STALL_WITH_ERROR = 6, 2  # seconds without any change after which an image is given up
TRIES, LOOKS = 3, 10
UNFINISHED = ("queued", "running")
STUCK = {
    "queued": "work has not taken it from the queue, or put_nowait was not called",
    "running": "reading it has ended without setting the state",
}


class Archive(Images):
    """Images to send to an app, and what becomes of them."""

    def __init__(self, client, draw, limits):
        super().__init__(draw)
        self.client = client
        self.limits = limits
        self.gate = Gate(client)
        self.printed = client.target.printed
        self.gate.open()

    # Requests

    def post(self, image, kind=None):
        """Upload an image."""
        return self.client.post("/images", content=image, headers={"Content-Type": kind} if kind else {})

    def upload(self, image=None):
        """Upload an image that another task needs, and return its id."""
        return expect(self.post(image or self.blank())).ground(task=2, has=["id"])["id"]

    def accept(self, image=None):
        """Expect that an image is accepted, because there is room in the queue, and return its id."""
        answer = self.post(image or self.head(60, 40))
        expect.that(
            answer.status != 503,
            "An image was rejected with 503, although the queue has room.",
            answer,
        )
        return expect(answer).ground(task=2, has=["id"])["id"]

    def show(self, image_id, **more):
        """Return what the archive says about an image."""
        answer = self.client.get(f"/images/{image_id}", **more)
        expect(answer).ok({"id": image_id, "state": str})
        return answer

    def listed(self):
        """Return all images, from the list that the course provides."""
        answer = self.client.get("/images")
        expect(answer).ok(list)
        return answer.json

    # What becomes of them

    def settled(self, image_id):
        """Wait until an image is done or has failed, or until nothing happens anymore, and return the response."""
        seen, since = None, time.monotonic()
        while True:
            answer, log = self.show(image_id), self.gate.log()
            if answer.json["state"] not in UNFINISHED:
                return answer
            if seen != (answer.json["state"], log):
                seen, since = (answer.json["state"], log), time.monotonic()
            elif time.monotonic() > since + under_load(STALL_WITH_ERROR if self.error() else STALL):
                return answer
            time.sleep(PAUSE)

    def error(self):
        """Return the first error that the app has printed in this check, or None."""
        return self.client.target.error(self.printed)

    def that(self, condition, sentence, answer=None):
        """Expect a condition; if it does not hold, say which error the app has printed."""
        if not condition:
            error = self.error()
            expect.that(False, "\n".join([error, sentence] if error else [sentence]), answer)

    def is_read(self, image_id, text, *, exactly=False):
        """Expect that an image is soon done, with this text; only task 3 looks at spaces at its ends."""
        answer = self.settled(image_id)
        state, found = answer.json["state"], answer.json.get("text")
        where = f": {STUCK[state]}" if state in STUCK else ""
        self.that(
            state == "done",
            f"The state of the image is {state!r}, expected 'done'{where}.",
            answer,
        )
        same = found == text if exactly else isinstance(found, str) and found.strip() == text
        self.that(same, f"The text is {found!r}, expected {text!r}.", answer)
        return answer

    def has_failed(self, image_id, why):
        """Expect that an image soon fails, with a reason."""
        answer = self.settled(image_id)
        state, reason = answer.json["state"], answer.json.get("reason")
        expected = self.that if state in UNFINISHED else expect.that  # what a reader has printed is no surprise here
        expected(state == "failed", f"The state of an image {why} is {state!r}, expected 'failed'.", answer)
        is_text = isinstance(reason, str) and reason.strip()
        expect.that(is_text, f"The reason is {reason!r}, expected some text.", answer)
        self.printed = self.client.target.printed  # an app may print why an image has failed
        return answer

    def news(self, image_id):
        """Ask for an image, and wait for up to half a minute; a response is expected much earlier."""
        return self.client.get(f"/images/{image_id}", params={"wait": 30}, seconds=under_load(NEWS))

    def reached_by(self, asking):
        """Give a request in the background time to arrive at the app, which may respond to it at once."""
        for _ in range(LOOKS):
            if asking.done:
                return
            self.gate.log()
            time.sleep(PAUSE / 2)

    def is_told(self, answer, state):
        """Expect that a client that has waited is told this state."""
        expect(answer).ok({"state": state})

    def goes_on(self):
        """Expect that the next image is read; on a busy machine, the first ones may take longer than TIME_LIMIT."""
        read = any(self.gate.shows(f"{self.upload(self.head(60, 40))} reads") for _ in range(TRIES))
        self.that(read, "After an image that took too long, the next one is not read.")

    def begins(self, image_id):
        """Wait until the reader has started on an image, for the tasks that build on task 3."""
        if not self.gate.shows(f"{image_id} waits"):
            expect(self.client.get(f"/images/{image_id}")).ground(task=3)
            ground(False, task=3)

    def calm(self):
        """Start the app again if an earlier check has left work that does not end."""
        if not soon(self.is_idle):
            self.forget()
        self.printed = self.client.target.printed

    def forget(self):
        """Restart the app, which makes it forget all images."""
        self.client.target.restart()

    def is_idle(self):
        """Return whether no image is waiting or being read."""
        return all(image["state"] not in UNFINISHED for image in self.listed())


def number_of_seconds(answer):
    """Return the seconds in the Retry-After header, or None if it is missing or not a whole number above 0."""
    found = answer.headers.get("retry-after") or ""
    return int(found) if found.isdecimal() and int(found) > 0 else None


@pytest.fixture
def archive(client, draw, limits):
    """The archive, with nothing left to read."""
    found = Archive(client, draw, limits)
    found.calm()
    return found


@pytest.fixture
def hasty(client_of, draw, limits):
    """An archive that gives up early, with nothing left to read."""
    hasty = limits | {"TIME_LIMIT": int(under_load(1))}
    found = Archive(client_of(rules_of(hasty)), draw, hasty)
    found.calm()
    return found


@pytest.fixture
def retry_after():
    """Return the seconds in the Retry-After header, or None."""
    return number_of_seconds
