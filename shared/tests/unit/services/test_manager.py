"""Which services each submission has to itself, and the message if it shares one."""

import pytest
from classroom.services.manager import has_own_database, own_services, what_is_shared

WEEK3, WEEK5 = ("postgres",), ("postgres", "cache", "storage")


@pytest.fixture(autouse=True)
def _plain(monkeypatch):
    for name in ("DATABASE_URL", "POSTGRES", "CACHE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("names", "sandbox", "private"),
    [(WEEK3, "bubblewrap", True), (WEEK5, "bubblewrap", True), (WEEK3, "none", False), ((), "bubblewrap", False)],
)
def test_services_are_private_in_a_sandbox(names, sandbox, private):
    """A submission that is graded in a sandbox has services of its own, if its week has services."""
    assert own_services(names, sandbox) == (names if private else ())
    assert what_is_shared(names, sandbox) is None


@pytest.mark.parametrize(("name", "value"), [("DATABASE_URL", "postgresql://db/x"), ("POSTGRES", "container")])
def test_a_shared_server_is_named(monkeypatch, name, value):
    """A sentence says which variable makes submissions share a server, and what that means."""
    monkeypatch.setenv(name, value)

    assert not has_own_database(WEEK3, "bubblewrap")
    assert what_is_shared(WEEK3, "bubblewrap").startswith(f"Submissions share the server at {name}, ")
    assert what_is_shared(WEEK3, "none") is None


@pytest.mark.parametrize(("name", "value"), [("DATABASE_URL", "postgresql://db/x"), ("POSTGRES", "container")])
def test_only_the_database_is_shared_where_only_that_is_given(monkeypatch, name, value):
    """Each submission keeps its own cache and storage in the sandbox if it shares a database server."""
    monkeypatch.setenv(name, value)

    assert own_services(WEEK5, "bubblewrap") == ("cache", "storage")
    assert own_services(WEEK5, "none") == ()


def test_a_shared_cache_is_named(monkeypatch):
    """A given cache is shared although each submission has a database server of its own."""
    monkeypatch.setenv("CACHE_URL", "redis://cache:6379/0")

    assert has_own_database(WEEK5, "bubblewrap")
    assert "unset CACHE_URL" in what_is_shared(WEEK5, "bubblewrap")
    assert what_is_shared(WEEK3, "bubblewrap") is None
