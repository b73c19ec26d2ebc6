"""What leads through the walls: bytes both ways, as they were said."""

from __future__ import annotations

import asyncio
import socket
import threading

import pytest
from classroom.apps.sandbox import relay as relaying
from classroom.apps.sandbox.relay import Relay
from classroom.apps.sandbox.relay_ends import Service

PATIENCE = 20


@pytest.fixture(autouse=True, params=[asyncio.new_event_loop, relaying.new_event_loop], ids=["plain", "fast"])
def loop(request, monkeypatch):
    """The relay runs on Python's own event loop, and on the one that it takes where it can."""
    monkeypatch.setattr(relaying, "new_event_loop", request.param)


@pytest.fixture
def service():
    """A service that says each line again, in capitals."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer():
        connection, _ = listener.accept()
        with connection, connection.makefile("rwb", buffering=0) as lines:
            for line in lines:
                lines.write(line.upper())

    threading.Thread(target=answer, daemon=True).start()
    with listener:
        yield Service(*listener.getsockname())


@pytest.fixture
def door(service):
    """Where somebody comes in who has spoken before anybody was there to listen, and the relay that then does."""
    listener = socket.create_server(("127.0.0.1", 0))
    with socket.create_connection(listener.getsockname(), PATIENCE) as client:
        client.sendall(b"first\n")
        relay = Relay([(listener, service)])
        yield client.makefile("rwb", buffering=0)
        relay.close()


def test_what_is_said_before_the_service_answers_reaches_it(door):
    """What somebody says while the service is still being called comes to the service, and not back."""
    assert door.readline() == b"FIRST\n"


def test_what_is_said_later_comes_after_it(door):
    """What is said afterwards comes in its order."""
    door.write(b"second\nthird\n")

    assert [door.readline() for _ in range(3)] == [b"FIRST\n", b"SECOND\n", b"THIRD\n"]
