"""The balancer of a local system."""

import asyncio
import contextlib

from classroom.core.ports import HOST
from classroom.student.balancer import Balancer
from classroom.student.records import Counters, read_counters


async def instance(name):
    """Start a server that sends its name; return it with its port."""

    async def send(reader, writer):
        await reader.read(100)
        writer.write(name)
        writer.close()

    server = await asyncio.start_server(send, HOST, 0)
    return server, server.sockets[0].getsockname()[1]


async def ask(port):
    """Send a request, and return the whole response."""
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    response = await reader.read()
    writer.close()
    return response


async def responses(ports, times):
    """Return the responses to some requests in a row."""
    server = await asyncio.start_server(Balancer(ports).forward, HOST, 0)
    async with server:
        return [await ask(server.sockets[0].getsockname()[1]) for _ in range(times)]


def test_connections_go_to_instances_in_turn():
    """Each connection goes to the next instance."""

    async def run():
        (a, first), (b, second) = await instance(b"a"), await instance(b"b")
        async with a, b:
            return await responses([first, second], 4)

    assert asyncio.run(run()) == [b"a", b"b", b"a", b"b"]


def test_instance_that_is_gone_is_skipped():
    """A closed port is skipped."""

    async def run():
        (a, first), (b, second) = await instance(b"a"), await instance(b"b")
        a.close()
        async with b:
            return await responses([first, second], 2)

    assert asyncio.run(run()) == [b"b", b"b"]


def test_without_an_instance_the_response_is_503(capsys):
    """If no instance accepts connections the client gets a 503 with a JSON body, and the user a line."""

    async def run():
        server, port = await instance(b"a")
        server.close()
        with contextlib.suppress(AttributeError):
            await server.wait_closed()
        return await responses([port], 1)

    (response,) = asyncio.run(run())

    assert response.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert response.endswith(b'{"detail":"No instance is available."}')
    assert capsys.readouterr().out == "No instance accepts connections: 503 Service Unavailable\n"


async def echo():
    """Start a server that sends back what it gets; return it with its port."""

    async def send(reader, writer):
        while data := await reader.read(1000):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(send, HOST, 0)
    return server, server.sockets[0].getsockname()[1]


def test_each_request_is_counted_for_its_instance(tmp_path):
    """Requests are counted by instance, also several on one connection; a body that follows is not one."""
    path = tmp_path / "counters"

    async def run():
        (a, first), (b, second) = await echo(), await echo()
        balancer = await asyncio.start_server(Balancer([first, second], Counters(path, 3).increase).forward, HOST, 0)
        async with a, b, balancer:
            for requests in (b"GET / HTTP/1.1", b"PATCH /videos/1 HTTP/1.1"), (b"DELETE /a HTTP/1.1", b"{"), ():
                reader, writer = await asyncio.open_connection(HOST, balancer.sockets[0].getsockname()[1])
                for data in requests:
                    writer.write(data)
                    assert await reader.readexactly(len(data)) == data
                writer.write_eof()
                assert await reader.read() == b""
                writer.close()

    asyncio.run(run())

    assert read_counters(path) == [2, 1, 0]


def test_rejected_requests_are_counted(tmp_path, capsys):
    """A request that no instance accepts is counted as rejected."""
    counters = Counters(tmp_path / "counters", 2)

    async def run():
        a, first = await instance(b"a")
        a.close()
        balancer = await asyncio.start_server(Balancer([first], counters.increase).forward, HOST, 0)
        async with balancer:
            await ask(balancer.sockets[0].getsockname()[1])

    asyncio.run(run())

    assert read_counters(tmp_path / "counters") == [0, 1]
