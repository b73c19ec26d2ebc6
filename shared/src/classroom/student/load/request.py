"""One HTTP request over its own connection, as a new visitor sends it.

A connection for each request: a balancer that forwards connections then spreads requests, and an instance that was
killed and started again gets its share at once. Why h11 and not httpx is in docs/decisions/load-generator.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import json as jsonlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import h11

CHUNK = 65536
MOST_BYTES = 2_000_000
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class NoResponseError(Exception):
    """A request that got no response; the text says why in a few words."""


@dataclass(frozen=True)
class Response:
    """A status code and a body."""

    status: int
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the body's JSON object, or an empty one if it is anything else."""
        with contextlib.suppress(ValueError, RecursionError):
            found = jsonlib.loads(self.body)
            return found if isinstance(found, dict) else {}
        return {}


async def send(method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Response:
    """Send a request to a URL of this computer, and return its response.

    Raises:
        NoResponseError: there is none.
    """
    try:
        address = urlsplit(url)
        host, port = address.hostname, address.port or 80
    except ValueError:
        raise NoResponseError("not a URL") from None
    if address.scheme != "http" or host is None or host not in LOOPBACK:
        raise NoResponseError("not a URL on this computer")
    target = (address.path or "/") + (f"?{address.query}" if address.query else "")
    try:
        reader, writer = await asyncio.open_connection(host, port)
    except OSError:
        raise NoResponseError("no connection") from None
    try:
        fields = {"Host": address.netloc, "Connection": "close", **(headers or {})}
        return await _exchange(reader, writer, method, target, fields, body or b"")
    except (OSError, h11.ProtocolError):
        raise NoResponseError("the connection was lost") from None
    finally:
        writer.close()


async def _exchange(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    method: str,
    target: str,
    fields: dict[str, str],
    body: bytes,
) -> Response:
    connection = h11.Connection(h11.CLIENT)
    if body or method != "GET":
        fields["Content-Length"] = str(len(body))
    request = h11.Request(method=method, target=target, headers=list(fields.items()))
    for part in (request, h11.Data(data=body), h11.EndOfMessage()):
        writer.write(connection.send(part) or b"")
    status, received = 0, b""
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(CHUNK))
        elif isinstance(event, h11.Response):
            status = event.status_code
        elif isinstance(event, h11.Data):
            received += event.data
            if len(received) > MOST_BYTES:
                raise NoResponseError("the response is too long")
        elif isinstance(event, h11.InformationalResponse):
            continue
        elif isinstance(event, h11.EndOfMessage):
            return Response(status, received)
        else:
            raise NoResponseError("the connection was lost")
