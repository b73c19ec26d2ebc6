"""A system whose parts are played, for tests of the control room."""

import queue
import threading
from types import SimpleNamespace

import pytest
from classroom.core.ports import Ports
from classroom.student.control_room.controls import Controls


class Process:
    """Plays a process: it runs until it is ended."""

    def __init__(self):
        self.ended = False

    def poll(self):
        """Return None while it runs."""
        return -9 if self.ended else None


class Database:
    """Plays the primary, and counts how often it was taken away and brought back."""

    def __init__(self):
        self.away, self.calls, self.trouble = False, [], None

    def keep_out(self):
        """Take it away."""
        self.calls.append("keep_out")
        self.away = True
        if self.trouble:
            raise self.trouble

    def let_in(self):
        """Bring it back."""
        self.calls.append("let_in")
        if self.trouble:
            raise self.trouble
        self.away = False


class System:
    """Plays a system with two instances and a cache, which start when a test lets them."""

    def __init__(self):
        self.parts = {
            name: SimpleNamespace(name=name, port=0, process=Process())
            for name in ("storage", "cache", "a", "b", "balancer")
        }
        self.ports = Ports()
        self.cache = SimpleNamespace(given=None, port=0, flushed=0)
        self.cache.flush = lambda: setattr(self.cache, "flushed", self.cache.flushed + 1)
        self.database = Database()
        self.starts = []
        self.may_start = threading.Event()
        self.may_start.set()
        self.ended = queue.SimpleQueue()

    def left(self):
        """Return the names of the parts that are running."""
        return [name for name, part in self.parts.items() if part.process.poll() is None]

    def kill(self, name):
        """Kill a part, unless it is dead."""
        running = name in self.left()
        self.parts[name].process.ended = True
        return running

    def restart(self, name):
        """Start a part, unless it runs, when the test lets it."""
        self.starts.append(name)
        self.may_start.wait(30)
        running = name in self.left()
        self.parts[name].process = Process()
        return not running


@pytest.fixture
def system():
    """The played system."""
    return System()


@pytest.fixture
def said():
    """What the controls have said."""
    return []


@pytest.fixture
def controls(system, said):
    """The controls of the played system."""
    return Controls(system, said.append, lambda: None)
