"""Uploads that arrive in pieces, and may never be complete."""

from contextlib import suppress

import pytest
from classroom.apps.connection import Connection
from classroom.apps.exchange import Answer, Exchange, Failure, Headers


class SlowUpload:
    """An upload that arrives in pieces, and may never be complete.

    Args:
        size: the size that it announces; None for pieces without a size for all of them.
    """

    def __init__(self, client, size=None):
        self.target = client.target
        self.exchange = Exchange("POST", "/images", {}, b"")
        self.size = size
        self.target.note(self.exchange)
        self.connection = Connection(self.target.address, self.target.seconds)
        self.connection.putrequest("POST", "/images")
        name, value = ("Transfer-Encoding", "chunked") if size is None else ("Content-Length", str(size))
        self.connection.putheader(name, value)
        self.connection.endheaders()

    def send(self, piece):
        """Send one more piece."""
        self.exchange.content += piece
        data = piece if self.size is not None else b"%x\r\n%b\r\n" % (len(piece), piece)
        with suppress(BrokenPipeError, ConnectionResetError):  # the app has already responded
            self.connection.send(data)

    def answer(self, sentence):
        """Return the response; the sentence says what is wrong if there is none."""
        try:
            response = self.connection.getresponse()
            body = response.read()
        except (TimeoutError, OSError):
            self.target.lost(self.exchange)
            raise Failure(sentence) from None
        finally:
            self.connection.close()
        headers = Headers((name.lower(), value) for name, value in response.getheaders())
        self.exchange.answer = Answer(response.status, headers, body, self.exchange)
        return self.exchange.answer


@pytest.fixture
def slow_upload():
    """The class for uploads that arrive in pieces."""
    return SlowUpload
