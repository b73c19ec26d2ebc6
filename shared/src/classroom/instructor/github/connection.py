"""Requests to GitHub's REST API: one after another, patient with its rate limits, with errors in one sentence."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import gidgethub
import httpx
from gidgethub import abc

from classroom.core.text import one_line
from classroom.instructor.github.provider import ProviderError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping

ADDRESS = "https://api.github.com"
TOKEN = "CLASSROOM_TOKEN"  # noqa: S105 - the variable's name
TIMEOUT_SECONDS = 30
ATTEMPTS = 5  # of one request, if GitHub or the network fails
MAX_RATE_WAITS = 20  # for one request: each ends when GitHub says so
MAX_WAIT_SECONDS = 3700  # the primary rate limit is counted by the hour
SECONDARY_WAIT_SECONDS = 60  # GitHub's advice if it names no time
LONGEST_GUESS_SECONDS = 600
# At most 80 requests a minute that create content, and GitHub's advice is a pause of a second between changes.
SECONDS_BETWEEN_CHANGES = 1.0
RATE_LIMITED = (HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)
PASSING = (500, 502, 503, 504)  # errors of GitHub's own that end soon
# Sent twice, these do twice what they did although the response was lost; a repository's name can be taken only once.
ONCE = re.compile(r"/(issues|comments|pulls)$")
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
MINUTE = 60
WHERE_TOKENS_ARE = "github.com/settings/personal-access-tokens"


class Connection(abc.GitHubAPI):
    """The connection to GitHub's API.

    Attributes:
        tell: called with a sentence before each long wait.
        expires: when the token expires, as GitHub said in its last response; empty if it did not.
    """

    def __init__(
        self,
        token: str,
        address: str = ADDRESS,
        *,
        tell: Callable[[str], None] = lambda _: None,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.time,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        cache: MutableMapping[str, Any] | None = None,
    ) -> None:
        super().__init__("hello-backend-classroom", oauth_token=token, base_url=address, cache=cache)
        self.tell = tell
        self.expires = ""
        self._clock, self._pause = clock, pause
        self._client = httpx.AsyncClient(transport=transport, timeout=TIMEOUT_SECONDS, follow_redirects=True)
        self._host = urlsplit(address).hostname or address
        # A server of one's own has no limits unless its administrator sets some.
        is_github = self._host.endswith("github.com")
        self._between_changes = SECONDS_BETWEEN_CHANGES if is_github else 0.0
        self._next_change = 0.0

    async def aclose(self) -> None:
        """Close the connection."""
        await self._client.aclose()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._pause(seconds)

    async def manage_rate_limit(self, *, method: str, url: str) -> None:
        """Wait until the next change may be sent."""
        del url
        if method == "GET":
            return
        if (early := self._next_change - self._clock()) > 0:
            await self.sleep(early)
        self._next_change = self._clock() + self._between_changes

    async def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, Mapping[str, str], bytes]:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                response = await self._client.request(method, url, headers=dict(headers), content=body)
            except httpx.TransportError as error:
                if _only_once(method, url) and not isinstance(error, NOT_SENT):
                    raise self._unknown() from None
                if attempt == ATTEMPTS:
                    reason = one_line(str(error)) or type(error).__name__
                    raise ProviderError(
                        f"{self._host} cannot be reached ({reason}): check the network, and run the command again."
                    ) from None
                await self._try_again(attempt)
            else:
                self.expires = response.headers.get("github-authentication-token-expiration", "")
                self._ensure_data(response)
                return response.status_code, response.headers, response.content
        raise AssertionError  # the last attempt has returned or raised

    def _ensure_data(self, response: httpx.Response) -> None:
        """Raise ProviderError if a page was returned, as by a login page of the network or a site next to the API."""
        if response.is_success and response.content and "json" not in response.headers.get("content-type", ""):
            raise ProviderError(
                f"{self._host} returned a page instead of data: open it in a browser to see whether the network asks "
                "you to sign in, and check GITHUB_API_URL if it is set."
            )

    async def handle_rate_limit_error(
        self, *, method: str, url: str, exception: gidgethub.HTTPException, attempt: int
    ) -> bool:
        """Wait if the same request can succeed later, and return whether it can."""
        if exception.status_code in PASSING and _only_once(method, url):
            raise self._unknown() from None
        if exception.status_code in PASSING and attempt < ATTEMPTS:
            await self._try_again(attempt)
            return True
        seconds = self._rate_limit_wait(exception, attempt)
        if seconds is None:
            return False
        until = datetime.fromtimestamp(self._clock() + seconds, UTC).astimezone()
        if seconds > MAX_WAIT_SECONDS or attempt > MAX_RATE_WAITS:
            raise ProviderError(f"GitHub's rate limit is used up until {until:%Y-%m-%d %H:%M}: try again then.")
        self.tell(f"GitHub's rate limit: waiting {duration(seconds)}, until {until:%H:%M:%S}.")
        await self.sleep(seconds)
        return True

    def _unknown(self) -> ProviderError:
        return ProviderError(
            f"{self._host} did not say whether the last request succeeded. Run the command again: it checks first, and "
            "does nothing twice."
        )

    async def _try_again(self, attempt: int) -> None:
        """Wait after an attempt that failed, twice as long each time."""
        self.tell(f"{self._host} is not responding properly: trying again in {2**attempt} seconds.")
        await self.sleep(2**attempt)

    def _rate_limit_wait(self, error: gidgethub.HTTPException, attempt: int) -> float | None:
        """Return how many seconds to wait, or None if no rate limit is the reason.

        Without a time from GitHub it is longer after each attempt, as GitHub advises: a secondary limit can be hourly.
        """
        headers, says = error.headers, str(error).casefold()
        if error.status_code not in RATE_LIMITED:
            return None
        if (after := headers.get("retry-after", "")).isdecimal():
            return float(after)
        if headers.get("x-ratelimit-remaining") == "0":
            return max(1.0, float(headers.get("x-ratelimit-reset", 0)) - self._clock() + 1)
        limited = error.status_code == HTTPStatus.TOO_MANY_REQUESTS or "rate limit" in says
        return min(attempt * SECONDARY_WAIT_SECONDS, LONGEST_GUESS_SECONDS) if limited else None

    def explained(self, error: gidgethub.GitHubException, what: str) -> ProviderError:
        """Return the error as one sentence.

        Args:
            error: what GitHub returned.
            what: what was asked for, such as `create school/week1-ada`.
        """
        if not isinstance(error, gidgethub.HTTPException):
            return ProviderError(f"GitHub could not {what}: {one_line(str(error))}.")
        status, headers, says = int(error.status_code), error.headers, one_line(str(error)).rstrip(".")
        if status == HTTPStatus.UNAUTHORIZED:
            return ProviderError(
                f"GitHub does not accept the token in {TOKEN} ({says}): it has a typo, has expired or was revoked. "
                f"Create one at {WHERE_TOKENS_ARE}."
            )
        if address := re.search(r"url=(\S+)", headers.get("x-github-sso", "")):
            return ProviderError(f"The organization requires single sign-on: to authorize the token, open {address[1]}")
        if status == HTTPStatus.FORBIDDEN and (needed := accepted_permissions(headers)):
            return ProviderError(
                f"The token in {TOKEN} is not allowed to {what}: it needs the permission {needed}. Add it at {WHERE_TOKENS_ARE}."
            )
        return ProviderError(f"GitHub could not {what}: {status} {says}.")


def _only_once(method: str, url: str) -> bool:
    """Return whether a request must not be sent again without looking whether it was done."""
    return method == "POST" and ONCE.search(url) is not None


def accepted_permissions(headers: Mapping[str, Any]) -> str:
    """Return the permissions that GitHub names in a response, such as `Contents (read)`; empty if it names none."""
    text = headers.get("x-accepted-github-permissions", "")
    either = [" and ".join(map(_permission, group.split(","))) for group in text.split(";") if group.strip()]
    return " or ".join(either)


def _permission(text: str) -> str:
    name, _, access = text.strip().partition("=")
    return f"{name.replace('_', ' ').capitalize()} ({access})"


def duration(seconds: float) -> str:
    """Return a length of time for people to read, such as `12 minutes`."""
    if seconds < 2 * MINUTE:
        return f"{max(2, round(seconds))} seconds"
    return f"{round(seconds / MINUTE)} minutes"
