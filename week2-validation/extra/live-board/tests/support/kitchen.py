"""The rules that the board gets in a run, and people who use it."""

import json

import pytest
from classroom import NoAnswer, expect, ground, matching
from classroom.checks.words import FIRST_NAMES, GOODS, QUALITIES

SOON, SOONER = 3, 1  # seconds for a message, on a machine that is not busy; once one has not arrived


class Guest:
    """Somebody who is connected to the board."""

    def __init__(self, kitchen, name, socket):
        self.kitchen = kitchen
        self.name = name
        self.socket = socket
        self.hello = None

    def greeted(self):
        """Wait for the notes on the board, and return them."""
        self.hello = self.kitchen.wait(self.socket, {"type": "hello", "notes": list})
        return self.hello["notes"]

    def write(self, text=None):
        """Send a note over the WebSocket, and return its text."""
        text = text or self.kitchen.text()
        self.socket.send({"text": text})
        return text

    def sees(self, text, **more):
        """Wait for a note with this text, and return the message; only task 4 asks for more than the text."""
        return self.kitchen.wait(self.socket, {"type": "note", "text": text} | more)

    def gets_error(self):
        """Wait for the error sent in response to a bad message."""
        return self.kitchen.wait(self.socket, {"type": "error", "detail": str})

    def sees_people(self, *guests):
        """Wait until exactly these people are there; anyone whom this check has not invited does not count."""
        wanted = [guest.name for guest in guests]
        holds = matching(lambda names: self.kitchen.known(names) == wanted, json.dumps(wanted, ensure_ascii=False))
        latest = self.all("people")[-1:]
        if not latest or self.kitchen.known(latest[0].get("names", [])) != wanted:
            self.kitchen.wait(self.socket, {"type": "people", "names": holds})

    def all(self, kind):
        """Return all messages of the given kind that have arrived."""
        return [
            message for message in self.socket.received if isinstance(message, dict) and message.get("type") == kind
        ]

    def times(self, text):
        """Return how many times a text has arrived so far, in the hello or after it."""
        seen = [*self.hello["notes"], *self.all("note")]
        return sum(note.get("text") == text for note in seen)


class Kitchen:
    """The board, with the people who join it in a check."""

    def __init__(self, client, live, draw, names, rules, ready):
        self.client = client
        self.live = live
        self.draw = draw
        self.names = names
        self.limit = rules["LIMIT"]
        self.longest = rules["LONGEST"]
        self.ready = ready
        self.guests = []

    @property
    def soon(self):
        """How many seconds to wait for a message: fewer once one has failed to arrive, since the task is red anyway."""
        return SOON if self.ready.get("messages", True) else SOONER

    def wait(self, connection, expected):
        """Wait for a message over a WebSocket or in a stream of events, and return it."""
        try:
            return connection.wait_for(expected, seconds=self.soon)
        except AssertionError:
            self.ready["messages"] = False
            raise

    def name(self):
        """Return a name that nobody has used yet."""
        return self.names.new(lambda: f"{self.draw.one_of(FIRST_NAMES)} {self.draw.randint(1, 9999)}")

    def text(self):
        """Return the text of a note that is not on the board yet."""
        return self.names.new(
            lambda: f"{self.draw.one_of(QUALITIES)} {self.draw.one_of(GOODS)} for {self.draw.randint(2, 9999)}"
        )

    def open(self, name=None):
        """Open a WebSocket under this name, or under a new one."""
        name = name or self.name()
        path = f"/live?name={name.replace(' ', '%20')}"
        guest = Guest(self, name, self.live.websocket(path))
        self.guests.append(guest)
        return guest

    def join(self, name=None):
        """Let somebody join for the tasks that build on task 3."""
        ground(self.ready.get(3, True), task=3)
        try:
            guest = self.open(name)
            guest.greeted()
        except (AssertionError, NoAnswer):
            self.ready[3] = False
            ground(False, task=3)
        return guest

    def joined(self, count):
        """Let several people join for the tasks that build on task 4, where the others see what one of them writes."""
        guests = [self.join() for _ in range(count)]
        ground(self.ready.get(4, True), task=4)
        try:
            text = guests[0].write()
            for guest in guests[1:]:
                guest.sees(text)
        except (AssertionError, NoAnswer):
            self.ready[4] = False
            ground(False, task=4)
        return guests

    def known(self, names):
        """Return only the names of those whom this check has invited, in the given order."""
        mine = {guest.name for guest in self.guests}
        return [name for name in names if name in mine]

    def post(self, by=None, text=None):
        """Put a note on the board without a WebSocket, and return it."""
        note = {"by": by or self.name(), "text": text or self.text()}
        answer = self.client.post("/notes", json=note)
        expect(answer).created({"id": int} | note)
        return answer.json

    def notes(self):
        """Return all notes on the board."""
        answer = self.client.get("/notes")
        expect(answer).ok(list)
        return answer.json

    def hold(self, guest):
        """Stop letting anything through to somebody."""
        expect(self.client.put(f"/lines/{guest.name}/held")).ok()

    def free(self, guest):
        """Let everything through to somebody: the messages that are waiting, and those that follow."""
        expect(self.client.put(f"/lines/{guest.name}/free")).ok()

    def waiting(self, name):
        """Return how many messages are waiting because this line is held."""
        answer = self.client.get("/lines")
        expect(answer).ok(dict)
        return answer.json.get(name, 0)


@pytest.fixture(scope="session")
def rules(session_draw):
    """What app/rules.py contains in this run."""
    # With LIMIT + 3 notes, as on the card, a client of the app with the student's own LIMIT of 8 is disconnected, too.
    return {"LIMIT": session_draw.randint(7, 12), "LONGEST": session_draw.randint(120, 180)}


@pytest.fixture(scope="session")
def given_files(rules):
    """The file that replaces app/rules.py in every check."""
    return {"app/rules.py": "".join(f"{name} = {value}\n" for name, value in rules.items())}


@pytest.fixture(scope="session")
def ready():
    """Whether tasks 3 and 4 work, if a later task's check tried them, and whether all messages have arrived so far."""
    return {}


@pytest.fixture
def kitchen(client, live, draw, names, rules, ready):
    """The board, and people who join it."""
    return Kitchen(client, live, draw, names, rules, ready)
