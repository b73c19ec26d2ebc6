"""The storage server as an ASGI app: PUT, GET and HEAD with a signed URL."""

from __future__ import annotations

import re
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from storage.folder import BadKeyError, ClashError, Folder, Stored, TooLargeError
from storage.signing import NotAllowedError, verify

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

CHUNK = 256 * 1024
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
# Files may contain anything: a browser must treat them as data, never as a page of this site.
HEADERS = {
    "accept-ranges": "bytes",
    "cache-control": "private, no-cache",
    "content-security-policy": "sandbox; default-src 'none'",
}


@dataclass(frozen=True)
class Settings:
    """The settings of the storage server."""

    secret: str
    folder: Path
    max_bytes: int = 512 * 1024 * 1024


def create_app(
    settings: Settings,
    clock: Callable[[], float] = time.time,
    journal: Callable[[dict[str, Any]], None] | None = None,
) -> Starlette:
    """Return the file server.

    Args:
        settings: secret, folder and the largest size of a file.
        clock: seconds since 1970; the course moves it to see a URL expire.
        journal: called for each request after its response: method, path, status, agent, address.
    """
    if not settings.secret:
        raise ValueError("The storage server needs a secret: without one, anybody could sign URLs.")
    folder = Folder(settings.folder, settings.max_bytes)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        folder.sweep()
        yield

    async def handle(request: Request) -> Response:
        response = await answer(request, folder, settings, clock)
        if journal is not None:
            journal(
                {
                    "method": request.method,
                    "path": request.url.path,
                    "status": response.status_code,
                    "agent": request.headers.get("user-agent", ""),
                    "address": request.client.host if request.client else "",
                }
            )
        return response

    return Starlette(routes=[Route("/{key:path}", handle, methods=["GET", "HEAD", "PUT"])], lifespan=lifespan)


async def answer(request: Request, folder: Folder, settings: Settings, clock: Callable[[], float]) -> Response:
    """Check the URL first: without a valid signature nobody learns whether a file is there."""
    key = request.url.path.removeprefix("/")
    raw = request.scope.get("raw_path") or request.url.path.encode()
    try:
        verify(settings.secret, request.method, key, request.url.query, clock())
        # `%61` means `a` to the server, but it is not the URL that was signed.
        if b"%" in raw.partition(b"?")[0]:
            raise BadKeyError
        folder.place(key)
    except NotAllowedError as error:
        return refusal(403, str(error))
    except BadKeyError:
        return refusal(403, "this cannot be the key of a file")
    if request.method == "PUT":
        return await put(request, folder, key)
    return await get(request, folder, key)


async def put(request: Request, folder: Folder, key: str) -> Response:
    """Stream the body to the disk; it becomes the file of this key only when all of it is there."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal():
        return refusal(400, "content-length is not a number")
    if int(length) > folder.max_bytes:
        return refusal(413, f"a file may have at most {folder.max_bytes} bytes")
    if "content-range" in request.headers:
        return refusal(400, "parts of a file are not accepted, only the whole file")
    incoming = await to_thread.run_sync(folder.receive)
    try:
        async for chunk in request.stream():
            await to_thread.run_sync(incoming.write, chunk)
        new = await to_thread.run_sync(incoming.keep, key)
    except TooLargeError:
        return refusal(413, f"a file may have at most {folder.max_bytes} bytes")
    except ClientDisconnect:
        return refusal(400, "the upload stopped in the middle: nothing was stored")
    except ClashError:
        return refusal(409, "another file is in the way of this key")
    except OSError:
        return refusal(507, "the storage server cannot store this file now")
    finally:
        await to_thread.run_sync(incoming.drop)
    return JSONResponse({"key": key, "size": incoming.size}, status_code=201 if new else 200)


async def get(request: Request, folder: Folder, key: str) -> Response:
    """Return the file, or the part that a player requests when somebody jumps ahead."""
    stored = await to_thread.run_sync(folder.open, key)
    if stored is None:
        return refusal(404, "there is no such file")
    headers = {**HEADERS, "content-type": "application/octet-stream", "etag": stored.etag}
    if request.method == "HEAD":
        stored.file.close()
        return Response(headers={**headers, "content-length": str(stored.size)})
    part = wanted(request, stored)
    if part is None:
        start, end, status = 0, stored.size, 200
    elif part[0] >= part[1]:
        stored.file.close()
        return refusal(416, "the file has no such part", {"content-range": f"bytes */{stored.size}"})
    else:
        (start, end), status = part, 206
        headers["content-range"] = f"bytes {start}-{end - 1}/{stored.size}"
    headers["content-length"] = str(end - start)
    return StreamingResponse(chunks(stored, start, end), status_code=status, headers=headers)


def wanted(request: Request, stored: Stored) -> tuple[int, int] | None:
    """Return the requested part as start and end, empty if the file has no such part; None for the whole file.

    An invalid header, or one with several parts, gets the whole file, as HTTP allows.
    """
    match = RANGE.fullmatch(request.headers.get("range", ""))
    if match is None or not any(match.groups()):
        return None
    # If-Range: continue where the last download stopped, but only if it is still the same file.
    if request.headers.get("if-range", stored.etag) != stored.etag:
        return None
    first, last = match.groups()
    if not first:  # bytes=-500 asks for the last 500
        return max(0, stored.size - int(last)), stored.size if int(last) else 0
    if last and int(last) < int(first):
        return None
    return int(first), min(stored.size, int(last) + 1 if last else stored.size)


async def chunks(stored: Stored, start: int, end: int) -> AsyncIterator[bytes]:
    """Yield the bytes of one part, a piece at a time: a download's memory does not depend on its size."""
    with stored.file as file:
        await to_thread.run_sync(file.seek, start)
        left = end - start
        while left:
            piece = await to_thread.run_sync(file.read, min(CHUNK, left))
            if not piece:
                return
            left -= len(piece)
            yield piece


def refusal(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return a response that rejects the request."""
    return JSONResponse({"detail": detail}, status_code=status, headers=headers)
