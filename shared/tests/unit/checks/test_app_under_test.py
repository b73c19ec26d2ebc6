"""The app under test: the limit of restarts, and the balancer for many threads."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from classroom.apps.exchange import Exchange, Failure
from classroom.checks.app_under_test import MAX_RECEIVED, TEXT_LIMIT, AppUnderTest, Files, together
from classroom.checks.by_hand.trail import Trail
from classroom.checks.system import Balancer, Instance
from classroom.core.load import LoadLimits


class FakeApp:
    """An app that starts and stops at once."""

    def __init__(self) -> None:
        self.given, self.failure, self.healthy, self.starts, self.noted = {}, None, False, 0, []
        self.seconds = 1

    def start(self):
        """Start at once."""
        self.starts, self.healthy = self.starts + 1, True

    def stop(self):
        """Stop at once."""
        self.healthy = False

    def alive(self):
        """Return whether the app is running."""
        return True

    def note(self, exchange):
        """Remember a request."""
        self.noted.append(exchange)

    @property
    def address(self):
        """Return a different address for each app."""
        return str(id(self))


@pytest.fixture
def running():
    """Return an app that may crash twice."""
    limits = SimpleNamespace(restarts=2, total_s=100)
    run = SimpleNamespace(
        trail=Trail(),
        assignment=SimpleNamespace(limits=limits),
        used_up=False,
        exchanges=[],
        seconds_left=lambda: 1,
        patience=LoadLimits(),
    )
    return lambda: AppUnderTest(run, FakeApp(), {})


def test_what_a_check_has_stopped_is_no_loss(running):
    """An app that checks stop on purpose can be started any number of times."""
    app = running()
    for _ in range(20):
        app.ready()
        app.stop()

    app.ready()

    assert app.app.healthy


def test_an_app_that_is_lost_too_often_is_given_up(running):
    """An app that crashes is restarted up to the limit, however often checks stop it in between."""
    app = running()
    app.ready()
    for _ in range(2):
        app.app.healthy = False
        app.ready()
        app.stop()
        app.ready()
    app.app.healthy = False

    with pytest.raises(Failure, match="more than 2 times"):
        app.ready()


def test_stopping_what_is_lost_already_takes_no_loss_back(running):
    """A crash still counts if a check stops the app afterward."""
    app = running()
    app.ready()
    for _ in range(2):
        app.app.healthy = False
        app.stop()
        app.ready()
    app.app.healthy = False
    app.stop()

    with pytest.raises(Failure):
        app.ready()


def test_threads_do_not_take_each_others_instance(running):
    """Requests from many threads each go to the instance they were recorded at, half of them to each."""
    instances = [Instance(running()) for _ in range(2)]
    for instance in instances:
        instance.start()
    balancer = Balancer(instances)
    wrong, all_there = [], threading.Barrier(8)

    def ask():
        all_there.wait()
        for _ in range(100):
            exchange = Exchange("GET", "/")
            balancer.note(exchange)
            app = next(
                one.running.app for one in instances if any(noted is exchange for noted in one.running.app.noted)
            )
            if balancer.address != app.address:
                wrong.append(exchange)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not wrong
    assert [len(instance.running.app.noted) for instance in instances] == [400, 400]


def test_the_balancer_leaves_out_who_is_gone(running):
    """Requests go to the running instance, as long as there is one."""
    instances = [Instance(running()) for _ in range(2)]
    instances[1].start()
    balancer = Balancer(instances)

    for _ in range(3):
        balancer.note(Exchange("GET", "/"))

    assert len(instances[1].running.app.noted) == 3


def test_together_returns_responses_in_order():
    """Calls meet at the same time, and their responses come in the order of the calls."""
    barrier = threading.Barrier(3, timeout=10)

    def call(number):
        barrier.wait()
        return number

    assert together(*[lambda number=number: call(number) for number in range(3)]) == [0, 1, 2]


def test_together_raises_the_first_error():
    """The error of a call reaches the check."""
    with pytest.raises(Failure, match="second"):
        together(lambda: 1, lambda: (_ for _ in ()).throw(Failure("second")))


def test_responses_that_are_too_large_together_fail_the_check(running):
    """A check keeps what it has received, so an app must not return large responses without end."""
    app = running()
    app.run.trail.received = MAX_RECEIVED + 1

    with pytest.raises(Failure, match="more than 100 MB in total"):
        app.note(Exchange("GET", "/"))


class TestFiles:
    @pytest.fixture
    def files(self, tmp_path):
        """Return the files of a submission in a folder."""
        return Files(
            SimpleNamespace(script_failures=[], job=SimpleNamespace(folder=tmp_path), touched=False, ran=False)
        )

    def test_text_is_read_without_its_byte_order_mark(self, files, tmp_path):
        """A file that an editor has marked as UTF-8 reads as its text, and counts as seen."""
        (tmp_path / "a.sql").write_bytes("\ufeffSELECT 1".encode())

        assert files.read("a.sql") == "SELECT 1"
        assert files.run.touched

    @pytest.mark.parametrize(("path", "ran"), [("a.sql", True), ("a.md", False)])
    def test_only_an_sql_file_is_run(self, files, tmp_path, path, ran):
        """From an SQL file on, what a database contains may be the submission's doing."""
        (tmp_path / path).write_text("SELECT 1")

        files.read(path)

        assert files.run.ran is ran

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (None, "The submission has no file a.sql."),
            (b"\xff", "a.sql is not UTF-8 text."),
            (b"x" * (TEXT_LIMIT + 1), "a.sql is larger than 1 MB."),
        ],
    )
    def test_file_that_is_no_text_fails_the_check(self, files, tmp_path, content, message):
        """A missing, too large or otherwise unreadable file is named."""
        if content is not None:
            (tmp_path / "a.sql").write_bytes(content)

        with pytest.raises(Failure) as failure:
            files.read("a.sql")

        assert str(failure.value) == message


def test_error_is_the_first_one_since_the_check_began(running, tmp_path):
    """The error that an app has printed is found with its line; one from before the check is not meant."""
    app = running()
    (tmp_path / "app").mkdir()
    (tmp_path / "app/main.py").write_text("\nfail()\n")
    early = 'Traceback (most recent call last):\n  File "/app/main.py", line 1, in <module>\nKeyError: 1\n'
    late = early.replace("line 1", "line 2").replace("KeyError", "ValueError")
    app.run.job = SimpleNamespace(folder=tmp_path)
    app.app.output = SimpleNamespace(total=len(early), since=lambda position: (early + late)[position:])

    assert app.error().startswith("app/main.py, line 1: KeyError")
    assert app.error(app.printed).startswith("app/main.py, line 2: ValueError")


def test_app_that_was_not_started_has_no_error(running):
    """An app without any output has printed nothing, and no error."""
    app = running()
    app.run.job, app.app.output = SimpleNamespace(folder=None), None

    assert app.printed == 0
    assert app.error() is None
