"""Private services of one submission: nothing from another, no network, limits of their own, and gone with it."""

import os
import signal
import socket
import time
from contextlib import suppress
from dataclasses import replace

import psutil
import psycopg
import pytest
from classroom.apps.sandbox.bubblewrap import interpreter, why_unavailable
from classroom.apps.sandbox.relay import Relay
from classroom.apps.sandbox.relay_ends import Service
from classroom.core.errors import CouldNotCheck
from classroom.core.load import under_load
from classroom.services import cache as cache_module
from classroom.services import sandbox as module
from classroom.services.cache import BUSY, _command_of
from classroom.services.manager import Services
from classroom.services.postgres import admin
from classroom.services.postgres.access import ADMIN_ROLE
from classroom.services.postgres.bounded_query import TooMuch, ready
from classroom.services.postgres.connect import WITH_PUBLIC, connect
from classroom.services.postgres.errors import DatabaseError
from classroom.services.postgres.roles import Login
from classroom.services.postgres.servers import private as private_server
from classroom.services.private import PrivateServices

ENDLESS = "while true do end"
FORBIDDEN = (
    ("CONFIG", "SET", "maxmemory", "0"),
    ("CONFIG", "SET", "dir", "/tmp"),
    ("MIGRATE", "127.0.0.1", "6379", "key", "0", "1"),
    ("REPLICAOF", "127.0.0.1", "6379"),
    ("SAVE",),
    ("SHUTDOWN",),
    ("MODULE", "LOAD", "/tmp/x.so"),
    ("DEBUG", "SLEEP", "0"),
    ("ACL", "SETUSER", "default", "+@all"),
)


def await_(condition, seconds=20):
    """Wait until a condition holds."""
    end = time.monotonic() + under_load(seconds)
    while not condition():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.02)


@pytest.fixture(scope="module", autouse=True)
def _sandboxed(session_cache):
    if trouble := why_unavailable():
        pytest.skip(trouble)


@pytest.fixture
def make():
    """A function that creates private services, and a provisioner for them."""
    made = []

    def start(*names):
        private = PrivateServices(names or ("postgres",))
        services = Services(names or ("postgres",), private)
        made.append((private, services))
        return services

    yield start
    for private, services in made:
        services.close()
        private.close()


@pytest.fixture
def services(make):
    """Private services of every kind."""
    return make("postgres", "cache", "storage")


@pytest.fixture
def app(services):
    """A function that connects as the submission's role."""
    sessions = []

    def log_in(database, **options):
        access = services.private.postgres.access.login(database.app, database.name)
        sessions.append(connect(access, path=WITH_PUBLIC, **options))
        return sessions[-1]

    yield log_in
    for session in sessions:
        session.close()


def ask(cache, *words):
    """What the cache replies to one command."""
    with cache._connect() as connection:
        parts = "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
        connection.sendall(f"*{len(words)}\r\n{parts}".encode())
        return connection.recv(1000)


def crash(services):
    """Kill a session of the submission's, and wait until the server has ended the others for it."""
    held = services.provisioner.admin._connection.get()
    processes = map(psutil.Process, services.private.sandbox.processes())
    os.kill(next(found.pid for found in processes if "_app" in " ".join(found.cmdline())), signal.SIGKILL)
    assert ready(held.pgconn.socket, 30, writing=False)


class TestAlone:
    def test_nothing_of_one_server_is_seen_in_another(self, make):
        """What one submission stores in a catalog that all databases share is not there for another."""
        ada, ben = make(), make()
        ada.database()
        ada.provisioner.admin.ask("COMMENT ON DATABASE postgres IS 'the solution'")

        found = ben.provisioner.admin.ask(
            "SELECT count(*) AS found FROM pg_shdescription WHERE description = 'the solution'"
        )

        assert found == [{"found": 0}]

    def test_both_have_the_same_address(self, make):
        """An address reveals neither whose services they are nor how many others there are."""
        ada, ben = make(), make()

        assert ada.private.sockets().keys() == ben.private.sockets().keys()

    def test_a_service_has_no_network(self, make):
        """No service can connect to anything but its own loopback."""
        services = make()
        script = "import socket; socket.create_connection(('192.0.2.1', 80), 5)"

        services.private.sandbox.run([str(interpreter()), "-I", "-S", "-c", script])

        with pytest.raises(CouldNotCheck, match="unreachable"):
            services.private.sandbox._read()

    def test_a_service_sees_no_files_of_the_course(self, make):
        """Neither the course nor the grader's temporary files are there."""
        services = make()
        path = os.fspath(module.__file__)

        services.private.sandbox.run(["/bin/cat", path])

        with pytest.raises(CouldNotCheck, match="No such file"):
            services.private.sandbox._read()

    def test_nothing_outlives_them(self, make):
        """Closing them ends every process in their sandbox."""
        services = make()
        services.database()
        before = [psutil.Process(pid) for pid in services.private.sandbox.processes()]

        services.private.close()

        assert before
        await_(lambda: not any(process.is_running() and process.status() != "zombie" for process in before))

    def test_made_ahead_they_are_used_in_a_fork(self, make):
        """Services created in advance can be used by a fork of the process that created them."""
        services = make()
        child = os.fork()
        if child == 0:
            found = services.database().rows("SELECT 1 AS one")
            os._exit(0 if found == [{"one": 1}] else 1)

        _, status = os.waitpid(child, 0)

        assert os.waitstatus_to_exitcode(status) == 0


