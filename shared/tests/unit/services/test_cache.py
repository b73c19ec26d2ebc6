"""The cache of a system: a real engine or a stand-in, stopped and restarted at the same address."""

import socket
import sys

import pytest
from classroom.services import cache
from classroom.services.cache import Cache


@pytest.fixture(params=["engine", "stand-in"])
def one(request, monkeypatch):
    """A cache that has not been started, of each kind."""
    monkeypatch.delenv("CACHE_URL", raising=False)
    if request.param == "stand-in":
        monkeypatch.setattr(cache, "engine", lambda: None)
    found = Cache()
    yield found
    found.close()


def asked(one, *words):
    """Return the cache's reply to a command."""
    return one._ask(*words)


def test_cache_is_empty_after_a_flush_and_after_each_start(one):
    """It keeps its data until it is flushed, or stopped and restarted."""
    one.start()
    assert asked(one, "SET", "key", "two words") == b"+OK\r\n"
    assert asked(one, "GET", "key").endswith(b"two words\r\n")

    one.flush()
    assert asked(one, "GET", "key") == b"$-1\r\n"
    asked(one, "SET", "key", "1")
    one.stop()
    one.start()

    assert asked(one, "GET", "key") == b"$-1\r\n"


def test_stream_is_read_by_a_group(one):
    """A client of it sends any command, such as those of streams, and receives text."""
    one.start()
    with one.redis() as client:
        client.xgroup_create("jobs", "workers", id="0", mkstream=True)
        number = client.xadd("jobs", {"job": 17})

        assert client.xreadgroup("workers", "first", {"jobs": ">"}) == [["jobs", [(number, {"job": "17"})]]]
        assert client.xack("jobs", "workers", number) == 1


def test_nobody_answers_while_it_is_away(one):
    """A stopped cache refuses connections, without a wait."""
    one.start()
    one.stop()

    with pytest.raises(ConnectionRefusedError):
        asked(one, "PING")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a port cannot be held for a server that is away")
def test_its_port_is_given_to_nobody_else(one):
    """While the cache is down, nobody else can listen at its address and be taken for it."""
    one.start()
    one.stop()

    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", one.port))
