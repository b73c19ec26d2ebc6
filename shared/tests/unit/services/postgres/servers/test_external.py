"""Reading DATABASE_URL, and choosing the kind of server."""

from __future__ import annotations

import gc

import pytest
from classroom.core.errors import CouldNotCheck
from classroom.services.manager import Services
from classroom.services.postgres.open import open_postgres, open_server
from classroom.services.postgres.servers.external import ExternalServer, read_url


class TestUrl:
    """The forms that an address may have."""

    @pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg2", "postgresql+asyncpg"])
    def test_every_scheme_is_read(self, scheme):
        """Libpq's and SQLAlchemy's forms name the same server."""
        access = read_url(f"{scheme}://me:p%40ss@db.example.org:6000/course?sslmode=require")

        assert (access.host, access.port, access.user, access.password) == ("db.example.org", 6000, "me", "p@ss")
        assert (access.database, access.options) == ("course", {"sslmode": "require"})

    def test_what_is_left_out_has_its_usual_value(self):
        """Without a port, a password and a name, the defaults are used."""
        access = read_url("postgresql://me@db.example.org")

        assert (access.port, access.password, access.database) == (5432, "", "me")

    def test_a_socket_has_a_host_for_the_submission(self):
        """A server that is named by its socket is reached over TCP by a submission."""
        access = read_url("postgresql://me:pw@/course?host=/run/postgresql&port=5433")

        assert (access.socket_dir, access.host, access.port) == ("/run/postgresql", "127.0.0.1", 5433)

    def test_special_characters_come_through(self):
        """Special characters are escaped in a URL so that it can be parsed again."""
        access = read_url("postgresql://me:p%2F%3A%40%23@[::1]:6000/a%20b")

        assert read_url(access.url("postgresql+psycopg2")) == access

    @pytest.mark.parametrize(
        ("url", "sentence"),
        [
            ("mysql://me@host/db", "not the address of a PostgreSQL server"),
            ("nonsense", "not the address of a PostgreSQL server"),
            ("postgresql://me@a,b/db", "must have one host"),
            ("postgresql://host/db", "must have one host, a user"),
            ("postgresql://me@host/db?nothing=1", "cannot be read"),
            ("postgresql://me@host:port/db", "a numeric port"),
        ],
    )
    def test_a_wrong_url_is_told(self, url, sentence):
        """An address that cannot be used is rejected with what to do."""
        with pytest.raises(CouldNotCheck, match=f"{sentence}.*unset DATABASE_URL"):
            read_url(url)


class TestChoice:
    """The kind of server that the environment asks for."""

    @pytest.fixture(autouse=True)
    def environment(self, monkeypatch):
        """Begin with neither variable set."""
        monkeypatch.delenv("DATABASE_URL", raising=False)
        monkeypatch.delenv("POSTGRES", raising=False)

    def test_database_url_comes_first(self, monkeypatch, given_url):
        """A given server takes precedence."""
        monkeypatch.setenv("DATABASE_URL", given_url)
        monkeypatch.setenv("POSTGRES", "container")

        assert open_server().way == "given"

    def test_embedded_is_the_default(self, session_cache):
        """By default the embedded server is used."""
        with open_postgres() as provisioner:
            assert provisioner.server.way == "embedded"

    def test_unknown_way_is_told(self, monkeypatch):
        """An unknown kind of server is named, with those that exist."""
        monkeypatch.setenv("POSTGRES", "docker")

        with pytest.raises(CouldNotCheck, match="POSTGRES is 'docker': set it to container or embedded"):
            open_server()

    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    def test_no_docker_is_told(self, monkeypatch, fresh_cache):
        """A container without a running daemon is rejected with the alternatives."""
        monkeypatch.setenv("POSTGRES", "container")
        monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")

        with pytest.raises(CouldNotCheck, match=r"start Docker, .* or leave POSTGRES out"):
            open_server()
        gc.collect()  # the Docker library leaves a socket open when nobody answers


class TestServer:
    """A server that cannot be used."""

    def test_nobody_there(self):
        """A missing server is named by its address, without the password."""
        with pytest.raises(CouldNotCheck, match=r"DATABASE_URL \(127.0.0.1:1\) does not respond") as caught:
            ExternalServer("postgresql://me:secret@127.0.0.1:1/db")

        assert "secret" not in str(caught.value)

    def test_wrong_password(self, given_url):
        """A wrong password is reported."""
        with pytest.raises(CouldNotCheck, match="password authentication failed"):
            ExternalServer(given_url.replace("teacher:", "teacher:x"))

    def test_too_old(self, given_url, monkeypatch):
        """A server of an old version is rejected."""
        monkeypatch.setattr("classroom.services.postgres.servers.external.OLDEST", 990000)

        with pytest.raises(CouldNotCheck, match=r"is PostgreSQL \d+, but the course needs"):
            ExternalServer(given_url)


@pytest.mark.usefixtures("session_cache")
def test_service_that_could_not_be_had_is_asked_for_again(monkeypatch):
    """Once the reason for a failure is removed, the next request gets the database."""
    services = Services(["postgres"])
    try:
        monkeypatch.setenv("POSTGRES", "nonsense")
        with pytest.raises(CouldNotCheck, match="POSTGRES is 'nonsense'"):
            _ = services.provisioner
        monkeypatch.delenv("POSTGRES")

        assert services.epoch()
    finally:
        services.close()
