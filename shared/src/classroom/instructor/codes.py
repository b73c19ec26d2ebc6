"""Codes that people type: short, and without letters and digits that look like others."""

from __future__ import annotations

import secrets

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH = 8


def new_code() -> str:
    """Return a code that nobody can guess within the attempts that the site allows."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def is_same_code(typed: str, code: str) -> bool:
    """Return whether someone has typed a code, in any letter case and with any spaces and hyphens."""
    plain = "".join(letter for letter in typed.upper() if letter.isalnum())
    return secrets.compare_digest(plain.encode(), code.encode())
