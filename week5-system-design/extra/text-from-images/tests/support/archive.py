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
HEAD_ONLY = "It is only the beginning of a file: POST may read its header, but load() and verify() need the pixels."
TOO_EARLY = "The state is 'done', but there is no text yet: set the text first, and then the state."
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

    def takes(self, image, what, *, more=""):
        """Expect that an image is accepted with 202; if it is rejected, say which one it was."""
        answer = self.post(image)
        rejected = f"{what} was rejected with {answer.status}, expected 202."
        expect.that(answer.status not in (413, 415), f"{rejected} {more}".strip(), answer)
        return expect(answer).status(202)

    def rejects(self, image, status, what, kind=None):
        """Expect that an upload is rejected with this status code; if not, say which one it was."""
        answer = self.post(image, kind)
        found = f"{what} returned {answer.status}, expected {status}."
        expect.that(answer.status not in (200, 201, 202, 413, 415) or answer.status == status, found, answer)
        expect(answer).refused(status)

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
        """Wait until an image is done or has failed, or until nothing more happens, and return the response."""
        seen, since = None, time.monotonic()
        while True:
            answer, log = self.show(image_id), self.gate.log()
            if answer.json["state"] not in UNFINISHED:
                return answer
            if seen != (answer.json["state"], log):
                seen, since = (answer.json["state"], log), time.monotonic()
            elif self.stub() or time.monotonic() > since + under_load(STALL_WITH_ERROR if self.error() else STALL):
                return answer
            time.sleep(PAUSE)

    def error(self):
        """Return the first error that the app has printed in this check, or None."""
        return self.client.target.error(self.printed) or self.stub()

    def stub(self):
        """Return the cause if work is still a TODO, so that there is nothing to wait for; otherwise, return None."""
        error = self.client.target.error()
        return error if error and "TODO 3" in error else None

    def is_begun(self, image_id):
        """Return whether the reader soon starts on an image."""
        return not self.stub() and self.gate.shows(f"{image_id} waits")

    def that(self, condition, sentence, answer=None):
        """Expect a condition; if it does not hold, say which error the app has printed."""
        if not condition:
            error = self.error()
            expect.that(False, "\n".join([error, sentence] if error else [sentence]), answer)

    def is_read(self, image_id, text, *, exactly=False):
        """Expect that an image is soon done, with this text; only task 3 checks for spaces at its ends."""
        answer = self.settled(image_id)
        state, found = answer.json["state"], answer.json.get("text")
        where = f": {STUCK[state]}" if state in STUCK else ""
        self.that(
            state == "done",
            f"The state of the image is {state!r}, expected 'done'{where}.",
            answer,
        )
        expect.that(found is not None, TOO_EARLY, answer)
        same = found == text if exactly else isinstance(found, str) and found.strip() == text
        self.that(same, f"The text is {found!r}, expected {text!r}.", answer)
        return answer

    def has_failed(self, image_id, why):
        """Expect that an image soon fails, with a reason."""
        answer = self.settled(image_id)
        state, reason = answer.json["state"], answer.json.get("reason")
        expected = self.that if state in UNFINISHED else expect.that  # what a reader has printed is no surprise here
        sentence = f"The state of an image {why} is {state!r}, expected 'failed'."
        unnoticed = " The reader's error was not noticed: run needs check=True." if state == "done" else ""
        expected(state == "failed", sentence + unnoticed, answer)
        is_text = isinstance(reason, str) and reason.strip()
        expect.that(is_text, f"The reason is {reason!r}, expected some text.", answer)
        self.printed = self.client.target.printed  # an app may print why an image has failed
        return answer

    def news(self, image_id):
        """Ask for an image, and wait for up to half a minute; a response is expected much earlier."""
        return self.client.get(f"/images/{image_id}", params={"wait": 30}, seconds=under_load(NEWS))

    def reached_by(self, asking):
        """Give a background request time to reach the app, which may respond to it at once."""
        for _ in range(LOOKS):
            if asking.done:
                return
            self.gate.log()
            time.sleep(PAUSE / 2)

    def is_told(self, answer, state):
        """Expect that a client that has waited is told this final state."""
        expect(answer).ok({"state": state})
        self.is_final(answer)

    def is_final(self, answer):
        """Expect that a response about an image in a final state does not ask the client to come back."""
        sentence = f"The response has a Retry-After header, although the state is {answer.json['state']!r}."
        expect.that("retry-after" not in answer.headers, sentence, answer)

    def says_when(self, answer, when):
        """Expect a Retry-After header with a whole number of seconds."""
        found = answer.headers.get("retry-after")
        expect.that(found is not None, f"The Retry-After header is missing {when}.", answer)
        sentence = f"Retry-After is {found!r} {when}, expected a whole number of seconds, 1 or more."
        expect.that(found.isdecimal() and int(found) > 0, sentence, answer)

    def has_no_new_file(self, before, what):
        """Expect that a rejected upload has left no file behind."""
        left = [name for name in self.gate.files() if name not in before]
        expect.that(not left, f"{what} was rejected, but its file is still there: GET /gate shows the file {left}.")

    def goes_on(self):
        """Expect that the next image is read; on a busy machine, the first ones may take longer than TIME_LIMIT."""
        read = any(self.gate.shows(f"{self.upload(self.head(60, 40))} reads") for _ in range(TRIES))
        self.that(read, "After an image that took too long, the next one is not read.")

    def begins(self, image_id):
        """Wait until the reader has started on an image, for the tasks that build on task 3."""
        if not self.is_begun(image_id):
            expect(self.client.get(f"/images/{image_id}")).ground(task=3)
            ground(False, task=3)

    def calm(self):
        """Start the app again if an earlier check has left work that does not end."""
        if not self.is_idle() and (self.stub() or not soon(self.is_idle)):
            self.forget()
        self.printed = self.client.target.printed

    def forget(self):
        """Restart the app, which makes it forget all images."""
        self.client.target.restart()

    def is_idle(self):
        """Return whether no image is waiting or being read."""
        return all(image["state"] not in UNFINISHED for image in self.listed())


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
