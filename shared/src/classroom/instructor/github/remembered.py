"""Responses of GitHub that are kept between runs, so that what has not changed is not counted and not sent again.

GitHub responds with 304 to a request that names the ETag of an earlier response, and does not count it. Nothing relies on
the file: without it everything is read again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING, Any

from classroom.core.files import write_atomic
from classroom.core.folders import cache_folder

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 100_000_000  # of the file; GitHub's list of 1,000 repositories has about 6 million
Response = tuple[str | None, str | None, Any, str | None]


class RememberedResponses(MutableMapping[str, Response]):
    """Responses by address: ETag, time of the last change, data, and the address of the next page.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._used: set[str] = set()
        self._found: dict[str, Response] = {}
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
            if path.stat().st_size <= MAX_BYTES:
                items = json.loads(path.read_text(encoding="utf-8")).items()
                self._found = {address: _response(*values) for address, values in items}

    def __getitem__(self, address: str) -> Response:
        found = self._found[address]
        self._used.add(address)
        return found

    def __setitem__(self, address: str, response: Response) -> None:
        self._found[address] = response
        self._used.add(address)

    def __delitem__(self, address: str) -> None:
        del self._found[address]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def save(self) -> None:
        """Write what was used in this run, for this account alone; a full or locked disk does not make it fail."""
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomic(self._path, json.dumps({key: self._found[key] for key in self._used & set(self._found)}))


def _response(etag: str | None, changed: str | None, data: Any, more: str | None) -> Response:
    return etag, changed, data, more


def remembered(organization: str, token: str) -> RememberedResponses:
    """Return what is kept of an organization's responses; each token has its own, because it may see something else."""
    whose = hashlib.sha256(token.encode()).hexdigest()[:16]
    return RememberedResponses(cache_folder() / "github" / f"{organization.casefold()}-{whose}.json")
