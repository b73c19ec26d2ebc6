"""A system under test: two instances of an app behind a balancer, with services that can be stopped."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classroom.apps.app import App
from classroom.apps.client import Client
from classroom.apps.exchange import SITE_PORT
from classroom.apps.program import BackgroundProgram
from classroom.checks.by_hand.tokens import sign
from classroom.checks.by_hand.trail import Act
from classroom.core.ports import Ports

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from classroom.apps.exchange import Exchange
    from classroom.checks.app_under_test import AppUnderTest
    from classroom.services.manager import Backing

AN_HOUR = 3600
OF_WORKERS = ".workers"  # added to the name of the instances' log


class Instance:
    """One of the instances, with a client that sends requests to it alone."""

    def __init__(self, running: AppUnderTest) -> None:
        self.running = running
        self.client = Client(running)

    def kill(self) -> None:
        """Kill the instance, no matter what it is doing."""
        self.running.run.trail.act(Act.INSTANCE)
        self.running.stop()

    def start(self) -> None:
        """Start the instance unless it is running."""
        self.running.ready()


class Balancer:
    """Acts as an app for a client: each request goes to the next instance that is running."""

    def __init__(self, instances: list[Instance]) -> None:
        self.instances = instances
        self.turns = itertools.count()
        self.mine = threading.local()

    @property
    def chosen(self) -> Instance:
        """Return the instance of this thread's request; a check may send requests from many threads at once."""
        found: Instance = getattr(self.mine, "chosen", self.instances[0])
        return found

    @property
    def address(self) -> Any:
        """Return the address of the chosen instance."""
        return self.chosen.running.address

    @property
    def seconds(self) -> float:
        """Return the time limit of the next request, in seconds."""
        return self.chosen.running.seconds

    def note(self, exchange: Exchange) -> None:
        """Choose an instance for this request, and record the request there."""
        turn = next(self.turns) % len(self.instances)
        in_order = self.instances[turn:] + self.instances[:turn]
        self.mine.chosen = next((instance for instance in in_order if instance.running.app.healthy), in_order[0])
        self.mine.chosen.running.note(exchange)
        exchange.port = SITE_PORT

    def lost(self, exchange: Exchange) -> None:
        """Record that the chosen instance sent no response."""
        self.chosen.running.lost(exchange)


class System:
    """Two instances `a` and `b`, a `client` that uses them in turn, and the services behind them."""

    def __init__(self, instances: list[Instance], backing: Backing, make: Any) -> None:
        self.a, self.b = instances
        for instance, port in zip(instances, Ports().instances, strict=True):
            instance.running.port = port
        self.client = Client(Balancer(instances))
        self.backing = backing
        self.primary, self.replica = backing.database, backing.reader
        self.cache, self.storage = backing.cache, backing.storage
        self.auth_secret = backing.auth_secret
        # A log of their own: the instances cannot write what workers are expected to.
        self._for_workers = replace(backing, transcode_log=f"{backing.transcode_log}{OF_WORKERS}")
        self._make = make
        self._workers: list[BackgroundProgram] = []

    def ready(self) -> None:
        """Start everything that an earlier check may have stopped."""
        self.cache.start()
        self.storage.advance(-self.storage.ahead)
        for instance in (self.a, self.b):
            instance.start()

    def token(self, name: str, *, secret: str | None = None, algorithm: str = "HS256", **claims: Any) -> str:
        """Return a JSON Web Token for an account, valid for an hour unless the claims say otherwise; None omits a claim."""
        known = {"sub": name, "exp": int(time.time()) + AN_HOUR, **claims}
        known = {claim: value for claim, value in known.items() if value is not None}
        return sign(known, self.auth_secret if secret is None else secret, algorithm)

    def bearer(self, name: str, **claims: Any) -> Mapping[str, str]:
        """Return the header field that authenticates an account."""
        return {"Authorization": f"Bearer {self.token(name, **claims)}"}

    def worker(self) -> BackgroundProgram:
        """Start another worker, which is stopped at the end of the check at the latest."""
        worker: BackgroundProgram = self._make(BackgroundProgram, self._for_workers)
        self._workers.append(worker)
        worker.begin("app.worker")
        return worker

    def transcodes(self) -> list[str]:
        """Return the lines that the provided transcoder has written in workers."""
        return _lines(self._for_workers)

    def transcodes_in_app(self) -> list[str]:
        """Return the lines that it has written in the instances, which are not meant to transcode anything."""
        return _lines(self.backing)

    def forget_transcodes(self) -> None:
        """Remove both logs, which an earlier system on the same services may have written."""
        for backing in (self.backing, self._for_workers):
            Path(backing.transcode_log).unlink(missing_ok=True)

    def rest(self) -> None:
        """Stop the workers of a check."""
        while self._workers:
            self._workers.pop().close()


def _lines(backing: Backing) -> list[str]:
    log = Path(backing.transcode_log)
    return log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []


def system_of(backing: Backing, make: Any, running: Any) -> Iterator[System]:
    """Yield a system of two instances that are not started yet.

    Args:
        backing: the services.
        make: called with a class such as App and the backing; returns an instance of the class.
        running: wraps an App as AppUnderTest.
    """
    apps = [make(App, backing) for _ in range(2)]
    system = System([Instance(running(app)) for app in apps], backing, make)
    system.forget_transcodes()
    try:
        yield system
    finally:
        system.rest()
        for app in apps:
            app.close()


__all__ = ["Instance", "System", "system_of"]