class TestLimits:
    def test_a_full_database_still_serves(self, services, app):
        """A submission that has filled its disk can no longer write, but can still read and delete."""
        session = app(services.database())
        session.execute("CREATE TABLE big (x text)")
        with pytest.raises(psycopg.errors.DiskFull):
            session.execute("INSERT INTO big SELECT repeat('x', 1900) FROM generate_series(1, 400000)")

        session.execute("TRUNCATE big")
        session.execute("INSERT INTO big VALUES ('x')")

    def test_a_checkpoint_on_a_full_disk_ends_nobody(self, services, app):
        """The server writes what it has in memory even when a submission has taken the last byte of the disk."""
        session = app(services.database())
        session.execute("CREATE TABLE kept AS SELECT 1 AS x")
        session.execute("CREATE TABLE big (x text)")
        for rows in (400_000, 10_000, 1_000, 100, 10, 1):
            with suppress(psycopg.errors.DiskFull):
                while True:
                    session.execute("INSERT INTO big SELECT repeat('x', 1900) FROM generate_series(1, %s)", [rows])

        services.provisioner.admin.ask("CHECKPOINT")

        assert session.execute("DELETE FROM kept").rowcount == 1

    def test_computing_without_end_ends_the_services(self, services, app, monkeypatch):
        """More than the processor time that all services have together ends them, and the checks fail for that reason."""
        monkeypatch.setattr(module, "LIMITS", replace(module.LIMITS, cpu=0.5))
        database = services.database()
        session = app(database, statement_s=0)
        session.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1000000000000)")
        await_(services.private.sandbox.ended)

        with pytest.raises(DatabaseError, match="CPU time"):
            database.rows("SELECT 1")

    def test_memory_without_end_ends_the_services(self, services, app, monkeypatch):
        """More memory than all services may have together ends them."""
        monkeypatch.setattr(module, "LIMITS", replace(module.LIMITS, memory=150_000_000))
        session = app(services.database())
        session.execute("SET work_mem = '1GB'")
        session.pgconn.send_query(b"SELECT array_agg(g::text || g) FROM generate_series(1, 5000000) g")

        await_(services.private.sandbox.ended)

        assert "memory" in services.private.sandbox.ended()

    def test_a_crash_is_the_submissions_own(self, services, app):
        """After a session has crashed, the server recovers and the checks go on: nothing becomes `could not check`."""
        database = services.database()
        app(database)
        database.run("CREATE TABLE t (x int)")

        crash(services)

        services.provisioner.admin.probe()
        assert database.rows("SELECT * FROM t") == []

    def test_login_that_a_crash_ends_is_tried_again(self, services, monkeypatch):
        """A server that still listens is waited for: a crash also ends the sessions that are logging in."""
        server = services.provisioner.admin.server
        replies = iter([False, True])
        monkeypatch.setattr(private_server, "reaches", lambda _: next(replies))

        server.revive()

        assert list(replies) == []


class TestRefusals:
    def test_refused_count_is_the_submissions_own(self, make, monkeypatch):
        """A server that refuses to say what it has counted, such as on a full disk, fails the check."""
        services = make()
        database = services.database()
        monkeypatch.setattr(services.provisioner.admin, "statistics", lambda: "gone")

        with pytest.raises(DatabaseError, match=r"could not be counted: .*gone"), database.counting():
            pass

    def test_answer_without_end_is_the_submissions_own(self, make, monkeypatch):
        """A look-up of the course's that takes too long on a private server fails the check."""
        services = make()
        database = services.database()

        def take_too_long(*_):
            raise TooMuch("it took too long")

        monkeypatch.setattr(admin, "ask", take_too_long)
        with pytest.raises(DatabaseError, match="could not be queried: it took too long"):
            database.connections()

    def test_silent_server_is_the_submissions_own(self, services, monkeypatch):
        """A server that listens and does not respond after a crash fails the check."""
        server = services.provisioner.server

        def be_silent(_):
            raise CouldNotCheck("The database does not respond.")

        monkeypatch.setattr(private_server, "reaches", be_silent)
        with pytest.raises(DatabaseError, match="does not respond"):
            server.revive()


