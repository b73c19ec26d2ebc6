"""Server-sent events from a student's app: each event has a limit on its time and its size."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING, Any, NoReturn

from classroom.apps.connection import Connection
from classroom.apps.exchange import Answer, Exchange, Headers
from classroom.checks.live import LiveConnection

if TYPE_CHECKING:
    from collections.abc import Mapping

OK, MEDIA_TYPE = 200, "text/event-stream"
LINE_LIMIT, BODY_LIMIT = 100_000, 1_000_000  # bytes
MANY_LINES = 1_000  # of one event, comments included


class EventStream(LiveConnection):
    """An open stream of server-sent events.

    Args:
        target: the app; see `Client`.
        path: starts with a slash, and may include a query.
        headers: header fields of the request, such as `Last-Event-ID`.
        task: the number of the check's task.

    Attributes:
        last_id: the id of the last event, or "".

    Raises:
        Rejected: the response is not a stream of events.
        NoAnswer: there was no response.
    """

    def __init__(self, target: Any, path: str, headers: Mapping[str, str], task: int) -> None:
        super().__init__(target, Exchange("GET", path, {"Accept": MEDIA_TYPE, **headers}), task)
        self.last_id = ""
        target.note(self.exchange)
        self._connection = Connection(target.address, target.seconds)
        try:
            self._connection.request("GET", path, headers=self.exchange.headers)
            self._response = self._connection.getresponse()
            self._check()
        except TimeoutError:
            self._lost(f"no response within {target.seconds:g} s")
        except (http.client.HTTPException, OSError) as error:
            self._lost(f"the connection was lost ({type(error).__name__})")

    def _check(self) -> None:
        """Raise Rejected unless the response is a stream of events."""
        found = self._response
        headers = Headers((name.lower(), value) for name, value in found.getheaders())
        kind = str(headers.get("content-type", "")).partition(";")[0].strip()
        self._opened(found.status, headers)
        if found.status == OK and kind == MEDIA_TYPE:
            return
        # What is not a stream of events may still never end.
        body = found.read(BODY_LIMIT) if found.status != OK else found.read1(BODY_LIMIT)
        answer = Answer(found.status, headers, body, self.exchange)
        self._connection.close()
        if found.status != OK:
            self._refused(f"{self.exchange} returned {found.status}, expected 200.", answer)
        self._refused(f"The Content-Type is {kind or 'missing'}, expected {MEDIA_TYPE}.", answer)

    def close(self) -> bool:
        """Close the connection, as a browser does when its page is left; the app has no part in that."""
        self._response.close()
        self._connection.close()
        return True

    def _read(self, seconds: float) -> str:
        self._connection.renew(seconds)
        try:
            return self._data()
        except TimeoutError:
            raise
        except EOFError:
            self._ended("the app ended the stream")
        except (http.client.HTTPException, OSError, ValueError) as error:
            self._ended(f"the stream was lost ({type(error).__name__})")

    def _data(self) -> str:
        """Return the data of the next event that has any."""
        data: list[str] = []
        for _ in range(MANY_LINES):
            line = self._line()
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "data":
                data.append(value)
            elif name == "id":
                self.last_id = value
            elif not line and data:
                return "\n".join(data)
        return self._ended(f"an event has more than {MANY_LINES} lines")

    def _line(self) -> str:
        line = self._response.readline(LINE_LIMIT)
        if not line:
            raise EOFError
        return line.decode("utf-8", "replace").rstrip("\r\n")

    def _lost(self, reason: str) -> NoReturn:
        self._connection.close()
        self.target.lost(self.exchange)
        self._ended(reason)
