"""The page of `classroom learn` for the small week, whose checks and app are played by the tests."""

import contextlib
import http.client
import threading
import time
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from classroom.core.result import CheckResult, Result, TaskResult, Verdict
from classroom.student import watching
from classroom.student.learn.desk import Desks
from classroom.student.learn.site import site
from classroom.web.address import Address
from classroom.web.events import Broadcast
from classroom.web.server import LocalServer

SECONDS = 30


def result_of(assignment, *earned, **texts):
    """A result with these points; the first check of a red task has these texts."""
    tasks = []
    for task, points in zip(assignment.tasks, earned, strict=True):
        verdict = Verdict.PASS if points == task.points else Verdict.FAIL
        more = texts if verdict is Verdict.FAIL else {}
        check = CheckResult(f"check_{task.number}", False, 1, verdict, f"Task {task.number} works.", **more)
        tasks.append(TaskResult(task.number, task.title, task.points, points, verdict, None, (check,)))
    return Result(assignment.name, assignment.name, "graded", sum(earned), assignment.max_score, tuple(tasks))


def until(condition):
    """Wait until something holds."""
    late = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < late, "it did not happen in time"
        time.sleep(0.01)


class Checks:
    """Plays `watch`: each result that a test gives is that of one more save."""

    def __init__(self):
        self.results = []
        self.given = threading.Condition()

    def give(self, result):
        """Let a check end with this result; an exception is raised by the watcher."""
        with self.given:
            self.results.append(result)
            self.given.notify_all()

    def watch(self, assignment, show, *, begin, reached, stop):
        """Take results until the watcher is stopped."""
        before = None
        begin()
        while not stop.is_set():
            with self.given:
                if not self.results:
                    self.given.wait(0.01)
                    continue
                result = self.results.pop(0)
            if isinstance(result, Exception):
                raise result
            begin()
            reached(1)
            show(result, before)
            before = result


@pytest.fixture
def checks(monkeypatch):
    """The checks, of which the test says how they end."""
    played = Checks()
    monkeypatch.setattr(watching, "watch", played.watch)
    return played


@pytest.fixture
def learn(assignment, checks):
    """The site as it is served: its address, its desk, and `ask(path)`."""
    broadcast = Broadcast()
    desks = Desks(assignment, broadcast)
    with contextlib.ExitStack() as stack:
        address = Address(0)
        server = LocalServer(site(desks), address, broadcast)
        thread = threading.Thread(target=server.run)
        thread.start()
        stack.callback(thread.join, SECONDS)
        stack.callback(desks.close)
        stack.callback(server.stop)

        root = urlsplit(address.url).path
        base = f"{root}{assignment.folder.name}/"

        def ask(path, method="GET"):
            """Send a request; the path is below the week's address unless it begins with a slash."""
            connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=SECONDS)
            with contextlib.closing(connection):
                connection.request(method, path if path.startswith("/") else base + path)
                response = connection.getresponse()
                return SimpleNamespace(status=response.status, headers=response.headers, text=response.read().decode())

        yield SimpleNamespace(
            address=f"{address.url}{assignment.folder.name}/",
            root=root,
            ask=ask,
            desks=desks,
            desk=desks.desk(assignment.folder.name),
            server=server,
            assignment=assignment,
        )
