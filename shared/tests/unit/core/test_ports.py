"""The ports of a local system."""

import socket

import pytest
from classroom.core.errors import UsageError
from classroom.core.ports import HOST, Ports, bound, ensure_port_free, free_ports, is_free, listens


def test_number_out_of_range_is_not_a_port():
    """A number above 65535 is not a valid port."""
    with pytest.raises(UsageError, match="70000 is not a valid port: use a number from 1 to 65535"):
        ensure_port_free(70_000, "python -m classroom run --port 8001")


def test_port_in_use_names_the_option_for_another_one():
    """A port in use is named, with the option that chooses another one."""
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]

        with pytest.raises(
            UsageError, match=f"Port {port} on .* cannot be used .* python -m classroom run --port {port + 10}"
        ):
            Ports(site=port).ensure_free("week5-site")
        assert listens(port)


def test_port_is_free_until_something_listens_there():
    """A port that listens is not free; it is again when its socket is closed."""
    with bound(0) as first:
        port = first.getsockname()[1]
        assert is_free(port)
        first.listen()
        assert not is_free(port)

    assert is_free(port)


def test_no_port_has_two_uses(monkeypatch):
    """The storage server never gets a port of the site or of one of its instances."""
    monkeypatch.setattr("classroom.core.ports.is_free", lambda _: True)
    monkeypatch.setattr("classroom.core.ports.FREE", range(20_000, 20_001))

    with pytest.raises(UsageError, match="No free ports were found"):
        free_ports()


def test_nothing_listens_on_a_closed_port():
    """A port that nothing listens on is recognized."""
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]

    assert not listens(port)
