"""Usernames that a path, a shell and an address can hold, made of what people are called."""

from __future__ import annotations

import re
import unicodedata

MAX_LENGTH = 60
SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
# Letters that Unicode does not decompose into a letter and an accent.
SPELLED = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "Ae", "đ": "d"})
# File names that Windows reserves, and git's own.
RESERVED = {"con", "prn", "aux", "nul", "git", *(f"{name}{number}" for name in ("com", "lpt") for number in range(10))}


def is_safe(name: str) -> bool:
    """Return whether a name can be used unchanged."""
    return SAFE.fullmatch(name) is not None and name.casefold() not in RESERVED


def plain(text: str) -> str:
    """Return a string without accents, and with a hyphen for every character that could cause trouble."""
    letters = unicodedata.normalize("NFKD", text.translate(SPELLED))
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    name = re.sub(r"[^A-Za-z0-9._]+", "-", letters)
    name = re.sub(r"\.{2,}", ".", name).strip("-._")
    name = name[:MAX_LENGTH].rstrip("-._").removesuffix(".git").removesuffix(".lock")
    return name if name and name.partition(".")[0].casefold() not in RESERVED else f"student-{name}".rstrip("-")


def unused(name: str, taken: set[str]) -> str:
    """Return the name, with a number after it if it is taken.

    Args:
        name: the name wanted.
        taken: names in lower case; a name in another letter case is the same name.
    """
    number, free = 1, name
    while free.casefold() in taken:
        number += 1
        free = f"{name}-{number}"
    return free
