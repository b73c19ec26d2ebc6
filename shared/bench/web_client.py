"""A browser for measurements: kept connections, a cookie, forms, and live pages that fetch what has changed.

Lean on purpose: hundreds of them share the two cores with the server that they measure.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

FIELD = re.compile(r'name="form_token" value="([0-9a-f]+)"')
GAP_SECONDS = 0.15  # between two fetches of the same part, as in page/live.js
RETRY_SECONDS = 2.0
REDIRECTS = (302, 303, 307)


@dataclass
class Response:
    """What the server has sent."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode()


class Connection:
    """One kept connection to the site, opened again when the server has closed it.

    Args:
        url: the site's address.
        cookie: a dictionary that all connections of one browser share.
    """

    def __init__(self, url: str, cookie: dict[str, str]) -> None:
        self.host, self.cookie = urlsplit(url).netloc, cookie
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str, fields: dict[str, str] | None = None) -> Response:
        """Send a request, a form if there are fields, and return the response."""
        was_kept = self._streams is not None
        try:
            return await self._response(await self.send(path, fields))
        except (ConnectionError, asyncio.IncompleteReadError):
            self.close()
            if not was_kept:
                raise
        # The server closes a connection that was idle.
        return await self._response(await self.send(path, fields))

    async def send(self, path: str, fields: dict[str, str] | None = None) -> asyncio.StreamReader:
        """Send a request, and return where its response can be read."""
        if self._streams is None or self._streams[0].at_eof():
            self.close()
            host, _, port = self.host.partition(":")
            self._streams = await asyncio.open_connection(host, int(port))
        reader, writer = self._streams
        body = urlencode(fields).encode() if fields is not None else b""
        lines = [f"{'GET' if fields is None else 'POST'} {path} HTTP/1.1", f"Host: {self.host}"]
        lines += [f"Cookie: {name}={value}" for name, value in self.cookie.items()]
        if fields is not None:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        return reader

    async def head(self, reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
        """Read the status and the headers, and keep the cookie."""
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        if "set-cookie" in headers:
            name, _, value = headers["set-cookie"].partition(";")[0].partition("=")
            self.cookie[name] = value
        return int(lines[0].split()[1]), headers

    async def _response(self, reader: asyncio.StreamReader) -> Response:
        status, headers = await self.head(reader)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection") == "close":
            self.close()
        return Response(status, headers, body)

    def close(self) -> None:
        """Close the connection."""
        if self._streams:
            self._streams[1].close()
        self._streams = None


class Browser:
    """A browser in which somebody signs in."""

    def __init__(self, url: str) -> None:
        self.url, self.cookie, self.shown = url, dict[str, str](), ""
        self.connection = Connection(url, self.cookie)

    async def look(self, path: str) -> Response:
        """Return the page at a path, following redirects."""
        response = await self.connection.ask(path)
        while response.status in REDIRECTS:
            response = await self.connection.ask(response.headers["location"])
        self.shown = response.text
        return response

    async def submit(self, path: str, **fields: str) -> Response:
        """Send a form of the page that is shown, and return the page that it leads to."""
        token = FIELD.search(self.shown)
        response = await self.connection.ask(path, {"form_token": token[1] if token else "", **fields})
        if response.status in REDIRECTS:
            return await self.look(response.headers["location"])
        self.shown = response.text
        return response


@dataclass
class Fetches:
    """How long each page and part took, and what went wrong."""

    parts: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    events: int = 0

    async def timed(self, connection: Connection, path: str, into: list[float]) -> Response | None:
        """Fetch, and note how long it took."""
        began = time.monotonic()
        try:
            response = await connection.ask(path)
        except (OSError, asyncio.IncompleteReadError) as error:
            self.wrong.append(f"{path}: {type(error).__name__}")
            return None
        into.append(time.monotonic() - began)
        if response.status != HTTPStatus.OK:
            self.wrong.append(f"{path}: {response.status}")
        return response


class LivePage:
    """A page that is open: it hears which part has changed, and fetches that part again.

    Args:
        browser: in which it is open.
        folder: the page's path, with a slash at the end.
        parts: those that it fetches when it is opened.
        fetches: where the times are noted.
    """

    def __init__(self, browser: Browser, folder: str, parts: tuple[str, ...], fetches: Fetches) -> None:
        self.browser, self.folder, self.parts, self.fetches = browser, folder, parts, fetches
        self._again: dict[str, bool] = {}
        self._connections: dict[str, Connection] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.opened = asyncio.Event()

    @property
    def is_quiet(self) -> bool:
        """Return whether it is open, and has fetched all that it was told of."""
        return self.opened.is_set() and not self._again

    async def stay(self) -> None:
        """Stay open until cancelled, connecting again whenever the events end."""
        events = Connection(self.browser.url, self.browser.cookie)
        try:
            while True:
                with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                    await self._listen(events)
                events.close()
                await asyncio.sleep(RETRY_SECONDS)
        finally:
            for one in (events, *self._connections.values()):
                one.close()

    async def _listen(self, events: Connection) -> None:
        reader = await events.send(f"{self.folder}events")
        status, _ = await events.head(reader)
        if status != HTTPStatus.OK:
            self.fetches.wrong.append(f"{self.folder}events: {status}")
            return
        for part in self.parts:
            self._refresh(part)
        self.opened.set()
        told: list[str] = []
        while line := await reader.readline():
            if line.startswith(b"data: "):
                told.append(line[6:].decode().strip())
            elif told and not line.strip():
                self.fetches.events += 1
                if len(told) == 1:  # otherwise the part was sent along
                    self._refresh(told[0])
                told.clear()

    def _refresh(self, part: str) -> None:
        if part in self._again:
            self._again[part] = True
            return
        self._again[part] = False
        task = asyncio.create_task(self._fetch(part))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fetch(self, part: str) -> None:
        connection = self._connections.setdefault(part, Connection(self.browser.url, self.browser.cookie))
        await self.fetches.timed(connection, f"{self.folder}parts/{part}", self.fetches.parts)
        await asyncio.sleep(GAP_SECONDS)
        if self._again.pop(part):
            self._refresh(part)
