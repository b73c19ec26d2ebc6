"""Sessions that outlast the app's connections: a reused one is indistinguishable from a new one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import threading
import time
from urllib.parse import urlsplit

import psycopg
import psycopg2
import pytest
from classroom.apps.sandbox import relay as relaying
from classroom.apps.sandbox.relay import Relay, rewrite_url
from classroom.apps.sandbox.relay_ends import Service
from classroom.apps.sandbox.session_pool import AUTHENTICATED, CLEAR, HEAD, IDLE, READY, TERMINATE, TLS_REQUEST

PATIENCE = 20


@pytest.fixture(autouse=True, params=[asyncio.new_event_loop, relaying.new_event_loop], ids=["plain", "fast"])
def loop(request, monkeypatch):
    """The relay runs on Python's own event loop, and on uvloop if it is installed."""
    monkeypatch.setattr(relaying, "new_event_loop", request.param)


@pytest.fixture
def relay(database):
    """The relay in front of a database, as the sandbox uses it."""
    found = {}
    rewrite_url(database.url, found)
    (service,) = found.values()
    with serving(service) as port:
        yield port


@pytest.fixture
def url(relay, database):
    """The address of the database through the relay."""
    return with_port(database.url, relay)


@contextlib.contextmanager
def serving(service):
    """The port of a relay that leads to this service."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    relay = Relay([(listener, service)])
    try:
        yield port
    finally:
        relay.close()


def with_port(url, port):
    """The address with the relay's port in it."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{port}").geturl()


def by_psycopg2(url, *queries):
    """Run these as a student's get_connection does, in one transaction that is never ended; return the last value."""
    connection = psycopg2.connect(url)
    with contextlib.closing(connection), connection.cursor() as cursor:
        for query in queries:
            cursor.execute(query)
        return cursor.fetchone()[0] if cursor.description else None


def by_psycopg(url, *queries):
    """The same with psycopg 3."""
    with contextlib.closing(psycopg.connect(url)) as connection:
        for query in queries:
            cursor = connection.execute(query)
        return cursor.fetchone()[0] if cursor.description else None


def by_asyncpg(url, *queries):
    """The same with asyncpg, which waits for the server to hang up."""
    asyncpg = pytest.importorskip("asyncpg")

    async def run():
        connection = await asyncpg.connect(url)
        try:
            for query in queries:
                found = await connection.fetchval(query)
        finally:
            await connection.close()
        return found

    return asyncio.run(run())


def until(true):
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


PID = "SELECT pg_backend_pid()"
DRIVERS = (by_psycopg2, by_psycopg, by_asyncpg)


@pytest.mark.parametrize("ask", DRIVERS)
def test_connections_in_a_row_share_a_session(url, ask):
    """An app that opens a connection for each request makes the server open one or two sessions, not one for each."""
    ask(url, PID)

    assert len({ask(url, PID) for _ in range(20)}) <= 2


def test_connections_at_a_time_have_sessions_of_their_own(url):
    """Two connections that are open together are two sessions."""
    by_psycopg2(url, PID)

    with contextlib.closing(psycopg2.connect(url)) as one, one.cursor() as cursor:
        cursor.execute(PID)
        assert cursor.fetchone()[0] != by_psycopg2(url, PID)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("SET search_path = nowhere; COMMIT", "SHOW search_path", '"$user", public'),
        ("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY; COMMIT", "SHOW transaction_read_only", "off"),
        ("SET statement_timeout = 29000; COMMIT", "SHOW statement_timeout", "30s"),
        ("SET client_encoding = 'LATIN1'; COMMIT", "SHOW client_encoding", "UTF8"),
        ("CREATE TEMP TABLE left_over (id int); COMMIT", "SELECT to_regclass('left_over')::text", None),
        ("PREPARE left_over AS SELECT 1; COMMIT", "SELECT count(*) FROM pg_prepared_statements", 0),
        ("DECLARE c CURSOR WITH HOLD FOR SELECT 1; COMMIT", "SELECT count(*) FROM pg_cursors WHERE name = 'c'", 0),
        ("LISTEN left_over; COMMIT", "SELECT count(*) FROM pg_listening_channels()", 0),
        ("SELECT pg_advisory_lock(1); COMMIT", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", 0),
        ("CREATE SEQUENCE s; SELECT nextval('s'); COMMIT", "SELECT last_value::int FROM s", 1),
    ],
)
def test_next_connection_finds_nothing_of_the_last(url, before, after, found):
    """What a connection has set or made for itself is gone with it; what it has committed stays."""
    by_psycopg2(url, PID)
    used = by_psycopg2(url, before, PID)

    assert by_psycopg2(url, after) == found
    assert by_psycopg2(url, PID) == used


