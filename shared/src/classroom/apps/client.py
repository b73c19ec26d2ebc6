"""HTTP client for a student's app, with a limit on the time and the size of each response.

It is the standard library's client over a Unix socket or a loopback port. A slow or endless response must not hold up
the grader, and no common client has a deadline for the whole exchange.
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
DEFAULTS = {"User-Agent": "curl/8.5.0", "Accept": "*/*"}
REPEATABLE = ("GET", "HEAD")  # sent again where a kept connection was closed at that moment (RFC 9112, 9.3.1)
Params = Mapping[str, Any] | Sequence[tuple[str, Any]] | None


class Client:
    """Sends requests to one running app.

    Args:
        target: anything with `address` (a Unix socket's path, or host and port), `seconds` for one response,
            `note(exchange)`, called before each request, and `lost(exchange)`, called when it got no response.
    """

    def __init__(self, target: Any) -> None:
        self.target = target
        self.connections = Connections()

    def get(self, path: str, **more: Any) -> Answer:
        """Send a GET request."""
        return self.request("GET", path, **more)

    def head(self, path: str, **more: Any) -> Answer:
        """Send a HEAD request."""
        return self.request("HEAD", path, **more)

    def post(self, path: str, **more: Any) -> Answer:
        """Send a POST request."""
        return self.request("POST", path, **more)

    def put(self, path: str, **more: Any) -> Answer:
        """Send a PUT request."""
        return self.request("PUT", path, **more)

    def patch(self, path: str, **more: Any) -> Answer:
        """Send a PATCH request."""
        return self.request("PATCH", path, **more)

    def delete(self, path: str, **more: Any) -> Answer:
        """Send a DELETE request."""
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
        follow: bool = True,
    ) -> Answer:
        """Send a request, follow redirects to the same app, and return the response.

        Args:
            method: GET, POST, ...
            path: starts with a slash, and may include a query.
            params: the query; a parameter whose value is a list is repeated.
            json: the body, sent as JSON.
            content: the body as bytes, instead of `json`.
            headers: header fields for this request; an empty Accept or User-Agent is not sent, as with curl.
            seconds: for the response, instead of the target's.
            follow: whether to follow redirects.

        Raises:
            NoAnswer: there was no response, or not within the limits.
        """
        fields, content = _encode(dict(headers or {}), json, content)
        path = _with_query(path, params)
        for _ in range(REDIRECTS):
            answer = self._once(method, quote(path, safe="/?&=%:,;+@!$'()*~.-_[]"), fields, content, seconds)
            onward = self._redirect(answer) if follow else None
            if onward is None:
                return answer
            if answer.status in (301, 302, 303) and method != "GET":
                method, content = "GET", None
                fields.pop("Content-Type", None)
            path = onward
        return answer

    def _redirect(self, answer: Answer) -> str | None:
        """Return the path of a redirect to the same app, or None."""
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
            exchange.answer = answer = self._send(exchange, seconds)
        except TimeoutError:
            raise self._lost(f"no response within {seconds:g} s", exchange) from None
        except (http.client.HTTPException, OSError) as error:
            raise self._lost(f"the connection was lost ({type(error).__name__})", exchange) from None
        return answer

    def _send(self, exchange: Exchange, seconds: float) -> Answer:
        address = self.target.address
        connection = self.connections.take(address, seconds)
        if connection.sock is not None and exchange.method in REPEATABLE:
            with contextlib.suppress(ConnectionError):
                return self._send_over(connection, exchange)
            connection = Connection(address, seconds)
        return self._send_over(connection, exchange)

    def _send_over(self, connection: Connection, exchange: Exchange) -> Answer:
        reusable = False
        try:
            answer, reusable = self._exchange(connection, exchange)
        finally:
            if reusable:
                self.connections.keep(connection)
            else:
                connection.close()
        return answer

    def _exchange(self, connection: Connection, exchange: Exchange) -> tuple[Answer, bool]:
        """Return the response, and whether the connection can be used again."""
        connection.putrequest(exchange.method, exchange.path, skip_accept_encoding=True)
        for name, value in {**DEFAULTS, **exchange.headers}.items():
            if value or name not in DEFAULTS:
                connection.putheader(name, value.encode("utf-8"))
        content, sent = exchange.content, True
        if content is not None:
            connection.putheader("Content-Length", str(len(content)))
        try:
            connection.endheaders(content)
        except (BrokenPipeError, ConnectionResetError):
            sent = False  # a server may respond, and close, before it has read the whole request
        response = connection.getresponse()
        body = response.read(BODY_LIMIT + 1)
        if len(body) > BODY_LIMIT:
            raise NoAnswer(f"the response is larger than {BODY_LIMIT // 1_000_000} MB", exchange)
        if response.length:
            raise http.client.IncompleteRead(body, response.length)
        headers = Headers((name.lower(), value) for name, value in response.getheaders())
        reusable = sent and response.isclosed() and not response.will_close
        return Answer(response.status, headers, body, exchange), reusable

    def _lost(self, reason: str, exchange: Exchange) -> NoAnswer:
        self.target.lost(exchange)
        return NoAnswer(reason, exchange)


def _encode(fields: dict[str, str], json: Any, content: bytes | None) -> tuple[dict[str, str], bytes | None]:
    """Return the header fields and the body of a request; `json` is `...` if it is not given."""
    if json is ...:
        return fields, content
    fields.setdefault("Content-Type", "application/json")
    return fields, jsonlib.dumps(json, ensure_ascii=False).encode()


def _with_query(path: str, params: Params) -> str:
    """Return the path with the parameters added to its query."""
    if not params:
        return path
    pairs = list(params.items() if isinstance(params, Mapping) else params)
    return path + ("&" if "?" in path else "?") + urlencode(pairs, doseq=True)
