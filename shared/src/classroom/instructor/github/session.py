"""Requests to GitHub from code that is not async, with their errors as ours."""

from __future__ import annotations

import asyncio
import contextlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import gidgethub

from classroom.core.text import one_line
from classroom.instructor.github.permissions import ABSENT
from classroom.instructor.github.provider import RefusedError
from classroom.instructor.github.responses import reason_of

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from classroom.instructor.github.connection import Connection
    from classroom.instructor.github.permissions import Probe
    from classroom.instructor.github.provider import Repository

REFUSED = (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.GONE)  # gone: issues are switched off


class NotFoundError(RefusedError):
    """GitHub returned 404: there is no such thing, or the token cannot see it."""


class Session:
    """A connection and the event loop that it runs in, until the end of the `with` block."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._runner = asyncio.Runner()

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop was interrupted
            self._runner.run(self.connection.aclose())
        self._runner.close()

    def get(self, path: str, what: str, **values: str) -> Any:
        """Return the response to a GET request; `what` completes "GitHub could not"."""
        return self.run(self.connection.getitem(path, values), what)

    def pages(self, path: str, what: str, **values: str) -> list[Any]:
        """Return the items of all pages."""

        async def collect() -> list[Any]:
            return [item async for item in self.connection.getiter(path, values | {"per_page": "100"})]

        return list(self.run(collect(), what))

    def run(self, request: Coroutine[Any, Any, Any], what: str) -> Any:
        """Return the response to a request, or raise the error that says what could not be done."""
        try:
            return self._runner.run(request)
        except gidgethub.HTTPException as error:
            if error.status_code == HTTPStatus.NOT_FOUND:
                raise NotFoundError(f"GitHub could not {what}: it was not found, or the token cannot see it.") from None
            if error.status_code in REFUSED:
                raise RefusedError(f"GitHub refused to {what}: {one_line(reason_of(error))}.") from None
            raise self.connection.explained(error, what) from None
        except gidgethub.GitHubException as error:
            raise self.connection.explained(error, what) from None

    def may(self, probe: Probe, template: Repository) -> bool:
        """Return whether GitHub lets a probe pass, or refuses it for another reason than the permission."""
        path = "/repos/{owner}/{repo}" + probe.path
        values = {"owner": template.owner, "repo": template.name, "per_page": "1"}
        api = self.connection
        if probe.method == "GET":
            request = api.getitem(path, values)
        else:
            send = api.post if probe.method == "POST" else api.patch
            request = send(path, values, data=probe.body)
        try:
            self._runner.run(request)
        except gidgethub.HTTPException as error:
            if error.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE) and probe.not_found_passes:
                return True
            if error.status_code in ABSENT:
                return False
            if error.status_code != HTTPStatus.UNPROCESSABLE_ENTITY:
                raise api.explained(error, f"check the permission {probe.permission}") from None
        return True
