"""A school's OpenID Connect provider: where people are sent to sign in, and who they are when they come back."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import anyio
import httpx
from joserfc.errors import JoseError

from classroom.core.errors import UsageError
from classroom.core.text import one_line
from classroom.instructor.site.school.settings import LOCAL

with warnings.catch_warnings():
    import authlib.deprecate  # noqa: F401 - it adds a filter of its own, which must come first

    warnings.simplefilter("ignore")  # Authlib wants httpx2 one day; the course has httpx, which submissions may import
    from authlib.integrations.starlette_client import OAuth, OAuthError

if TYPE_CHECKING:
    from classroom.instructor.site.school.settings import SchoolSettings

SECONDS = 10  # for everything that one sign-in asks of the provider at once
KNOWN_SECONDS = 3600  # for which its addresses and keys are not asked for again
LEEWAY = 60  # seconds by which its clock may differ
CONFIGURATION = "/.well-known/openid-configuration"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
KEPT = (*ENDPOINTS, "issuer", "userinfo_endpoint")
# Never a shared secret, and never none.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


class Unavailable(Exception):
    """The provider does not respond, or not as one."""


class NotVerified(Exception):
    """What came back is not a valid sign-in; the message is for the log."""


@dataclass(frozen=True)
class Begun:
    """A sign-in that has begun: where the browser is sent, and what its return is compared with."""

    url: str
    state: str
    nonce: str
    verifier: str


class Provider:
    """The provider of a school; its addresses and keys are read when they are needed, and again after an hour."""

    def __init__(self, settings: SchoolSettings) -> None:
        self.settings = settings
        self._tls = httpx.create_ssl_context()  # once: each one reads the certificates of all authorities
        self._app: Any = OAuth().register(
            "school",
            client_id=settings.client_id,
            client_secret=settings.secret,
            client_kwargs={
                "scope": "openid email profile",
                "code_challenge_method": "S256",
                "timeout": SECONDS,
                "verify": self._tls,
            },
        )
        self._read_at: float | None = None

    async def ensure_usable(self) -> None:
        """Read what the provider says about itself.

        Raises:
            Unavailable: it does not respond.
            UsageError: it is not the one that the settings describe.
        """
        if self._read_at is not None and time.monotonic() < self._read_at + KNOWN_SECONDS:
            return
        url = self.settings.issuer.rstrip("/") + CONFIGURATION
        try:
            with anyio.fail_after(SECONDS):
                async with httpx.AsyncClient(timeout=SECONDS, verify=self._tls) as client:
                    response = await client.get(url)
        except (httpx.HTTPError, TimeoutError) as error:
            raise Unavailable(f"{url} does not respond ({one_line(str(error)) or type(error).__name__})") from None
        if response.is_server_error:
            raise Unavailable(f"{url} responds with {response.status_code}")
        metadata = self._checked(url, response)
        self._app.server_metadata.clear()
        self._app.server_metadata.update(metadata)
        self._read_at = time.monotonic()

    def _checked(self, url: str, response: httpx.Response) -> dict[str, Any]:
        """Return what the provider says about itself."""
        try:
            found = response.json() if response.is_success else None
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise UsageError(
                f"{url} is not the configuration of an OpenID Connect provider: check issuer in oidc.toml."
            )
        issuer = str(found.get("issuer"))
        if issuer != self.settings.issuer:
            raise UsageError(
                f'The provider at {url} calls itself {one_line(issuer)}: write issuer = "{one_line(issuer)}" in oidc.toml.'
            )
        for name in ENDPOINTS:
            if not _is_safe(found.get(name)):
                raise UsageError(f"{url} has no usable {name}: the provider cannot be used to sign in.")
        names = found.get("id_token_signing_alg_values_supported")
        algorithms = [name for name in ALGORITHMS if name in names] if isinstance(names, list) else ["RS256"]
        if not algorithms:
            raise UsageError(
                f"{url} offers no signature algorithm that is accepted here: choose RS256 at the provider."
            )
        methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        post = "client_secret_basic" not in methods and "client_secret_post" in methods
        self._app.client_kwargs["token_endpoint_auth_method"] = "client_secret_post" if post else "client_secret_basic"
        kept = {name: found[name] for name in KEPT if _is_safe(found.get(name))}
        return kept | {"id_token_signing_alg_values_supported": algorithms}

    async def begin(self, back: str) -> Begun:
        """Return where to send a browser, which comes back to an address of the site.

        Raises:
            Unavailable: the provider does not respond, or is not the one of the settings anymore.
        """
        await self._ensure_available()
        found = await self._app.create_authorization_url(back)
        return Begun(found["url"], found["state"], found["nonce"], found["code_verifier"])

    async def claims(self, begun: Begun, back: str, code: str) -> dict[str, Any]:
        """Return what the provider says about the person who has come back with a code.

        Raises:
            Unavailable: the provider does not respond.
            NotVerified: the code, or what it was exchanged for, is not valid.
        """
        await self._ensure_available()
        try:
            with anyio.fail_after(SECONDS):
                return await self._exchange(begun, back, code)
        except (httpx.HTTPError, TimeoutError) as error:
            raise Unavailable(one_line(str(error)) or type(error).__name__) from None
        except (OAuthError, JoseError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
            self._app.server_metadata.pop("jwks", None)  # the provider may have new keys
            raise NotVerified(one_line(f"{type(error).__name__}: {error}")[:300]) from None

    async def _exchange(self, begun: Begun, back: str, code: str) -> dict[str, Any]:
        token = await self._app.fetch_access_token(redirect_uri=back, code=code, code_verifier=begun.verifier)
        # Authlib itself does not ask whom a token is for.
        options = {
            "iss": {"essential": True, "value": self.settings.issuer},
            "aud": {"essential": True, "value": self.settings.client_id},
        }
        found = await self._app.parse_id_token(token, begun.nonce, claims_options=options, leeway=LEEWAY)
        if found is None:
            raise ValueError("there is no id_token")
        claims = dict(found)
        if self.settings.claim not in claims and "userinfo_endpoint" in self._app.server_metadata:
            more = dict(await self._app.userinfo(token=token))
            if more.get("sub") != claims["sub"]:
                raise ValueError("userinfo is about someone else")
            claims = more | claims
        return claims

    async def _ensure_available(self) -> None:
        try:
            await self.ensure_usable()
        except UsageError as error:
            raise Unavailable(str(error)) from None


def _is_safe(url: object) -> bool:
    """Return whether what is sent to an address cannot be read on the way."""
    if not isinstance(url, str):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL))
