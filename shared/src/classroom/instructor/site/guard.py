"""Guard of the classroom's site: under which names it may be asked, how much may be sent, and security headers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse

from classroom.web.guard import HEADERS, OWN, READING

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping

    from starlette.types import ASGIApp, Receive, Scope, Send

MAX_FORM_BYTES = 64 * 1024
MAX_UPLOAD_BYTES = 25_000_000  # a week may have a lower limit of its own
UPLOAD = re.compile(r"/weeks/[^/]+/hand-in|/class/roster|/class/weeks/[^/]+/teams/form")
GIT = "/git/"  # what is below it is limited by git itself
HSTS = "max-age=31536000"
WRONG_HOST = "This classroom has a different address: {url}\n"
ELSEWHERE = "This was sent from another site.\n"
TOO_LARGE = "This form is too large.\n"
TOO_LARGE_UPLOAD = "These files are larger than 25 MB in total. Go back, and leave out what your app does not need.\n"


class SiteGuard:
    """ASGI middleware for a site that everyone can reach.

    Args:
        app: the site.
        url: its address, as people type it.
        hosts: further values of `Host` that are this site's, such as the address behind a proxy.
    """

    def __init__(self, app: ASGIApp, url: str, hosts: Iterable[str]) -> None:
        self.app = app
        self.url = url
        parts = urlsplit(url)
        self.hosts = {host.lower().encode() for host in (parts.netloc, *hosts)}
        more = {"Strict-Transport-Security": HSTS} if parts.scheme == "https" else {}
        self.headers = [(name.lower().encode(), value.encode()) for name, value in (HEADERS | more).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request, or pass it on."""
        if scope["type"] != "http":
            return

        async def send_guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message.get("headers", ())}
                more = [(name, value) for name, value in self.headers if name not in own]
                message = {**message, "headers": [*message.get("headers", ()), *more]}
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self.app)(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        """Return the response to a request that is refused, or None."""
        headers = dict(scope["headers"])
        if headers.get(b"host", b"").lower() not in self.hosts:
            return PlainTextResponse(WRONG_HOST.format(url=self.url), 421)
        if scope["method"] in READING or scope["path"].startswith(GIT):
            return None
        if headers.get(b"sec-fetch-site", b"none").decode("latin-1") not in OWN:
            return PlainTextResponse(ELSEWHERE, 403)
        length = headers.get(b"content-length", b"0").decode("latin-1")
        # In a body that is sent in chunks, a length does not say anything either.
        if b"transfer-encoding" in headers or not length.isdecimal():
            return PlainTextResponse(TOO_LARGE, 413)
        sends_files = UPLOAD.fullmatch(scope["path"]) and headers.get(b"content-type", b"").startswith(b"multipart/")
        if int(length) > (MAX_UPLOAD_BYTES if sends_files else MAX_FORM_BYTES):
            return PlainTextResponse(TOO_LARGE_UPLOAD if sends_files else TOO_LARGE, 413)
        return None
