"""Servers of every kind, and helpers that run users of a server as separate processes."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest
from classroom.core.errors import CouldNotCheck
from classroom.core.locks import owned
from classroom.services.postgres.admin import Admin
from classroom.services.postgres.connect import connect
from classroom.services.postgres.provisioner import Provisioner
from classroom.services.postgres.servers.embedded import Embedded

KIT = Path(__file__).parents[3] / "src"
WAYS = ("embedded", "given", "container")


@contextlib.contextmanager
def cache(name="cache"):
    """A cache folder that the server's account can reach, unlike pytest's own temporary folders."""
    home = Path(tempfile.mkdtemp(prefix="test-of-classroom-"))
    home.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLASSROOM_CACHE", str(home / name))
        for variable in ("DATABASE_URL", "POSTGRES"):
            patch.delenv(variable, raising=False)
        yield home / name
    await_guards(home / name)
    for place in home.glob("**/server/data/pg_tblspc/*"):
        shutil.rmtree(place.resolve(), ignore_errors=True)
    shutil.rmtree(home)


def await_guards(folder):
    """Wait until the guards of a cache folder have stopped their servers and exited."""
    for post in folder.glob("postgres-*/guard.lock"):
        end = time.monotonic() + 240
        while (post.with_name("stop.json")).exists():  # a guard may not even have come to its post
            assert time.monotonic() < end, "the server was not stopped"
            time.sleep(0.02)  # not by its lock: a guard that finds it taken goes away again
        with owned(post, 240):
            pass


@pytest.fixture
def guard_has_gone():
    """A function that waits until the guards of a cache folder have finished."""
    return await_guards


@pytest.fixture
def cache_named():
    """A function that makes a cache folder of a given name, for a `with`."""
    return cache


@pytest.fixture(scope="session")
def session_cache(starts_processes):
    """The cache folder of all tests that only use a server."""
    with cache() as folder:
        yield folder


@pytest.fixture
def fresh_cache(starts_processes):
    """A cache folder for one test alone."""
    with cache() as folder:
        yield folder


@pytest.fixture(scope="module")
def module_cache(starts_processes):
    """A cache folder for the tests of one module, which start and stop its server."""
    with cache() as folder:
        yield folder


@pytest.fixture(scope="session")
def given_url(session_cache):
    """The address of a server for a role that may create databases and roles, and nothing else."""
    server = Embedded()
    admin = Admin(server)
    password = secrets.token_hex(8)
    admin.ask(f"CREATE ROLE teacher LOGIN CREATEDB CREATEROLE PASSWORD '{password}'")
    admin.ask("CREATE DATABASE teaching OWNER teacher")
    with contextlib.closing(connect(replace(server.access, database="teaching"))) as connection:
        connection.execute("CREATE EXTENSION pg_stat_statements SCHEMA public")
    try:
        yield f"postgresql://teacher:{password}@127.0.0.1:{server.access.port}/teaching"
        admin.ask("DROP DATABASE teaching WITH (FORCE)")
        admin.ask("DROP ROLE teacher")
    finally:
        admin.close()
        server.close()


@pytest.fixture(scope="session")
def servers(session_cache, given_url):
    """A function that opens a server of this kind, or skips the test and says why."""

    def open_way(way):
        if way == "embedded":
            return Embedded()
        if way == "given":
            from classroom.services.postgres.servers.external import ExternalServer

            return ExternalServer(given_url)
        from classroom.services.postgres.servers.container import Container

        try:
            return Container()
        except CouldNotCheck as error:
            pytest.skip(f"no container can be started here: {error}")

    return open_way


@pytest.fixture(scope="session", params=WAYS)
def provisioner(request, servers):
    """A provisioner, once for each kind of server."""
    with Provisioner(servers(request.param)) as found:
        yield found


@pytest.fixture(scope="session")
def one_database(provisioner):
    """A database that all tests of a kind of server use, one after another."""
    with provisioner.database() as found:
        yield found


@pytest.fixture
def database(one_database):
    """An empty database, once for each kind of server."""
    one_database.clear()
    return one_database


@pytest.fixture(scope="session")
def embedded(session_cache):
    """A provisioner on the embedded server."""
    with Provisioner(Embedded()) as found:
        yield found


@pytest.fixture
def embedded_database(embedded):
    """A new database on the embedded server."""
    with embedded.database() as found:
        yield found


class User:
    """A separate process that runs some Python, prints a word, and stays until it is ended."""

    def __init__(self, code, python=sys.executable, **how):
        script = f"import sys\n{code}\nprint('ready', flush=True)\nsys.stdin.read()\n"
        environment = os.environ | {"PYTHONPATH": str(KIT)}
        self.process = subprocess.Popen(
            [python, "-c", script],
            **{"env": environment, "stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, **how},
        )

    def says(self):
        """Return its next word."""
        return self.process.stdout.readline().strip()

    def until_ready(self):
        """Wait until it has finished, and return what it printed."""
        said = []
        while (word := self.says()) not in ("ready", ""):
            said.append(word)
        return said

    def leave(self):
        """Let it come to its end."""
        self.process.communicate()
        return self.process.returncode

    def kill(self):
        """End it as a crash would."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def start_user():
    """A function that starts a user; all of them are ended after the test."""
    users = []

    def start(code, **how):
        users.append(User(code, **how))
        return users[-1]

    yield start
    for user in users:
        if user.process.poll() is None:
            user.kill()
