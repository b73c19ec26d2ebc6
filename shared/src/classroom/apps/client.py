"""HTTP to a student's app, with a cap on bytes and on time for everything that comes back.

The standard library's client over a Unix socket or a loopback port: a socket with a deadline is what keeps a slow or
endless answer from holding the grader, and no common client offers one for the whole exchange.
"""

from __future__ import annotations

import contextlib
import http.client
import json as jsonlib
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from classroom.apps.connection import Connection, Connections
from classroom.apps.exchange import BASE, Answer, Exchange, Headers, NoAnswer

BODY_LIMIT = 8_000_000
REDIRECTS = 5
AGAIN = ("GET", "HEAD")  # may be asked anew where an open connection was closed at that moment (RFC 9112, 9.3.1)
Params = Mapping[str, Any] | Sequence[tuple[str, Any]] | None


class Client:
    """Asks one running app.

    Args:
        target: anything with `address` (a Unix socket's path, or host and port), `seconds` for one answer,
            `note(exchange)` called before, and `lost(exchange)` called when no answer came.
    """

    def __init__(self, target: Any) -> None:
        self.target = target
        self.connections = Connections()

    def get(self, path: str, **more: Any) -> Answer:
        """Ask with GET."""
        return self.request("GET", path, **more)

    def head(self, path: str, **more: Any) -> Answer:
        """Ask with HEAD."""
        return self.request("HEAD", path, **more)

    def post(self, path: str, **more: Any) -> Answer:
        """Ask with POST."""
        return self.request("POST", path, **more)

    def put(self, path: str, **more: Any) -> Answer:
        """Ask with PUT."""
        return self.request("PUT", path, **more)

    def patch(self, path: str, **more: Any) -> Answer:
        """Ask with PATCH."""
        return self.request("PATCH", path, **more)

    def delete(self, path: str, **more: Any) -> Answer:
        """Ask with DELETE."""
        return self.request("DELETE", path, **more)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Params = None,
        json: Any = ...,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> Answer:
        """Ask the app, follow its redirects to itself, and return its answer.

        Args:
            method: GET, POST, ...
            path: from the slash on; may hold a query.
            params: the query; a list as value is repeated.
            json: the body, sent as JSON.
            content: the body as bytes, instead.
            headers: header fields for this request.
            seconds: for this answer, where the week's limit is not right.

        Raises:
            NoAnswer: none came, or not within the caps.
        """
        fields = dict(headers or {})
        if json is not ...:
            content = jsonlib.dumps(json, ensure_ascii=False).encode()
            fields.setdefault("Content-Type", "application/json")
        if params:
            pairs = list(params.items() if isinstance(params, Mapping) else params)
            path += ("&" if "?" in path else "?") + urlencode(pairs, doseq=True)
        for _ in range(REDIRECTS):
            answer = self._once(method, quote(path, safe="/?&=%:,;+@!$'()*~.-_[]"), fields, content, seconds)
            onward = self._onward(answer)
            if onward is None:
                return answer
            if answer.status in (301, 302, 303) and method != "GET":
                method, content = "GET", None
                fields.pop("Content-Type", None)
            path = onward
        return answer

    def _onward(self, answer: Answer) -> str | None:
        """Where a redirect leads on the same app; None where there is none, or it leads away."""
        location = answer.headers.get("location")
        if answer.status not in (301, 302, 303, 307, 308) or not location:
            return None
        to = urlsplit(urljoin(BASE + answer.exchange.path, str(location)))
        if to.netloc not in (urlsplit(BASE).netloc, "localhost:8000"):
            return None
        return to.path + (f"?{to.query}" if to.query else "")

    def _once(
        self, method: str, path: str, fields: dict[str, str], content: bytes | None, seconds: float | None
    ) -> Answer:
        exchange = Exchange(method, path, fields, content)
        self.target.note(exchange)
        seconds = seconds or self.target.seconds
        try:
            exchange.answer = self._asked(exchange, seconds)
        except TimeoutError:
            self._lost(f"no answer within {seconds:g} s", exchange)
        except (http.client.HTTPException, OSError) as error:
            self._lost(f"the connection broke off ({type(error).__name__})", exchange)
        assert exchange.answer is not None
        return exchange.answer

    def _asked(self, exchange: Exchange, seconds: float) -> Answer:
        address = self.target.address
        connection = self.connections.take(address, seconds)
        if connection.sock is not None and exchange.method in AGAIN:
            with contextlib.suppress(ConnectionError):
                return self._over(connection, exchange)
            connection = Connection(address, seconds)
        return self._over(connection, exchange)

    def _over(self, connection: Connection, exchange: Exchange) -> Answer:
        whole = False
        try:
            answer, whole = self._exchange(connection, exchange)
        finally:
            if whole:
                self.connections.keep(connection)
            else:
                connection.close()
        return answer

    def _exchange(self, connection: Connection, exchange: Exchange) -> tuple[Answer, bool]:
        """Ask and read; return the answer, and whether the connection is good for another."""
        connection.putrequest(exchange.method, exchange.path, skip_accept_encoding=True)
        for name, value in {"User-Agent": "curl/8.5.0", "Accept": "*/*", **exchange.headers}.items():
            connection.putheader(name, value.encode("utf-8"))
        content, taken = exchange.content, True
        if content is not None:
            connection.putheader("Content-Length", str(len(content)))
        try:
            connection.endheaders(content)
        except (BrokenPipeError, ConnectionResetError):
            taken = False  # a server may answer, and close, before it has read the whole request
        response = connection.getresponse()
        body = response.read(BODY_LIMIT + 1)
        if len(body) > BODY_LIMIT:
            raise NoAnswer(f"the answer is longer than {BODY_LIMIT // 1_000_000} MB", exchange)
        if response.length:
            raise http.client.IncompleteRead(body, response.length)
        headers = Headers((name.lower(), value) for name, value in response.getheaders())
        whole = taken and response.isclosed() and not response.will_close
        return Answer(response.status, headers, body, exchange), whole

    def _lost(self, reason: str, exchange: Exchange) -> None:
        self.target.lost(exchange)
        raise NoAnswer(reason, exchange) from None
