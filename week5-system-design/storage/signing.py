"""Verifies signed URLs: a signature over the method, the key and the time at which the URL expires."""

from __future__ import annotations

import hashlib
import hmac
import re
from urllib.parse import parse_qsl

EXPIRES = re.compile(r"[0-9]{1,15}")
SIGNATURE = re.compile(r"[0-9a-f]{64}")


class NotAllowedError(Exception):
    """The URL is not valid; the text says why, and is safe to show."""


def verify(secret: str, method: str, key: str, query: str, now: float) -> None:
    """Accept a request whose query string signs this method on this key.

    Raises:
        NotAllowedError: something is missing, changed, or past its time.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    fields = dict(pairs)
    if len(pairs) != 2 or set(fields) != {"expires", "signature"}:
        raise NotAllowedError("a signed URL has exactly expires and signature")
    expires, signature = fields["expires"], fields["signature"]
    if not EXPIRES.fullmatch(expires) or not SIGNATURE.fullmatch(signature):
        raise NotAllowedError("expires is a number of seconds, signature 64 hexadecimal digits")
    # A GET signature is also valid for HEAD: a client that may read the bytes may ask whether they are there.
    signed = "GET" if method == "HEAD" else method
    # The text of expires is signed as it was sent, so 0099 and 99 are two different URLs.
    text = f"{signed}\n/{key}\n{expires}"
    expected = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    # compare_digest takes the same time wherever the first difference is: a timing attack learns nothing.
    if not hmac.compare_digest(expected, signature):
        raise NotAllowedError("the signature does not fit this method, key and time")
    if now > int(expires):
        raise NotAllowedError("this URL has expired")