@pytest.mark.parametrize("failed", [False, True], ids=["open", "failed"])
def test_what_nobody_committed_is_taken_back(url, database, failed):
    """A connection that is closed in the middle of a transaction leaves no row, and no lock."""
    by_psycopg2(url, PID)
    by_psycopg2(url, "CREATE TABLE t (id int)", "COMMIT")

    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("LOCK t; INSERT INTO t VALUES (1)")
        if failed:
            with pytest.raises(psycopg2.Error):
                cursor.execute("SELECT 1/0")

    assert database.rows("SELECT * FROM t") == []


def test_connection_that_breaks_off_takes_its_session_along(url, database):
    """Only a properly closed connection leaves a session behind: a killed app's session ends with it."""
    by_psycopg2(url, PID)
    connection = psycopg2.connect(url)
    with connection.cursor() as cursor:
        cursor.execute(PID)
        (session,) = cursor.fetchone()
    cut = socket.socket(fileno=os.dup(connection.fileno()))
    cut.shutdown(socket.SHUT_RDWR)
    cut.close()

    until(lambda: session not in [row["pid"] for row in database.connections()])


def test_session_that_was_ended_at_rest_is_not_lent(url, database):
    """A client that connects after the sessions were ended gets a new one and no error, each time."""
    by_psycopg2(url, PID)

    for _ in range(20):
        ended = by_psycopg2(url, PID)
        database.disconnect()
        assert by_psycopg2(url, PID) != ended


def test_nobody_gets_in_while_the_database_is_away(url, database):
    """An idle session does not let in an app that the database has locked out."""
    by_psycopg2(url, PID)
    by_psycopg2(url, PID)

    with database.away(), pytest.raises(psycopg2.OperationalError, match="not permitted to log in"):
        psycopg2.connect(url)

    assert by_psycopg2(url, PID)


def test_another_login_gets_another_session(url, relay, database):
    """A session is reused only for the same login: another role or other settings get a new one."""
    by_psycopg2(url, PID)
    session = by_psycopg2(url, PID)
    reader = with_port(database.reader().url, relay)

    assert by_psycopg2(f"{url}?application_name=other", "SHOW application_name") == "other"
    assert by_psycopg2(reader, "SELECT current_user") == database.reader().app.role
    assert by_psycopg2(url, PID) == session


def test_few_sessions_rest(url, database):
    """After many connections at a time, a few sessions are left and the rest have ended."""
    by_psycopg2(url, PID)
    many = [psycopg2.connect(url) for _ in range(IDLE + 5)]
    for connection in many:
        connection.close()

    until(lambda: len(database.connections()) <= IDLE)


def test_query_can_be_cancelled(url):
    """A client's request to cancel its query is passed on."""
    by_psycopg2(url, PID)
    with contextlib.closing(psycopg.connect(url)) as connection:
        timer = threading.Timer(0.2, connection.cancel_safe)
        timer.start()
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("SELECT pg_sleep(20)")
        timer.join()


def test_large_answers_come_whole(url):
    """Many megabytes go through one after the other, in both directions."""
    by_psycopg2(url, PID)
    text = "x" * 5_000_000

    assert [by_psycopg2(url, f"SELECT md5('{text}') = md5(repeat('x', 5000000))") for _ in range(3)] == [True] * 3
    assert by_psycopg2(url, "SELECT repeat('x', 5000000)") == text


@pytest.mark.parametrize(
    "opening",
    [
        b"",
        b"\0",
        TERMINATE,
        b"GET / HTTP/1.1\r\n\r\n",
        TLS_REQUEST,
        (8).to_bytes(4) + (3 << 16).to_bytes(4),
        (10_000).to_bytes(4) + (3 << 16).to_bytes(4) + b"user\0",
        (2**31).to_bytes(4) + (3 << 16).to_bytes(4) + b"x" * 100_000,
    ],
    ids=["nothing", "a byte", "an end", "HTTP", "TLS alone", "nobody", "half a packet", "a huge packet"],
)
def test_strange_callers_disturb_nobody(relay, url, opening):
    """However a client begins and disconnects, the next connection works."""
    by_psycopg2(url, PID)
    with socket.create_connection(("127.0.0.1", relay)) as strange:
        strange.sendall(opening)
        assert by_psycopg2(url, "SELECT 1") == 1

    assert by_psycopg2(url, "SELECT 1") == 1


