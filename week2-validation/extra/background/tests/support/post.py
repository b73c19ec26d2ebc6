"""The towns that the app gets in a run, letters to them, and the gate at which everything waits."""

from contextlib import contextmanager

import pytest
from classroom import expect, ground, wait_until
from classroom.checks.words import FIRST_NAMES, GOODS, WORDS

ENDINGS = ("field", "brook", "ville", "ton", "wood", "view")
# How often a pigeon turns back; five attempts are the limit. The first towns are those of app/towns.py, so that a
# visible check's request can be repeated by hand.
OWN = {"Oakfield": 0, "Millbrook": 2, "Harborview": 0, "Hazelwood": 4, "Foggy Bottom": 7}
FOG = (1, 3, 9)
BEAT = 0.02
SOON = 2  # seconds: less than the app's gate waits
STALL = 1  # seconds without a change after which a letter is given up; the longest wait is 8 beats
CHANGES = 40  # of a letter, at most: an app may try forever


class Post:
    """The towns of a run, and letters sent to them."""

    def __init__(self, towns, client, draw, probed):
        self.towns = towns
        self.probed = probed
        self.client = client
        self.draw = draw

    def town(self, fog):
        """Return a random town for which a pigeon turns back this many times."""
        return self.draw.one_of([name for name, times in self.towns.items() if times == fog])

    def unknown(self):
        """Return a town that no pigeon knows."""
        return f"New {self.draw.one_of(list(self.towns))}"

    def write(self, town):
        """Return a letter as a client would send it."""
        return {"town": town, "text": f"{self.draw.one_of(FIRST_NAMES)} needs the {self.draw.one_of(GOODS)}."}

    def send(self, town):
        """Send a letter for the tasks that build on task 2, and return its id."""
        if not self.probed:
            number = self._send(self.town(0))
            self.probed.append(self.settles(number)["status"] == "delivered")
        ground(self.probed[0], task=2)
        return self._send(town)

    def _send(self, town):
        answer = self.client.post("/letters", json=self.write(town))
        return expect(answer).ground(task=2, has=["id"])["id"]

    def why_not_at_the_gate(self, number):
        """Return the reason no pigeon is waiting with a letter, if the letter shows it."""
        letter = self.read(number)
        if "delivered" in letter["log"]:
            return "Nobody got a response while it waited: deliver blocks the event loop. Write def, not async def."
        if letter["status"] == "failed":
            return "deliver has caught an error before a pigeon left: log it there, with logging.exception."
        return None

    def read(self, number):
        """Return a letter with its status and its log."""
        answer = self.client.get(f"/letters/{number}")
        expect(answer).ok({"status": str, "log": list})
        return answer.json

    def attempts(self, number):
        """Wait until a letter is no longer on its way, or until a second attempt appears, and return its log."""
        return self._after(number, lambda letter: letter["status"] != "waiting" or len(letter["log"]) > 1)["log"]

    def settles(self, number):
        """Wait until a letter is delivered or has failed, or until nothing more happens to it, and return it."""
        return self._after(number, lambda letter: letter["status"] != "waiting")

    def _after(self, number, ended):
        letter = self.read(number)
        for _ in range(CHANGES):
            before = letter
            if ended(letter) or not wait_until(lambda before=before: self.read(number) != before, seconds=STALL):
                break
            letter = self.read(number)
        return letter

    def ends_as(self, number, status):
        """Expect a letter to have this status soon, and return its log."""
        letter = self.settles(number)
        log = ", ".join(letter["log"]) or "nothing yet"
        sentence = f"The letter to {letter['town']} is {letter['status']}, expected {status}. Its log: {log}."
        expect.that(letter["status"] == status, sentence)
        return letter["log"]


class Gate:
    """The app's gate, as seen from outside."""

    def __init__(self, client):
        self.client = client

    @contextmanager
    def closed(self):
        """Keep the gate closed inside the block."""
        expect(self.client.put("/gate/closed")).ok()
        try:
            yield
        finally:
            self.client.put("/gate/open")

    def holds(self, names, sentence, call=None, answer=None, reason=None):
        """Expect all of these to wait at the gate at the same time.

        The sentence is for students; if the call that should wait has already failed, its response says more, and so
        may the reason, which is asked for then.
        """
        seen = []

        def all_there():
            shown = self.client.get("/gate")
            expect(shown).ok({"waiting": list})
            seen[:] = [shown, set(names) - set(shown.json["waiting"])]
            return not seen[1] or (call and call.done)

        wait_until(all_there, seconds=SOON)
        if seen[1] and call and call.done and call.error is None:
            expect(call.result()).ok()
        missing = ", ".join(sorted(seen[1]))
        more = (reason and seen[1] and reason()) or f"GET /gate does not show: {missing}."
        expect.that(not seen[1], f"{sentence} {more}", answer or seen[0])


@pytest.fixture(scope="session")
def towns(session_draw):
    """How often a pigeon turns back, by town."""
    words = [word for word in WORDS if not any(town.startswith(word) for town in OWN)]
    names = [f"{word}{session_draw.one_of(ENDINGS)}" for word in session_draw.sample(words, len(FOG))]
    towns = [*OWN.items(), *zip(names, FOG, strict=True)]
    return dict(session_draw.sample(towns, len(towns)))


@pytest.fixture(scope="session")
def given_files(towns):
    """The file that replaces app/towns.py in every check."""
    return {"app/towns.py": f"TOWNS = {towns!r}\n\nBEAT = {BEAT}\n"}


@pytest.fixture(scope="session")
def probed():
    """Whether a letter was delivered, once a run has tried it: if task 2 fails, no other check waits for a letter."""
    return []


@pytest.fixture
def post(towns, client, draw, probed):
    """The towns of this run, and letters sent to them."""
    return Post(towns, client, draw, probed)


@pytest.fixture
def gate(client):
    """The gate of the pigeon loft."""
    return Gate(client)


@pytest.fixture
def story():
    """Make a letter's log: how often there was fog, and how it ended."""

    def tell(fog, *end):
        log = []
        for attempt in range(fog):
            log += ["fog", f"waited {2**attempt}"]
        return [*(log if end else log[:-1]), *end]

    return tell
