"""The client against servers that break every rule of HTTP."""

import contextlib
import socket
import threading
from types import SimpleNamespace

import pytest
from classroom.apps.client import BODY_LIMIT, Client
from classroom.apps.connection import Connection
from classroom.apps.exchange import NoAnswer


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
                try:
                    connection, _ = server.accept()
                except OSError:  # the test has ended
                    return
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
    """Read a whole request: a client may send it in two parts."""
    data = connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        if line.startswith(b"Content-Length: "):
            while len(body) < int(line.removeprefix(b"Content-Length: ")):
                body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answer(body=b"{}", status="200 OK", extra=b""):
    """The parts of a correct response."""
    return [f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n".encode() + extra + b"\r\n" + body]


def test_request_is_what_curl_would_send(served):
    """A request contains nothing that distinguishes grading from a person with curl."""
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


def test_empty_accept_is_not_sent(served):
    """An empty Accept is left out, as with `curl -H 'Accept:'`; another empty field is sent."""
    one = served(answer())

    one.client.get("/items", headers={"Accept": "", "X-Note": ""})

    assert b"Accept" not in one.seen[0]
    assert b"X-Note: \r\n" in one.seen[0]


def test_silent_server_is_no_answer(served):
    """A server that accepts and sends nothing is abandoned at the request's time limit."""
    one = served([], keep=True)

    with pytest.raises(NoAnswer, match="no response within 1 s"):
        one.client.get("/")

    assert len(one.lost) == 1


def test_endless_head_is_given_up(served):
    """Headers that never end are abandoned at the deadline, not after the last byte."""

    def drip():
        yield b"HTTP/1.1 200 OK\r\n"
        while True:
            yield b"X: y\r\n" * 20

    one = served(drip())

    with pytest.raises(NoAnswer):
        one.client.get("/")


def test_long_body_is_cut(served):
    """A body over the limit is not a response, and is not kept."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"%x\r\n%s\r\n" % (1 << 20, b"x" * (1 << 20))
    one = served([head, *[chunk] * (BODY_LIMIT // (1 << 20) + 2)])

    with pytest.raises(NoAnswer, match="larger than 8 MB"):
        one.client.get("/")


def test_broken_connection_is_no_answer(served):
    """A connection that closes in the middle of the body raises NoAnswer."""
    one = served([b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"])

    with pytest.raises(NoAnswer, match="connection was lost"):
        one.client.get("/")


@pytest.mark.parametrize("nonsense", [b"SMTP hello\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00\xff\r\n"])
def test_what_is_not_http_is_no_answer(served, nonsense):
    """Bytes that are not HTTP raise NoAnswer, not an error in the grader."""
    with pytest.raises(NoAnswer):
        served([nonsense]).client.get("/")


def test_redirect_on_the_same_app_is_followed(served):
    """A 307 to a path on the same app is followed with the same method and body."""
    fields = b"Location: /items/\r\nConnection: close\r\n"
    one = served(answer(b"", "307 Temporary Redirect", fields), answer(b'{"ok":true}'))

    assert one.client.post("/items", json={}).json == {"ok": True}
    assert one.seen[1].startswith(b"POST /items/ ")


def test_redirect_to_somewhere_else_is_not_followed(served):
    """A redirect to another server is a response like any other."""
    one = served(answer(b"", "302 Found", b"Location: http://example.org/\r\n"))

    assert one.client.get("/").status == 302


def test_redirects_in_a_circle_end(served):
    """Endless redirects are abandoned after a few."""
    one = served(*[answer(b"", "307 Temporary Redirect", b"Location: /a\r\n")] * 6)

    assert one.client.get("/a").status == 307


def test_curl_line_can_be_pasted(served):
    """The command line has method, address, header fields and body, quoted for a shell."""
    one = served(answer())

    line = one.client.put("/items/1", json={"name": "it's"}).exchange.curl()

    assert line == (
        "curl -i -X PUT http://127.0.0.1:8000/items/1 -H 'Content-Type: application/json' "
        """-d '{"name": "it'"'"'s"}'"""
    )


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(90), "98 bytes, image/png"),
        ("Café".encode("latin-1"), "Caf\N{REPLACEMENT CHARACTER}"),
        ("Café\n".encode(), "Café\n"),
    ],
)
def test_body_that_is_no_text_is_its_size_and_type(served, body, shown):
    """An image is not printed; text is, also in another encoding."""
    one = served(answer(body, "200 OK", b"Content-Type: image/png\r\n"))

    assert str(one.client.get("/photo")) == f"200 OK\n{shown}"


def test_page_is_shown_without_its_head(served):
    """Of a page, only the lines in its body are shown, and no empty ones."""
    page = b"<!DOCTYPE html>\n<html>\n<head><title>Shop</title></head>\n<body class=a>\n\n<h1>Tea</h1>\n\n<p>Hot</p>"
    one = served(answer(page, "200 OK", b"Content-Type: text/html\r\n"))

    assert str(one.client.get("/tea")) == "200 OK\n\N{HORIZONTAL ELLIPSIS}\n<h1>Tea</h1>\n<p>Hot</p>"


def test_query_is_encoded(served):
    """Parameters are encoded, and a list is repeated."""
    one = served(answer())

    one.client.get("/items", params={"q": "a b&c", "tag": ["x", "y"]})

    assert one.seen[0].startswith(b"GET /items?q=a+b%26c&tag=x&tag=y HTTP/1.1")


@pytest.fixture
def kept_open(tmp_path):
    """A server that responds on each connection until the client or the script ends it, and counts connections."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "open.sock"))
    server.listen()
    seen = SimpleNamespace(connections=0, requests=[], read=threading.Event(), sent=threading.Event())

    def talk(connection):
        with connection, contextlib.suppress(ConnectionError):
            while head := connection.recv(65536):
                seen.requests.append(head.split(b" ")[0].decode())
                if b"/extra" in head:
                    connection.sendall(answer(b"1")[0])
                    seen.read.wait(60)
                    connection.sendall(answer(b"2")[0])
                    seen.sent.set()
                elif b"/drop" in head and seen.connections == 1:
                    return
                else:
                    connection.sendall(answer(b"3", extra=b"Connection: close\r\n" if b"/close" in head else b"")[0])

    def accept():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            seen.connections += 1
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    target = SimpleNamespace(address=server.getsockname(), seconds=60, note=lambda _: None, lost=lambda exchange: None)
    seen.client = Client(target)
    yield seen
    server.close()


def test_requests_in_a_row_share_a_connection(kept_open):
    """Requests one after the other go over one connection, whatever their methods."""
    for method in ("GET", "POST", "PUT", "GET", "DELETE"):
        assert kept_open.client.request(method, "/").json == 3

    assert kept_open.connections == 1


def test_connection_that_the_app_closes_is_not_kept(kept_open):
    """After a response with Connection: close, a new connection is opened."""
    assert kept_open.client.get("/close").json == 3
    assert kept_open.client.post("/").json == 3

    assert kept_open.connections == 2


def test_body_does_not_wait_for_the_receipt_of_its_head():
    """On a connection to a port, nothing is held back until the other end acknowledges what was sent before."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        connection = Connection(server.getsockname(), 5)
        connection.connect()

        assert connection.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        connection.close()


def test_unrequested_response_is_not_read(kept_open):
    """Bytes after a response are not read as the response to the next request."""
    assert kept_open.client.get("/extra").json == 1
    kept_open.read.set()
    assert kept_open.sent.wait(60)

    assert kept_open.client.get("/").json == 3


def test_read_is_asked_again_where_an_open_connection_ends(kept_open):
    """A GET whose connection ends without a response is sent again on a new one: it may have been closed just then."""
    assert kept_open.client.get("/").json == 3

    assert kept_open.client.get("/drop").json == 3
    assert kept_open.connections == 2


def test_write_is_never_asked_again(kept_open):
    """A POST whose connection ends without a response is not sent again: it may have been processed."""
    assert kept_open.client.get("/").json == 3

    with pytest.raises(NoAnswer):
        kept_open.client.post("/drop")
    assert kept_open.requests == ["GET", "POST"]
