"""Guard of a local site: who may ask at all, and what a browser may do with the response.

A page on 127.0.0.1 can be asked by every other page of the same browser, and under any name that resolves to it (DNS
rebinding). So a request must name this host, and its path must begin with a token that other pages do not know.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping

    from starlette.types import ASGIApp, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # the address contains the token
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
READING = ("GET", "HEAD")
OWN = ("same-origin", "none")  # of Sec-Fetch-Site: from a page of this site, or typed by the user
WRONG_KEY = (
    "This address has no valid key, or its key is from an earlier start. Use the address that the command printed.\n"
)
WRONG_HOST = "This site is only for this computer. Use the address that the command printed.\n"


class Guard:
    """ASGI middleware: lets a request through that has the right host and token, and adds security headers.

    Args:
        app: what is behind; it sees paths without the token.
        token: the first part of each path.
        hosts: the values of `Host` that are this site's.
    """

    def __init__(self, app: ASGIApp, token: str, hosts: Iterable[str]) -> None:
        self.app = app
        self.token = token
        self.hosts = {host.encode() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request, or pass it on."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._handle(scope, receive, send)

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message.get("headers", ())}
                more = [(n.lower().encode(), v.encode()) for n, v in HEADERS.items() if n.lower().encode() not in own]
                message = {**message, "headers": [*message.get("headers", ()), *more]}
            await send(message)

        if problem := self._problem(scope):
            body = problem.encode()
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
            await send_guarded({"type": "http.response.start", "status": 403, "headers": headers})
            await send_guarded({"type": "http.response.body", "body": body})
            return
        await self.app({**scope, "root_path": f"/{self.token}"}, receive, send_guarded)

    def _problem(self, scope: Scope) -> str | None:
        """Return why a request is refused, or None."""
        headers = dict(scope["headers"])
        if headers.get(b"host") not in self.hosts:
            return WRONG_HOST
        token = scope["path"].split("/", 2)[1] if "/" in scope["path"] else ""
        if not secrets.compare_digest(token.encode(), self.token.encode()):
            return WRONG_KEY
        site = headers.get(b"sec-fetch-site", b"none").decode("latin-1")
        if scope["method"] not in READING and site not in OWN:
            return WRONG_HOST
        return None
