"""Streams of server-sent events: what is read, and streams that are none, end or hang."""

import socket
import threading
from types import SimpleNamespace

import pytest
from classroom.apps.exchange import Failure, GroundMissing, NoAnswer
from classroom.checks.event_stream import EventStream
from classroom.checks.live import Rejected
from classroom.core.load import under_load

TASK, SHORT = 4, 0.2
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n"


@pytest.fixture
def stream(tmp_path):
    """Opens a stream of events to a server that sends these bytes, and then closes the connection or keeps it."""
    kept = []

    def open_one(reply, *, keep=False):
        server = socket.socket(socket.AF_UNIX)
        server.bind(str(tmp_path / "app.sock"))
        server.listen()

        def respond():
            connection, _ = server.accept()
            connection.recv(65536)
            connection.sendall(reply)
            kept.append(connection)
            if not keep:
                connection.close()

        thread = threading.Thread(target=respond)
        thread.start()
        target = SimpleNamespace(
            address=str(tmp_path / "app.sock"), seconds=under_load(2), note=lambda _: None, lost=lambda _: None
        )
        try:
            found = EventStream(target, "/events", {}, TASK)
        finally:
            thread.join()
            kept.append(server)
        kept.append(found)
        return found

    yield open_one
    for one in kept:
        one.close()


def test_events_have_data_and_ids(stream):
    """Comments and other fields are skipped, and lines of data are joined."""
    events = stream(
        HEAD + b': hello\n\nevent: note\nid: 7\ndata: {"text":\ndata: "Tea"}\n\n:\n\ndata:plain\r\nid: 8\r\n\r\n',
        keep=True,
    )

    assert events.receive() == {"text": "Tea"}
    assert events.last_id == "7"
    assert events.receive() == "plain"
    assert events.last_id == "8"


def test_silence_is_a_failure(stream):
    """An event that is not complete in time is a failure."""
    with pytest.raises(Failure, match=r"^GET /events received no message within"):
        stream(HEAD + b"data: half an event\n", keep=True).receive(seconds=SHORT)


def test_end_of_the_stream_is_no_answer(stream):
    """A stream that ends before the event is a NoAnswer, whose cause is what the app has printed."""
    with pytest.raises(NoAnswer, match="the app ended the stream") as ended:
        stream(HEAD + b"data: 1\n\n").wait_for(2)

    assert ended.value.exchange.answer is None


@pytest.mark.parametrize("line", [b"data: " + b"x" * 200_000, b":\n" * 2_000])
def test_endless_event_ends_the_stream(stream, line):
    """An event with endless lines is not read to its end."""
    with pytest.raises((Failure, NoAnswer)):
        stream(HEAD + line + b"\n", keep=True).wait_for("x", seconds=SHORT)


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}", "returned 404, expected 200"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/html\r\n\r\nno", "Content-Type is text/html"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "Content-Type is missing"),
    ],
)
def test_other_responses_are_rejected(stream, reply, sentence):
    """Another status code or media type is a failure that names it."""
    with pytest.raises(Rejected, match=sentence):
        stream(reply)


def test_todo_of_an_earlier_task_skips(stream):
    """A 501 that names the TODO of an earlier task skips the check."""
    with pytest.raises(GroundMissing):
        stream(b"HTTP/1.1 501 Not Implemented\r\nContent-Length: 6\r\n\r\nTODO 3")


def test_connection_that_is_closed_is_no_answer(stream):
    """A connection that is closed without a response is a NoAnswer."""
    with pytest.raises(NoAnswer, match="the connection was lost"):
        stream(b"")
