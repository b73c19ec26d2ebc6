"""The cookie of the site: a signed secret of the browser, from which the token of its forms is also made."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.responses import Response

SECRET_BYTES = 24
MAX_AGE = 90 * 24 * 3600


class Cookies:
    """Signs and reads the cookie.

    Args:
        key: the key of this classroom; anyone who knows it can sign.
        secure: whether the site is served over https alone.
        port: in the site's address, if there is one: a browser sends a cookie to every port of a host.
    """

    def __init__(self, key: str, *, secure: bool, port: int | None = None) -> None:
        self._key = key.encode()
        self.secure = secure
        # Browsers accept a cookie with this prefix only from the host itself, over https.
        self.name = ("__Host-classroom" if secure else "classroom") + (f"-{port}" if port else "")

    def fresh(self) -> str:
        """Return a new secret for a browser in which nobody has signed in."""
        return secrets.token_urlsafe(SECRET_BYTES)

    def write(self, response: Response, secret: str) -> None:
        """Give the browser its secret."""
        value = f"{secret}.{self._mac('cookie', secret)}"
        response.set_cookie(self.name, value, MAX_AGE, secure=self.secure, httponly=True, samesite="lax")

    def read(self, value: str) -> str | None:
        """Return the secret in a cookie, or None if we have not signed it."""
        secret, _, mac = value.rpartition(".")
        return secret if secret and _equal(mac, self._mac("cookie", secret)) else None

    def form_token(self, secret: str) -> str:
        """Return the token that each form of this browser contains; another site cannot know it."""
        return self._mac("form", secret)

    def is_form_token(self, secret: str, token: str) -> bool:
        """Return whether a form comes from a page that was made for this browser."""
        return _equal(token, self.form_token(secret))

    def _mac(self, purpose: str, secret: str) -> str:
        return hmac.new(self._key, f"{purpose}:{secret}".encode(), hashlib.sha256).hexdigest()


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
