"""What a response with an unexpected status says, short enough for the end of a sentence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from classroom.apps.exchange import Answer

INVALID = 422
MAX_SHOWN = 100
MAX_BODY = 50_000  # bytes that are looked at
PARTS = {"query": "query ", "path": "path ", "header": "header ", "body": ""}


def content_of(answer: Answer) -> str:
    """Return the reason of a 422, or the short body of a success, after a colon; nothing for other responses."""
    if answer.status == INVALID:
        return _rejected(answer)
    if not answer.body or answer.status >= 300 or len(answer.body) > MAX_SHOWN:  # noqa: PLR2004 - not a success
        return ""
    return f": {answer.text.strip()}"


def _rejected(answer: Answer) -> str:
    """Return the first entry of a 422: where, and what is wrong."""
    try:
        details: Any = json.loads(answer.body[:MAX_BODY]).get("detail")
    except (ValueError, RecursionError, AttributeError):
        return ""
    if not isinstance(details, list) or not details or not isinstance(details[0], dict):
        return ""
    location, reason = details[0].get("loc"), str(details[0].get("msg", ""))[:MAX_SHOWN]
    if not isinstance(location, list) or not location or not reason:
        return ""
    where = ".".join(str(part) for part in location[1:])[:MAX_SHOWN]
    part = PARTS.get(str(location[0]), "")
    return f": {part}`{where}`: {reason}" if where else f": {location[0]}: {reason}"
