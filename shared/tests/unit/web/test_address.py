"""The address of a local site."""

import pytest
from classroom.core.errors import UsageError
from classroom.web.address import Address


def test_taken_port_gives_way_to_a_random_one():
    """Two sites on the usual port have addresses of their own, with tokens of their own."""
    first = Address(0)
    second = Address(first.port)

    with first.socket, second.socket:
        assert first.port != second.port
        assert first.token != second.token
        assert first.socket.getsockname()[0] == "127.0.0.1"
        assert first.url == f"http://127.0.0.1:{first.port}/{first.token}/"


@pytest.mark.parametrize("port", [-1, 65_536])
def test_port_that_is_none_is_said(port):
    """A number that no port has is rejected in one sentence."""
    with pytest.raises(UsageError, match=f"^{port} is not a valid port"):
        Address(port)
