"""The control room opens next to a running system, and is gone with it."""

import http.client
import re
from urllib.parse import urlsplit

import pytest
from classroom.core.ports import listens
from classroom.student.control_room import command
from classroom.web.address import Address

from .conftest import Parts, until


@pytest.fixture
def opened(monkeypatch):
    """The addresses that were opened in a browser; the parts are played, and the usual port is a free one."""
    with Address(0).socket as free:
        monkeypatch.setattr(command, "PORT", free.getsockname()[1])
    addresses = []
    monkeypatch.setattr(command, "Parts", lambda _: Parts())
    monkeypatch.setattr(command, "open_in_browser", addresses.append)
    return addresses


def status(address):
    """Ask for a page, and return the status code."""
    url = urlsplit(address)
    connection = http.client.HTTPConnection(url.netloc, timeout=30)
    connection.request("GET", url.path)
    code = connection.getresponse().status
    connection.close()
    return code


@pytest.mark.parametrize("browser", [True, False])
def test_address_is_printed_and_opened_unless_it_is_not_wanted(system, loads, opened, said, browser):
    """The address is one line of its own; a browser opens it unless `--no-browser` is given."""
    with command.control_room(system, "week5", said.append, browser=browser):
        address = re.fullmatch(r"Control room: (http://127\.0\.0\.1:\d+/[\w-]+/)", said[0])[1]
        codes = [status(f"{address}room/"), status(f"{address[:-2]}/room/")]

    assert codes == [200, 403]
    assert opened == ([address] if browser else [])


def test_end_undoes_what_lasts_longer(system, loads, opened, said):
    """When the system ends, the primary is back, the load has ended, and nothing serves the page."""
    with command.control_room(system, "week5", said.append) as room:
        room.controls.take_primary()
        room.controls.send_load(50, 10)
        until(lambda: room.recorder.samples)

    assert not system.database.away
    assert loads.sent[0].calls[-2:] == ["stop", "clear"]
    assert not listens(command.PORT)
    assert "Control room: primary taken away." in said


def test_second_site_has_a_control_room_of_its_own(system, loads, opened, said):
    """Where the usual port is in use, another one is taken."""
    with command.control_room(system, "week5", said.append), command.control_room(system, "week5", said.append):
        first, second = (line.partition(": ")[2] for line in said if "http" in line)
        codes = [status(f"{address}room/") for address in (first, second)]

    assert codes == [200, 200]
    assert urlsplit(first).port != urlsplit(second).port
