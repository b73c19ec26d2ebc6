"""Advice about signing in: passwords that are compared by their hashes, and tokens that are decoded differently."""

from __future__ import annotations

import base64
import json
import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from classroom.checks.causes.parameter_advice import DEF, parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classroom.checks.causes.unexpected import Unexpected

REJECTED = re.compile(r"returned 401, expected 2\d\d|valid token was rejected with 401")
HASHED_AND_COMPARED = re.compile(r"\.hash\([^()]{0,80}\)\s*[!=]=|[!=]=\s*(?:\w+\.){1,3}hash\(")
HASHED = re.compile(r"\s*(\w{1,40})\s*=\s*(?:\w+\.){1,3}hash\(")
COMPARED = re.compile(r"(?<![\w.])([\w.]{1,80})\s*[!=]=\s*([\w.]{1,80})")
CALL = re.compile(r"\b(?:jwt\.)?(encode|decode)\(")
TEXT = re.compile(r"[\"'].{0,200}[\"']")
MAX_CALLS = 50
WITHIN = 4000  # characters above a call in which its function begins
KEY = 1  # the position of the secret among the arguments of both calls


class _Call(NamedTuple):
    """A call of encode or decode with a secret, and the function that makes it: its text above the call, its name and parameters."""

    place: str
    name: str
    arguments: list[str]
    above: str
    function: str
    parameters: tuple[str, ...]

    @property
    def key(self) -> str:
        """Return the secret as it is written, without the module that it is in."""
        key = self.arguments[KEY]
        return key if TEXT.fullmatch(key) else key.rpartition(".")[2]


def hashes_compared(response: Unexpected) -> str | None:
    """Recognize a password that is hashed again and compared with the stored hash, which never match."""
    if REJECTED.search(response.message) is None:
        return None
    for file, text in response.routes.texts.items():
        hashed: set[str] = set()
        for number, line in enumerate(text.splitlines(), start=1):
            if made := HASHED.match(line):
                hashed.add(made[1])
            if HASHED_AND_COMPARED.search(line) or _compares(line, hashed):
                return (
                    f"{file}, line {number}: two hashes of the same password always differ, because each has its own "
                    "salt: compare with verify(password, hash)."
                )
    return None


def decoded_differently(response: Unexpected) -> str | None:
    """Recognize a token that is decoded without algorithms, or with another secret than it was signed with."""
    if REJECTED.search(response.message) is None:
        return None
    calls = list(_calls(response))
    signing = {_signing_key(call, response) for call in calls if call.name == "encode"}
    for call in (call for call in calls if call.name == "decode"):
        if not any(re.match(r"algorithms\s*=|\[|\*\*", argument) for argument in call.arguments[KEY + 1 :]):
            return f"{call.place}: decode() needs algorithms=[...], a list; algorithm= is an argument of encode()."
        if _parameter(call.key, call) is None and None not in signing and signing and call.key not in signing:
            signed = " or ".join(sorted(filter(None, signing)))
            return f"{call.place}: decode() uses {call.key}, but encode() signs with {signed}: use the same secret."
    return None


def object_decoded(response: Unexpected) -> str | None:
    """Recognize the whole credentials of HTTPBearer where decode() needs the token in them."""
    if REJECTED.search(response.message) is None:
        return None
    for call in _calls(response):
        name = call.arguments[0]
        typed = (
            re.compile(rf"\b{name}\s*:[^=]{{0,40}}\bHTTPAuthorizationCredentials\b") if name.isidentifier() else None
        )
        is_changed = re.search(rf"^[ \t]+{name}\s*=(?!=)", call.above, re.MULTILINE) if typed else None
        if call.name == "decode" and typed and typed.search(call.above) and not is_changed:
            return f"{call.place}: {name} is an object: the token that decode() needs is {name}.credentials."
    return None


def claim_required(response: Unexpected) -> str | None:
    """Recognize a claim that decode() requires and the token of the request does not have."""
    claims = _claims(response) if REJECTED.search(response.message) else None
    for call in _calls(response) if claims is not None else ():
        required = re.search(r"[\"']require[\"']\s*:\s*\[([^\]]*)\]", " ".join(call.arguments))
        for name in re.findall(r"[\"'](\w+)[\"']", required[1]) if required and call.name == "decode" else ():
            if name not in (claims or ()):
                return f"{call.place}: decode() requires the claim `{name}`, which this request's token does not have."
    return None


def _claims(response: Unexpected) -> dict[str, object] | None:
    """Return what the token of a request says, without checking its signature."""
    sent = next((value for name, value in response.exchange.headers.items() if name.lower() == "authorization"), "")
    try:
        payload = sent.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None


def _parameter(key: str, call: _Call) -> int | None:
    """Return the position of a key among the parameters of the function that makes the call."""
    return call.parameters.index(key) if key in call.parameters else None


def _signing_key(call: _Call, response: Unexpected) -> str | None:
    """Return the secret that a call of encode uses, as the callers of its function give it; None if that is unknown."""
    position = _parameter(call.key, call)
    if position is None:
        return call.key
    made = re.compile(rf"(?<!def )\b{call.function}\(")
    given = {
        arguments[position].rpartition(".")[2]
        for text in response.routes.texts.values()
        for match in islice(made.finditer(text), MAX_CALLS)
        if position < len(arguments := [argument for _, argument in parameters(text, match.end())])
    }
    return given.pop() if len(given) == 1 else None


def _compares(line: str, hashed: set[str]) -> bool:
    """Return whether a line compares one of these variables with something."""
    found = COMPARED.search(line)
    return found is not None and not hashed.isdisjoint(found.groups())


def _calls(response: Unexpected) -> Iterator[_Call]:
    """Yield the calls of encode and decode in an app that have a secret, up to a limit."""
    texts = response.routes.texts
    found = ((file, text, match) for file, text in texts.items() if "jwt" in text for match in CALL.finditer(text))
    for file, text, match in islice(found, MAX_CALLS):
        arguments = [argument for _, argument in parameters(text, match.end())]
        if len(arguments) > KEY:
            place = f"{file}, line {text.count(chr(10), 0, match.start()) + 1}"
            around = [*DEF.finditer(text, max(0, match.start() - WITHIN), match.start())]
            above = text[around[-1].start() : match.start()] if around else ""
            names = (
                [re.split(r"[\s:=]", one, maxsplit=1)[0] for _, one in parameters(text, around[-1].end())]
                if around
                else []
            )
            yield _Call(place, match[1], arguments, above, around[-1][1] if around else "", tuple(names))
