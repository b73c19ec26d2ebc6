"""The relay: bytes pass both ways, unchanged and in order."""

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
    """Run the relay on Python's own event loop, and on the faster one where it is installed."""
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
def connected(service):
    """A client that has sent something before the relay accepts, and the relay."""
    listener = socket.create_server(("127.0.0.1", 0))
    with socket.create_connection(listener.getsockname(), PATIENCE) as client:
        client.sendall(b"first\n")
        relay = Relay([(listener, service)])
        yield client.makefile("rwb", buffering=0)
        relay.close()


def test_bytes_sent_before_the_service_accepts_reach_it(connected):
    """What a client sends while the relay is still connecting reaches the service, and does not come back."""
    assert connected.readline() == b"FIRST\n"


def test_bytes_sent_later_arrive_in_order(connected):
    """What the client sends afterwards arrives after it."""
    connected.write(b"second\nthird\n")

    assert [connected.readline() for _ in range(3)] == [b"FIRST\n", b"SECOND\n", b"THIRD\n"]
