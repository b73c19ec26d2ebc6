"""JSON Web Tokens with a shared secret: sign one, or re-sign one with the secret of `run`."""

from __future__ import annotations

import base64
import contextlib
import hmac
import json
import re
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ALGORITHMS = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}
TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]*")
A_MONTH = 30 * 86_400


def sign(claims: Mapping[str, Any], secret: str, algorithm: str = "HS256") -> str:
    """Return a token; without a signature if the algorithm is not one with a shared secret."""
    parts = (json.dumps({"alg": algorithm, "typ": "JWT"}), json.dumps(claims))
    text = ".".join(_base64(part.encode()) for part in parts)
    return f"{text}.{_signature(text, secret, algorithm)}" if algorithm in ALGORITHMS else f"{text}."


def signed_again(text: str, secrets: Iterable[str], secret: str) -> str:
    """Return a header's text in which each token signed with one of `secrets` is re-signed with `secret`.

    A valid token becomes valid for a month; a forged or expired one stays forged or expired.
    """
    return TOKEN.sub(lambda match: _again(match[0], secrets, secret), text)


def subject(text: str) -> str | None:
    """Return whom the token in a header's text is about: nothing if it does not say so, None if there is no such token."""
    for found in TOKEN.finditer(text):
        with contextlib.suppress(ValueError, AttributeError):
            return str(json.loads(_bytes(found[0].split(".")[1])).get("sub", ""))
    return None


def _again(token: str, secrets: Iterable[str], secret: str) -> str:
    head, body, signature = token.split(".")
    with contextlib.suppress(ValueError, KeyError, TypeError):
        algorithm, claims = json.loads(_bytes(head))["alg"], json.loads(_bytes(body))
        if any(signature == _signature(f"{head}.{body}", known, algorithm) for known in secrets):
            now = time.time()
            if claims.get("exp", 0) > now:
                claims["exp"] = int(now) + A_MONTH
            return sign(claims, secret, algorithm)
    return token


def _signature(text: str, secret: str, algorithm: str) -> str:
    return _base64(hmac.new(secret.encode(), text.encode(), ALGORITHMS[algorithm]).digest())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