class TestCounting:
    def test_statements_that_the_server_forgot_fail_the_count(self, services, app):
        """A submission that pushes its own statements out of the server's table fails the check that counts them."""
        database = services.database()
        shapes = ("SELECT 1" + "".join("+-"[number >> bit & 1] + "1" for bit in range(15)) for number in range(21_000))
        session = app(database)

        with pytest.raises(DatabaseError, match="too many different SQL statements"), database.counting():
            session.execute(";".join(shapes))

        with database.counting() as counted:
            session.execute("SELECT 1")
        assert counted.total() == 1

    def test_crash_fails_the_count(self, services, app):
        """A submission whose server crashes during a count, and so forgets everything, fails the check."""
        database = services.database()
        app(database)

        with pytest.raises(DatabaseError, match="crashed"), database.counting():
            crash(services)


class TestLogin:
    @pytest.fixture
    def through_relay(self, services, tmp_path):
        """A function that logs in through the relay, as an app does, and returns the session."""
        database = services.database()
        listener = socket.create_server(("127.0.0.1", 0))
        service = Service("127.0.0.1", 5432, postgres=True, path=services.private.postgres.socket_path)
        port = listener.getsockname()[1]
        relay = Relay([(listener, service)], frozenset([database.app.role]))

        def log_in(login, **options):
            return psycopg.connect(
                host="127.0.0.1",
                port=port,
                user=login.role,
                password=login.password,
                dbname=database.name,
                connect_timeout=10,
                **options,
            )

        yield log_in, database
        relay.close()

    @pytest.mark.parametrize("sslmode", ["disable", "prefer"])
    def test_the_submissions_role_may_log_in(self, through_relay, sslmode):
        """The app's own role gets in, however it begins the connection."""
        log_in, database = through_relay

        with log_in(database.app, sslmode=sslmode) as session:
            assert session.execute("SELECT 1").fetchone() == (1,)

    @pytest.mark.parametrize("sslmode", ["disable", "prefer"])
    def test_no_other_role_may(self, through_relay, sslmode):
        """Neither the course's role nor the server's own can log in, whatever the password."""
        log_in, database = through_relay

        for role in (database.course, ADMIN_ROLE):
            with pytest.raises(psycopg.OperationalError, match="may not log in here"):
                log_in(Login(role, "any"), sslmode=sslmode)


class TestCache:
    @pytest.fixture
    def cache(self, services):
        """A running cache."""
        cache = services.cache()
        cache.start()
        return cache

    @pytest.mark.parametrize("command", FORBIDDEN, ids=" ".join)
    def test_a_command_that_reaches_out_is_refused(self, cache, command):
        """The cache connects to nobody, writes no file, and keeps the limits that it was started with."""
        assert ask(cache, *command).startswith((b"-NOPERM", b"-ERR"))

    @pytest.mark.parametrize("command", [("SET", "a", "1"), ("GET", "a"), ("KEYS", "*"), ("FLUSHALL",), ("INFO",)])
    def test_an_ordinary_command_is_accepted(self, cache, command):
        """An app may do everything that it needs of a cache."""
        assert not ask(cache, *command).startswith(b"-")

    def test_stopped_and_started_it_is_empty(self, cache):
        """A restarted cache is empty, at the same address."""
        ask(cache, "SET", "a", "1")
        cache.stop()
        cache.start()

        assert ask(cache, "GET", "a") == b"$-1\r\n"

    @pytest.mark.parametrize(
        "script", [ENDLESS, f"redis.call('SET', 'a', '2') {ENDLESS}"], ids=["reads", "has written"]
    )
    def test_flush_empties_it_whatever_script_keeps_it_busy(self, cache, script):
        """A reply that the cache is busy is no success: the script is ended, or the cache is restarted."""
        ask(cache, "SET", "a", "1")
        with cache._connect() as connection:
            connection.sendall(_command_of("EVAL", script, "0"))
            await_(lambda: ask(cache, "PING").startswith(BUSY))

            cache.flush()

        assert ask(cache, "GET", "a") == b"$-1\r\n"

    @pytest.mark.parametrize(("exposed", "expected"), [(False, CouldNotCheck), (True, AssertionError)])
    def test_cache_that_does_not_start_is_the_submissions_once_it_has_run(
        self, services, monkeypatch, exposed, expected
    ):
        """What keeps a cache from responding may be the submission's doing only after something of it has run."""
        monkeypatch.setattr(cache_module, "START_SECONDS", 0.1)
        cache = services.cache()
        cache.is_exposed = lambda: exposed
        cache.command = lambda: ["/bin/sleep", "600"]

        with pytest.raises(expected, match="does not start"):
            cache.start()

    def test_it_stays_in_the_sandbox_where_the_database_is_shared(self, make):
        """Without a database server of its own, a submission still has its own cache, which is limited."""
        services = make("cache", "storage")
        cache = services.cache()
        cache.start()

        assert ask(cache, "SET", "a", "1") == b"+OK\r\n"
        assert services.private.postgres is None
        assert services.private.sockets() == {cache.port: cache.socket_path}
        assert services.private.sandbox.watch is not None
