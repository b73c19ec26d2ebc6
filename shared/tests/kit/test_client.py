"""The client against servers that answer as they please."""

import socket
import threading
from types import SimpleNamespace

import pytest
from classroom.client import BODY_LIMIT, Client, NoAnswer


@pytest.fixture
def served(tmp_path):
    """A client of a server that sends these bytes to each connection, then closes or keeps it."""
    servers = []

    def serve(*replies, keep=False):
        path = str(tmp_path / f"{len(servers)}.sock")
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
        server.listen()
        held = []

        def talk():
            for reply in replies:
                connection, _ = server.accept()
                seen.append(whole_request(connection))
                try:
                    for part in reply:
                        connection.sendall(part)
                except OSError:
                    pass
                held.append(connection)
                if not keep:
                    connection.close()

        seen = []
        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        servers.append((server, held, thread))
        lost = []
        target = SimpleNamespace(address=path, seconds=1, note=lambda _: None, lost=lost.append)
        return SimpleNamespace(client=Client(target), lost=lost, seen=seen)

    yield serve
    for server, held, _ in servers:
        server.close()
        for connection in held:
            connection.close()


def whole_request(connection):
    """A request to its end: what a client sends in two goes may come in two."""
    data = connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        if line.startswith(b"Content-Length: "):
            while len(body) < int(line.removeprefix(b"Content-Length: ")):
                body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answer(body=b"{}", status="200 OK", extra=b""):
    """The parts of a sound answer."""
    return [f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n".encode() + extra + b"\r\n" + body]


def test_request_is_what_curl_would_send(served):
    """A request carries nothing that tells grading from a person with curl."""
    one = served(answer())

    one.client.post("/items", json={"name": "Ö"})

    head, _, body = one.seen[0].partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"POST /items HTTP/1.1",
        b"Host: 127.0.0.1:8000",
        b"User-Agent: curl/8.5.0",
        b"Accept: */*",
        b"Content-Type: application/json",
        b"Content-Length: 14",
    ]
    assert body == '{"name": "Ö"}'.encode()


def test_silent_server_is_no_answer(served):
    """A server that accepts and says nothing is given up after the request's time."""
    one = served([], keep=True)

    with pytest.raises(NoAnswer, match="no answer within 1 s"):
        one.client.get("/")

    assert len(one.lost) == 1


def test_endless_head_is_given_up(served):
    """A head that never ends is given up by the deadline, not by the last byte."""

    def drip():
        yield b"HTTP/1.1 200 OK\r\n"
        while True:
            yield b"X: y\r\n" * 20

    one = served(drip())

    with pytest.raises(NoAnswer):
        one.client.get("/")


def test_long_body_is_cut(served):
    """A body over the limit is no answer, and is not kept."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"%x\r\n%s\r\n" % (1 << 20, b"x" * (1 << 20))
    one = served([head, *[chunk] * (BODY_LIMIT // (1 << 20) + 2)])

    with pytest.raises(NoAnswer, match="longer than 8 MB"):
        one.client.get("/")


def test_broken_connection_is_no_answer(served):
    """A connection that closes in the middle of the body is no answer."""
    one = served([b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"])

    with pytest.raises(NoAnswer, match="broke off"):
        one.client.get("/")


@pytest.mark.parametrize("nonsense", [b"SMTP hello\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00\xff\r\n"])
def test_what_is_no_http_is_no_answer(served, nonsense):
    """Bytes that are no HTTP are no answer, and no error of the grader."""
    with pytest.raises(NoAnswer):
        served([nonsense]).client.get("/")


def test_redirect_on_the_same_app_is_followed(served):
    """A 307 to a path of the same app is followed with the same method and body."""
    one = served(answer(b"", "307 Temporary Redirect", b"Location: /items/\r\n"), answer(b'{"ok":true}'))

    assert one.client.post("/items", json={}).json == {"ok": True}
    assert one.seen[1].startswith(b"POST /items/ ")


def test_redirect_to_somewhere_else_is_not_followed(served):
    """A redirect that leads away from the app is an answer like any other."""
    one = served(answer(b"", "302 Found", b"Location: http://example.org/\r\n"))

    assert one.client.get("/").status == 302


def test_redirects_in_a_circle_end(served):
    """Redirects that never end are given up after a few."""
    one = served(*[answer(b"", "307 Temporary Redirect", b"Location: /a\r\n")] * 6)

    assert one.client.get("/a").status == 307


def test_curl_line_can_be_pasted(served):
    """The line names method, address, header fields and body, quoted for a shell."""
    one = served(answer())

    line = one.client.put("/items/1", json={"name": "it's"}).exchange.curl()

    assert line == (
        "curl -i -X PUT http://127.0.0.1:8000/items/1 -H 'Content-Type: application/json' "
        """-d '{"name": "it'"'"'s"}'"""
    )


def test_query_is_encoded(served):
    """Parameters are encoded, and a list is repeated."""
    one = served(answer())

    one.client.get("/items", params={"q": "a b&c", "tag": ["x", "y"]})

    assert one.seen[0].startswith(b"GET /items?q=a+b%26c&tag=x&tag=y HTTP/1.1")
