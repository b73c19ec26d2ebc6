"""WebSockets of checks: messages, rejections, and apps that close, hang or send too much."""

import contextlib
import json
import threading
from types import SimpleNamespace

import pytest
from classroom import matching
from classroom.apps.exchange import Failure, GroundMissing, NoAnswer
from classroom.checks.live import RECEIVED_LIMIT, Rejected
from classroom.checks.websocket import MESSAGE_LIMIT, WebSocket
from classroom.core.load import under_load
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import unix_serve

TASK, SHORT = 4, 0.2


@pytest.fixture
def opened(tmp_path):
    """Opens a WebSocket to a server that treats each connection in this way."""
    with contextlib.ExitStack() as stack:

        def open_one(handler, respond=None, *, seconds=2, path="/live"):
            address = str(tmp_path / "app.sock")
            server = stack.enter_context(
                unix_serve(handler, address, process_request=respond, compression=None, max_size=None)
            )
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            lost = []
            target = SimpleNamespace(
                address=address, seconds=under_load(seconds), note=lambda _: None, lost=lost.append
            )
            found = WebSocket(target, path, {}, TASK)
            stack.callback(found.drop)
            return found

        yield open_one


def echo(connection):
    """Return each message."""
    for message in connection:
        connection.send(message)


def closing(code, reason=""):
    """Return a handler that closes at once."""
    return lambda connection: connection.close(code, reason)


def until_closed(connection):
    """Send nothing."""
    connection.wait_closed()


def test_messages_are_text_or_json(opened):
    """Text is sent as it is, other messages as JSON; what is received is decoded if it is JSON."""
    socket = opened(echo)

    socket.send("plain")
    socket.send({"text": "Käse"})

    assert [socket.receive(), socket.receive()] == ["plain", {"text": "Käse"}]
    assert [text for _, text in socket.exchange.messages] == ["plain", '{"text": "Käse"}']


def test_others_are_skipped(opened):
    """wait_for returns the message that matches, and keeps those before it in `received`."""
    socket = opened(echo)
    for number in (1, 2, 3):
        socket.send({"number": number, "more": True})

    assert socket.wait_for({"number": 3}) == {"number": 3, "more": True}
    assert [message["number"] for message in socket.received] == [1, 2, 3]


def test_closest_message_explains_what_is_missing(opened):
    """If the expected message does not arrive, the sentence is about the one that is most like it."""
    socket = opened(echo)
    for message in ({"type": "note", "text": "Tea"}, {"type": "people"}):
        socket.send(message)

    with pytest.raises(Failure, match=r'received \{"type": "note", "text": "Tea"\}\. `text` is "Tea", expected "Milk"'):
        socket.wait_for({"type": "note", "text": "Milk"}, seconds=SHORT)


def test_last_messages_are_the_response(opened):
    """The response on a card is 101 with the last messages."""
    socket = opened(echo)
    for number in range(20):
        socket.send({"number": number})
    socket.wait_for({"number": 19})

    first, *messages = str(socket.exchange.answer).splitlines()
    assert first.startswith("101 ")
    assert [json.loads(line)["number"] for line in messages] == [*range(12, 20)]


def test_silence_is_a_failure(opened):
    """No message in time is a failure that says so."""
    with pytest.raises(Failure, match=r"^WebSocket /live received no message within"):
        opened(until_closed).receive(seconds=SHORT)


def test_expected_message_is_described(opened):
    """The sentence about a message that did not arrive has the names of matchers and types."""
    expected = {"type": "note", "id": int, "text": matching(str.islower, "a text in lower case")}

    with pytest.raises(Failure, match=r'expected \{"type": "note", "id": an integer, "text": a text in lower case\}\.'):
        opened(until_closed).wait_for(expected, seconds=SHORT)


@pytest.mark.parametrize("code", [1000, 1013])
def test_code_of_a_closed_connection(opened, code):
    """close_code returns the code with which the app has closed the connection."""
    assert opened(closing(code)).close_code() == code


def test_open_connection_has_no_code(opened):
    """close_code fails if the app keeps the connection open."""
    with pytest.raises(Failure, match="was still open after"):
        opened(until_closed).close_code(seconds=SHORT)


def test_open_connection_reacts_to_a_ping(opened):
    """A ping over an open connection gets its sign."""
    opened(until_closed).ping()


def test_closed_connection_does_not_react_to_a_ping(opened):
    """A ping over a connection that the app has closed is a NoAnswer."""
    socket = opened(closing(1000))
    socket.close_code()

    with pytest.raises(NoAnswer, match="closed the connection with code 1000"):
        socket.ping()


def test_app_that_closes_sends_no_answer(opened):
    """A message that is awaited when the app closes the connection is a NoAnswer with code and reason."""
    with pytest.raises(NoAnswer, match=r"closed the connection with code 1011: Out of tea"):
        opened(closing(1011, "Out of tea")).wait_for({})


@pytest.mark.parametrize(("number", "raised"), [(3, GroundMissing), (4, Rejected), (5, Rejected)])
def test_todo_closes_the_connection(opened, number, raised):
    """A connection that the TODO of an earlier task closes skips the check; another TODO is a 501."""
    socket = opened(closing(1011, f"TODO {number}: send it"))

    with pytest.raises(raised):
        socket.receive()

    assert socket.exchange.answer.status == 501


@pytest.mark.parametrize(("body", "raised"), [("TODO 2: accept", GroundMissing), ("later", Rejected)])
def test_todo_rejects_the_connection(opened, body, raised):
    """A 501 instead of a connection skips the check if it names the TODO of an earlier task."""
    with pytest.raises(raised):
        opened(echo, lambda connection, _: connection.respond(501, body))


def test_rejection_has_the_response(opened):
    """An app that opens no connection is a failure with its response."""
    with pytest.raises(Rejected, match="was rejected with 403, expected an open connection") as failed:
        opened(echo, lambda connection, _: connection.respond(403, "Go away"))

    assert (failed.value.answer.status, failed.value.answer.text) == (403, "Go away")


def test_handshake_has_a_limit(opened):
    """An app that never responds to the request is a NoAnswer."""
    end = threading.Event()
    try:
        with pytest.raises(NoAnswer, match="it was not opened within"):
            opened(echo, lambda *_: end.wait() and None, seconds=SHORT)
    finally:
        end.set()


def test_large_message_is_not_accepted(opened):
    """A message that is longer than the limit ends the connection."""
    with pytest.raises(NoAnswer):
        opened(lambda connection: connection.send("x" * (MESSAGE_LIMIT + 1))).receive()


def test_endless_messages_are_not_kept(opened):
    """An app that never stops sending is a failure, before its messages fill the memory."""

    def flood(connection):
        with contextlib.suppress(ConnectionClosed):
            while True:
                connection.send("x" * (MESSAGE_LIMIT - 1))

    with pytest.raises(Failure, match=f"more than {RECEIVED_LIMIT // 1_000_000} MB"):
        opened(flood, seconds=30).wait_for("the end")


def test_app_notices_who_vanishes(opened):
    """The app notices a client that has left without a goodbye."""
    noticed = threading.Event()

    def handler(connection):
        connection.wait_closed()
        noticed.set()

    opened(handler).vanish()

    assert noticed.wait(under_load(5))
