"""Advice about signing in: passwords that are compared by their hashes, and tokens that are decoded differently."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from classroom.checks.causes.parameter_advice import parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classroom.checks.causes.unexpected import Unexpected

REJECTED = re.compile(r"returned 401, expected 2\d\d")
HASHED_AND_COMPARED = re.compile(r"\.hash\([^()]{0,80}\)\s*[!=]=|[!=]=\s*(?:\w+\.){1,3}hash\(")
HASHED = re.compile(r"\s*(\w{1,40})\s*=\s*(?:\w+\.){1,3}hash\(")
COMPARED = re.compile(r"(?<![\w.])([\w.]{1,80})\s*[!=]=\s*([\w.]{1,80})")
CALL = re.compile(r"\b(?:jwt\.)?(encode|decode)\(")
TEXT = re.compile(r"[\"'].{0,200}[\"']")
MAX_CALLS = 50
KEY = 1  # the position of the secret among the arguments of both calls


class _Call(NamedTuple):
    """A call of encode or decode with a secret."""

    place: str
    name: str
    arguments: list[str]

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
    keys = {call.key for call in calls if call.name == "encode"}
    for call in (call for call in calls if call.name == "decode"):
        if not any(re.match(r"algorithms\s*=|\[|\*\*", argument) for argument in call.arguments[KEY + 1 :]):
            return f"{call.place}: decode() needs algorithms=[...], a list; algorithm= is an argument of encode()."
        if keys and call.key not in keys:
            signed = " or ".join(sorted(keys))
            return f"{call.place}: decode() uses {call.key}, but encode() signs with {signed}: use the same secret."
    return None


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
            yield _Call(f"{file}, line {text.count(chr(10), 0, match.start()) + 1}", match[1], arguments)
