"""One HTTP request over a connection of its own."""

import asyncio
import socket

import pytest
from classroom.core.ports import HOST
from classroom.student.load.request import NoResponseError, send


def against(*answers):
    """Send a request to a server that writes these bytes and closes; return the response and what was sent."""

    async def run():
        sent = b""

        async def serve(reader, writer):
            nonlocal sent
            sent = await reader.read(10_000)
            writer.writelines(answers)
            writer.close()

        async with await asyncio.start_server(serve, HOST, 0) as server:
            port = server.sockets[0].getsockname()[1]
            response = await send("POST", f"http://{HOST}:{port}/videos?a=b", b"{}", {"X-Test": "yes"})
        return response, sent

    return asyncio.run(run())


def test_a_request_has_its_headers_and_body_and_ends_the_connection():
    """Method, path with its query, headers and body are sent, and the server is asked to close."""
    _, sent = against(b"HTTP/1.1 204 No Content\r\n\r\n")

    head, body = sent.split(b"\r\n\r\n")
    assert head.startswith(b"POST /videos?a=b HTTP/1.1\r\n")
    assert {b"Connection: close", b"X-Test: yes", b"Content-Length: 2"} <= set(head.split(b"\r\n"))
    assert body == b"{}"


@pytest.mark.parametrize(
    "framing",
    [
        b"content-length: 7\r\n\r\n" + b'{"a":1}',
        b'transfer-encoding: chunked\r\n\r\n3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n',
        b'\r\n{"a":1}',
    ],
)
def test_a_response_is_read_to_its_end(framing):
    """A body with a length, in chunks, or up to the end of the connection is read."""
    response, _ = against(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 201 Created\r\n", framing)

    assert (response.status, response.json()) == (201, {"a": 1})


@pytest.mark.parametrize("body", [b"[1]", b"not json", b"\xff", b"[" * 100_000])
def test_json_is_empty_unless_it_is_an_object(body):
    """A body that is not a JSON object does not raise."""
    response, _ = against(b"HTTP/1.1 200 OK\r\n\r\n", body)

    assert response.json() == {}


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"", "the connection was lost"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", "the connection was lost"),
        (b"this is not HTTP\r\n\r\n", "the connection was lost"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2_100_000, "the response is too long"),
    ],
)
def test_without_a_whole_response_the_reason_is_told(answer, why):
    """A response that is missing, cut off, broken or too long raises with a few words."""
    with pytest.raises(NoResponseError, match=why):
        against(answer)


def test_a_closed_port_is_no_connection():
    """A port on which nothing listens is told."""
    with socket.socket() as place:
        place.bind((HOST, 0))
        with pytest.raises(NoResponseError, match="no connection"):
            asyncio.run(send("GET", f"http://{HOST}:{place.getsockname()[1]}/"))


@pytest.mark.parametrize(
    "url", ["http://example.org/", "https://127.0.0.1/", "file:///etc/passwd", "", "http://[", "http://127.0.0.1:x/"]
)
def test_only_this_computer_is_asked(url):
    """A URL in a response of the app that leads elsewhere is not followed."""
    with pytest.raises(NoResponseError, match="not a URL"):
        asyncio.run(send("GET", url))
