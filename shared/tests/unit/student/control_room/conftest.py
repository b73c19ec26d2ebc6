"""A system whose parts are played, for tests of the control room, and its page."""

import contextlib
import http.client
import queue
import threading
import time
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from classroom.core.ports import Ports
from classroom.student.control_room import controls as controls_module
from classroom.student.control_room.controls import Controls
from classroom.student.control_room.recorder import Recorder
from classroom.student.control_room.site import Room, site
from classroom.student.load import Counts, Figures
from classroom.student.local_system import PartEndedError
from classroom.web.address import Address
from classroom.web.events import Broadcast
from classroom.web.server import LocalServer

SECONDS = 30


def until(condition):
    """Wait until something holds, and return it."""
    late = time.monotonic() + SECONDS
    while not (found := condition()):
        assert time.monotonic() < late, "it did not happen in time"
        time.sleep(0.01)
    return found


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
        self.parts = {}
        for name in ("storage", "cache", "a", "b", "balancer"):
            self.add(name)
        self.ports = Ports()
        self.cache = SimpleNamespace(given=None, port=0, flushed=0)
        self.cache.flush = lambda: setattr(self.cache, "flushed", self.cache.flushed + 1)
        self.database = Database()
        self.starts, self.lags, self.replica_lag = [], [], 0.0
        self.gone = set()
        self.may_start = threading.Event()
        self.may_start.set()
        self.ended = queue.SimpleQueue()

    def add(self, name):
        """Add a part that runs."""
        self.parts[name] = SimpleNamespace(
            name=name, port=0, process=Process(), how_it_ended="(killed by SIGKILL)", breaks=False
        )

    def left(self):
        """Return the names of the parts that are running."""
        return [name for name, part in self.parts.items() if part.process.poll() is None]

    def killed(self):
        """Return the names of the parts that `kill` has ended."""
        return self.gone

    def set_replica_lag(self, seconds):
        """Remember how far the replica is behind."""
        self.replica_lag = seconds
        self.lags.append(seconds)

    def kill(self, name):
        """Kill a part, unless it is dead."""
        running = name in self.left()
        self.parts[name].process.ended = True
        self.gone.add(name)
        return running

    def restart(self, name):
        """Start a part, unless it runs, when the test lets it."""
        self.starts.append(name)
        self.may_start.wait(30)
        if self.parts[name].breaks:
            raise PartEndedError(f"{name} did not start (exit status 1): see the lines above.")
        running = name in self.left()
        self.parts[name].process = Process()
        self.gone.discard(name)
        return not running


class Parts:
    """Plays what the parts count."""

    def __init__(self):
        self.now = Counts({"a": 0, "b": 0}, 0, 0, 0, 0, 0, 0, 0)

    def count(self):
        """Return the counters as the test has set them."""
        return self.now

    def add(self, **more):
        """Let the parts count this much more."""
        requests = {name: number + more.pop(name, 0) for name, number in self.now.requests.items()}
        values = {name: getattr(self.now, name) + number for name, number in more.items()}
        self.now = replace(self.now, requests=requests, **values)


class Load:
    """Plays a load that has seen what a test says."""

    sent = ()

    def __init__(self, address, rate, writers):
        self.address, self.rate, self.writers, self.running = address, rate, writers, False
        self.calls, self.seen = [], Figures(1.0, 0, 0.0, None, None, 0)
        Load.sent = (*Load.sent, self)

    def change(self, rate, writers):
        """Remember the new rate."""
        self.rate, self.writers = rate, writers
        self.calls.append(("change", rate, writers))

    def start(self):
        """Begin."""
        self.running = True
        self.calls.append("start")

    def stop(self):
        """End."""
        self.running = False
        self.calls.append("stop")

    def clear(self):
        """End, and delete what it left behind."""
        self.stop()
        self.calls.append("clear")

    def figures(self, _):
        """Return what the test says that it has seen in the last second, once."""
        seen, self.seen = self.seen, Figures(1.0, 0, 0.0, None, None, 0)
        return seen


@pytest.fixture
def system():
    """The played system."""
    return System()


@pytest.fixture
def said():
    """What the controls have said."""
    return []


@pytest.fixture
def loads(monkeypatch):
    """The loads that were sent, which are played."""
    monkeypatch.setattr(Load, "sent", ())
    monkeypatch.setattr(controls_module, "Load", Load)
    return Load


@pytest.fixture
def controls(system, said, loads):
    """The controls of the played system."""
    return Controls(system, said.append, lambda: None)


@pytest.fixture
def room(system, loads):
    """The control room of the played system as it is served; a sample is taken when a test says so."""
    broadcast, parts = Broadcast(), Parts()
    recorder = Recorder(parts, lambda: None)
    controls = Controls(system, recorder.note, lambda: broadcast.publish("controls", "map", "log"))
    recorder.controls = controls
    recorder.take()
    with contextlib.ExitStack() as stack:
        address = Address(0)
        server = LocalServer(site(Room("week5", controls, recorder, broadcast)), address, broadcast)
        thread = threading.Thread(target=server.run)
        thread.start()
        stack.callback(thread.join, SECONDS)
        stack.callback(server.stop)

        def ask(path, method="GET"):
            """Send a request to a path below the page's address."""
            connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=SECONDS)
            with contextlib.closing(connection):
                connection.request(method, f"{urlsplit(address.url).path}room/{path}")
                response = connection.getresponse()
                return SimpleNamespace(status=response.status, text=response.read().decode())

        def measure(requests=0, errors=0, p50=None, p95=None, **counts):
            """Let a second pass in which this was counted."""
            if loads.sent:
                loads.sent[-1].seen = Figures(1.0, requests, float(requests), p50, p95, errors)
            parts.add(**counts)
            recorder._before = time.monotonic() - 1, recorder._before[1]
            for known in (recorder._samples, recorder._events):
                aged = [replace(each, at=each.at - 1) for each in known]
                known.clear()
                known.extend(aged)
            recorder.take()
            broadcast.publish("map", "charts", "log")

        yield SimpleNamespace(
            address=f"{address.url}room/", ask=ask, measure=measure, controls=controls, system=system, recorder=recorder
        )