def message(kind, text):
    """A message of the protocol."""
    return kind + (4 + len(text)).to_bytes(4) + text


class Server:
    """A scripted server, for what a real one seldom does."""

    PACKET = HEAD.pack(8, 3 << 16)
    GREETING = AUTHENTICATED + READY + b"I"

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(PATIENCE)
        self.service = Service("127.0.0.1", self.socket.getsockname()[1], postgres=True)

    def accept(self, greeting):
        """Accept the next connection."""
        session, _ = self.socket.accept()
        session.settimeout(PATIENCE)
        assert session.recv(100) == self.PACKET
        session.sendall(greeting)
        return session

    def call(self, port):
        """Connect as a client."""
        client = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        client.sendall(self.PACKET)
        return client


@pytest.fixture
def server():
    """A scripted server."""
    server = Server()
    yield server
    server.socket.close()


def breaks_off(session):
    """The server ends the session."""
    session.shutdown(socket.SHUT_RDWR)


def refuses(session):
    """The server says that something has gone wrong, and waits; the relay hangs up."""
    session.sendall(message(b"E", b"") + READY + b"I")
    assert session.recv(100) == b""


def talks_on(session):
    """The server has much more to say than that it is done; the relay hangs up instead of keeping all of it."""
    session.sendall(message(b"N", b"x" * 90) * 200)
    with contextlib.suppress(ConnectionResetError):
        assert session.recv(100) == b""


@pytest.mark.parametrize("fails", [breaks_off, refuses, talks_on])
def test_session_that_cannot_be_cleared_is_replaced(server, fails):
    """A client that waits for a session that cannot be cleared gets another one, unnoticed."""
    with serving(server.service) as port, server.call(port) as first, server.accept(server.GREETING) as session:
        assert first.recv(100) == server.GREETING
        first.sendall(TERMINATE)
        assert first.recv(100) == b""
        assert session.recv(100) == CLEAR
        with server.call(port) as second:
            fails(session)
            with server.accept(server.GREETING):
                assert second.recv(100) == server.GREETING


@pytest.mark.parametrize("opening", [b"GET / HTTP/1.1\r\n", Server.PACKET + b"more"], ids=["HTTP", "a packet and more"])
def test_what_is_no_start_of_a_session_is_passed_on(server, opening):
    """Bytes that do not begin as a session does reach the server as they are."""
    with serving(server.service) as port, socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(opening)
        session, _ = server.socket.accept()
        with session:
            assert session.recv(100) == opening


def test_session_that_still_works_is_not_kept(server):
    """A session that has not responded yet ends with the connection that asked."""
    with serving(server.service) as port, server.call(port) as client, server.accept(server.GREETING) as session:
        assert client.recv(100) == server.GREETING
        client.sendall(message(b"Q", b"\0"))
        assert session.recv(100) == message(b"Q", b"\0")
        client.sendall(TERMINATE)
        assert session.recv(100) == TERMINATE


def test_session_with_terms_of_its_own_is_not_kept(server):
    """Where the server has spoken of the protocol's version first, a session ends with its connection."""
    greeting = b"v\0\0\0\x0c\0\3\0\0\0\0\0\0" + server.GREETING
    with serving(server.service) as port, server.call(port) as client, server.accept(greeting) as session:
        assert client.recv(100) == greeting
        client.sendall(TERMINATE)
        assert session.recv(100) == TERMINATE


def test_server_that_speaks_tls_is_left_to_it():
    """Where a server takes the question for TLS up, all bytes pass as they are, each time."""
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_agree_and_echo, args=(server,), daemon=True).start()

    with serving(Service("127.0.0.1", server.getsockname()[1], postgres=True)) as port:
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
                connection.sendall(TLS_REQUEST)
                assert connection.recv(1) == b"S"
                connection.sendall(TERMINATE)
                assert connection.recv(100) == TERMINATE
    server.close()


def _agree_and_echo(server):
    with contextlib.suppress(OSError):
        while True:
            connection, _ = server.accept()
            with connection:
                connection.recv(8)
                connection.sendall(b"S")
                while data := connection.recv(100):
                    connection.sendall(data)
