"""Git over HTTP: git's own `http-backend` behind an ASGI app, with the same hooks as over ssh.

A plain ASGI app, because Starlette's responses take messages from the same `receive` and would lose parts of a push.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import logging
import os
import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

from classroom.core.git import FRUGAL_SETTINGS, limited
from classroom.instructor.classrooms.git_process import GitProcess

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from classroom.instructor.classrooms.classroom import Classroom

    Authorize = Callable[[str, str, str, bool], Awaitable[str | None]]

# The three addresses of git's smart protocol; a repository's files are not served one by one.
PATH = re.compile(
    r"/(?P<week>[\w-][\w.-]*)/(?P=week)-(?P<name>[\w.-]+)\.git/(?P<end>info/refs|git-(?:upload|receive)-pack)", re.ASCII
)
WRITES = "git-receive-pack"
SERVICES = {"git-upload-pack", WRITES}
REQUEST_SECONDS = 1800  # of one clone or push, as slow as its connection may be
AFTER_DISCONNECT_SECONDS = 60  # longer than the hook waits for a scorecard
CHUNK_BYTES = 64 * 1024
SETTINGS = (*FRUGAL_SETTINGS, "-c", "http.getanyfile=false")
WRONG = "This name and password do not give access to this repository. Copy the whole clone line from your page again."
NO_REPOSITORY = "There is no such repository. Copy the whole clone line from your page again."
CHALLENGE = {"WWW-Authenticate": 'Basic realm="classroom", charset="UTF-8"'}

log = logging.getLogger(__name__)


class GitHttp:
    """Serves the repositories of a classroom to git, at `/WEEK/WEEK-NAME.git` below where it is mounted.

    Args:
        classroom: the classroom.
        authorize: awaited with user, password, the repository as WEEK/WEEK-NAME, and whether it is a push; returns
            the name of who asks, or None to refuse.
        url: of the site, whose page of the week shows the scorecard; empty if there is none.
    """

    def __init__(self, classroom: Classroom, authorize: Authorize, url: str = "") -> None:
        self.classroom = classroom
        self.authorize = authorize
        self.url = url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        place, service = PATH.fullmatch(path), _service(scope, path)
        refusal: Response = PlainTextResponse(NO_REPOSITORY, HTTPStatus.NOT_FOUND)
        if place is not None and service in SERVICES:
            user, password = _credentials(headers.get("authorization", ""))
            # With the week: in names alone, `a-b` of the week `w` and `b` of the week `w-a` are the same.
            repository = f"{place['week']}/{place['week']}-{place['name']}"
            who = await self.authorize(user, password, repository, service == WRITES) if user else None
            if who is None:
                refusal = PlainTextResponse(WRONG, HTTPStatus.UNAUTHORIZED, CHALLENGE)
            elif self.classroom.repository(place["week"], place["name"]) is not None:
                page = {"CLASSROOM_PAGE": f"{self.url}/weeks/{place['week']}/"} if self.url else {}
                await self._run(page | _cgi(scope, headers, path, who), receive, send, writes=service == WRITES)
                return
        await refusal(scope, receive, send)

    async def _run(self, cgi: dict[str, str], receive: Receive, send: Send, *, writes: bool) -> None:
        """Let git answer a request that is allowed."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "HTTP_"))}
        own = {"GIT_PROJECT_ROOT": str(self.classroom.folder), "GIT_HTTP_EXPORT_ALL": "1"}
        process = await GitProcess.start(limited(["git", *SETTINGS, "http-backend"]), kept | cgi | own)
        answering = asyncio.create_task(_answer(process.stdout, send))
        feeding = asyncio.create_task(_feed(process, receive))
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                await asyncio.wait({answering, feeding}, return_when=asyncio.FIRST_COMPLETED)
                if writes and not answering.done():  # the client has left, and the hook must still record the push
                    await asyncio.wait({answering}, timeout=AFTER_DISCONNECT_SECONDS)
            if answering.done():
                answering.result()
        except TimeoutError:
            log.warning("%s took more than %s seconds and was stopped", cgi["PATH_INFO"], REQUEST_SECONDS)
        finally:
            answering.cancel()
            feeding.cancel()
            await process.end()


def _service(scope: Scope, path: str) -> str:
    """Return what git is asked for, or an empty string if this is not a request of git's smart protocol."""
    if scope["method"] == "GET" and path.endswith("/info/refs"):
        query: bytes = scope["query_string"]
        return query.decode("latin-1").removeprefix("service=")
    return path.rpartition("/")[2] if scope["method"] == "POST" else ""


def _credentials(header: str) -> tuple[str, str]:
    """Return user and password of a header for Basic authentication, or two empty strings."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    with contextlib.suppress(binascii.Error, UnicodeDecodeError, ValueError):
        user, _, password = base64.b64decode(value.strip(), validate=True).decode().partition(":")
        return user, password
    return "", ""


def _cgi(scope: Scope, headers: dict[str, str], path: str, who: str) -> dict[str, str]:
    """Return the variables by which `http-backend` learns what is asked; without a length it reads to the end."""
    given = {
        "CONTENT_LENGTH": headers.get("content-length"),
        "CONTENT_TYPE": headers.get("content-type"),
        "HTTP_CONTENT_ENCODING": headers.get("content-encoding"),
        "GIT_PROTOCOL": headers.get("git-protocol"),
    }
    return {name: value for name, value in given.items() if value is not None} | {
        "PATH_INFO": path,
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "REQUEST_METHOD": scope["method"],
        "REMOTE_USER": who,
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
    }


async def _feed(git: GitProcess, receive: Receive) -> None:
    """Write the body of a request to git, and return when the client has left."""
    while (message := await receive())["type"] == "http.request":
        await git.feed(message.get("body", b""), last=not message.get("more_body"))
    await git.feed(b"", last=True)


async def _answer(stdout: asyncio.StreamReader, send: Send) -> None:
    """Send what git answers: lines of headers, an empty line, the body."""
    status, headers = 200, []
    while line := (await stdout.readline()).strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"status":
            status = int(value.split()[0])
        else:
            headers.append((name.lower(), value.strip()))
    if not headers:
        status, headers = HTTPStatus.INTERNAL_SERVER_ERROR, [(b"content-length", b"0")]
        log.error("git exited without a response")
    await send({"type": "http.response.start", "status": status, "headers": headers})
    while chunk := await stdout.read(CHUNK_BYTES):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body"})
