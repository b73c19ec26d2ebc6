"""The visitors of a video site: what they do next, and what they remember of the responses."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import random
import time
import uuid
from collections import deque
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from classroom.services.storage import LOCAL_AUTH_SECRET
from classroom.student.load.request import NoResponseError, Response, send

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

NAME = "load-generator"  # the owner of its videos
FIRST_VIDEOS = 20  # uploaded before the first reader
MOST_VIDEOS = 200  # from then on each new one replaces the oldest
RETIRED = 20  # videos that nobody reads anymore, before they are deleted: a read may be under way
KNOWN = 100  # ids that readers choose from
LISTS, ON, PLAYED = 0.3, 0.5, 0.2  # of the readers' requests: lists, of these the next page; reads that fetch the file
PATCHES = 0.5  # of the writers' requests; the rest are creates, each with an upload and a complete
OK, CREATED, GONE = 200, 201, 204
LONGEST_CURSOR = 1000
FILE = b"quack " * 170  # about a kilobyte: what is measured is requests, not bytes
TOKEN_SECONDS = 12 * 3600
PREPARE_SECONDS, CLEAR_SECONDS = 5, 20


class Taken(NamedTuple):
    """How a request ended: what is wrong with its response, and which file is sent to or fetched from the storage server next."""

    error: str | None
    file: Step | None = None


class Step(NamedTuple):
    """A request of one visitor; `take` sends it."""

    kind: str
    take: Callable[[], Awaitable[Taken]]


class Visitors:
    """Chooses each next request, and knows the videos that there are. Used by one event loop at a time.

    Args:
        address: of the site.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.ready: deque[str] = deque()  # its own videos that can be played
        self.uploaded: deque[str] = deque()  # those to be completed next
        self.retired: deque[str] = deque()  # those to be deleted
        self.created: set[str] = set()  # all that it has asked for and not deleted yet, ready or not
        self.seen: deque[str] = deque(maxlen=KNOWN)  # ids from the lists
        self.cursor: str | None = None
        self._numbers = itertools.count(1)
        self._draw = random.Random(5)  # noqa: S311 - the same visitors each time
        self._token = ""

    async def prepare(self) -> None:
        """Upload some videos for the first readers, as far as the site is able to."""
        self._token = _token()
        with contextlib.suppress(NoResponseError, TimeoutError):
            async with asyncio.timeout(PREPARE_SECONDS):
                while len(self.ready) < FIRST_VIDEOS and await self._add():
                    pass

    async def _add(self) -> bool:
        """Upload a video; return whether it can be played."""
        number = len(self.ready)
        created = await self._create().take()
        if created.file and (await created.file.take()).error is None:
            await self._complete().take()
        return len(self.ready) > number

    async def clear(self) -> None:
        """Delete its own videos."""
        with contextlib.suppress(NoResponseError, TimeoutError):
            async with asyncio.timeout(CLEAR_SECONDS):
                for video in list(self.created):
                    await self._delete(video).take()
        for videos in (self.retired, self.ready, self.uploaded, self.created):
            videos.clear()

    def next_step(self, writers: float) -> Step:
        """Return the next request: of a writer with this probability, otherwise of a reader."""
        if self._draw.random() < writers:
            return self._write()
        known = self.ready or self.seen
        if not known or self._draw.random() < LISTS:
            return self._list()
        # Few videos are watched by most: the newest come first, and the chance halves every tenth.
        place = min(len(known) - 1, int(self._draw.expovariate(1 / 14)))
        return self._read(known[-1 - place])

    def _write(self) -> Step:
        if self.uploaded:
            return self._complete()
        if len(self.ready) > MOST_VIDEOS:
            self.retired.append(self.ready.popleft())
        if len(self.retired) > RETIRED:
            return self._delete(self.retired.popleft())
        if self.ready and self._draw.random() < PATCHES:
            return self._patch(self._draw.choice(self.ready))
        return self._create()

    def _list(self) -> Step:
        on = self.cursor is not None and self._draw.random() < ON
        path = f"/videos?cursor={quote(self.cursor or '', safe='')}" if on else "/videos"

        async def take() -> Taken:
            response = await self._ask("GET", path)
            found = response.json()
            cursor, items = found.get("next_cursor"), found.get("items")
            self.cursor = cursor if isinstance(cursor, str) and len(cursor) <= LONGEST_CURSOR else None
            for item in items if isinstance(items, list) else []:
                with contextlib.suppress(TypeError, KeyError, ValueError, AttributeError):
                    self.seen.append(str(uuid.UUID(item["id"])))
            return Taken(_unless(response, OK))

        return Step("list", take)

    def _read(self, video: str) -> Step:
        async def take() -> Taken:
            response = await self._ask("GET", f"/videos/{video}")
            url = response.json().get("playback_url")
            plays = isinstance(url, str) and self._draw.random() < PLAYED
            return Taken(_unless(response, OK), self._play(str(url)) if plays else None)

        return Step("read", take)

    def _play(self, url: str) -> Step:
        async def take() -> Taken:
            return Taken(_unless(await send("GET", url), OK))

        return Step("play", take)

    def _create(self) -> Step:
        video = str(uuid.uuid4())

        async def take() -> Taken:
            body = {"id": video, "title": f"Load {next(self._numbers)}"}
            self.created.add(video)  # before the response, which may be lost
            response = await self._ask("POST", "/videos", body)
            url = response.json().get("upload_url")
            return Taken(_unless(response, CREATED, OK), self._upload(video, url) if isinstance(url, str) else None)

        return Step("create", take)

    def _upload(self, video: str, url: str) -> Step:
        async def take() -> Taken:
            error = _unless(await send("PUT", url, FILE), CREATED, OK)
            if error is None:
                self.uploaded.append(video)
            return Taken(error)

        return Step("upload", take)

    def _complete(self) -> Step:
        video = self.uploaded.popleft()

        async def take() -> Taken:
            response = await self._ask("POST", f"/videos/{video}/complete")
            if response.status == OK:
                self.ready.append(video)
            return Taken(_unless(response, OK))

        return Step("complete", take)

    def _patch(self, video: str) -> Step:
        async def take() -> Taken:
            body = {"title": f"Load {next(self._numbers)}, changed"}
            return Taken(_unless(await self._ask("PATCH", f"/videos/{video}", body), OK))

        return Step("patch", take)

    def _delete(self, video: str) -> Step:
        async def take() -> Taken:
            error = _unless(await self._ask("DELETE", f"/videos/{video}"), GONE)
            if error is None:
                self.created.discard(video)
            return Taken(error)

        return Step("delete", take)

    async def _ask(self, method: str, path: str, body: dict[str, str] | None = None) -> Response:
        headers = {} if method == "GET" else {"Authorization": f"Bearer {self._token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return await send(method, self.address + path, json.dumps(body).encode() if body else None, headers)


def _unless(response: Response, *expected: int) -> str | None:
    """Return the status code as the text of an error, unless it is one of those expected."""
    return None if response.status in expected else str(response.status)


def _token() -> str:
    """Return a token of the generator's own account."""
    import jwt  # week 5 installs it

    secret = os.environ.get("AUTH_SECRET", LOCAL_AUTH_SECRET)
    return jwt.encode({"sub": NAME, "exp": int(time.time()) + TOKEN_SECONDS}, secret, algorithm="HS256")
