"""Keeps the letters in memory (provided: call these functions, there is nothing to do here)."""

from itertools import count
from typing import Any

from fastapi import HTTPException
from pydantic import BaseModel


class LetterIn(BaseModel):
    """A letter as a client sends it."""

    town: str
    text: str


_letters: dict[int, dict[str, Any]] = {}
_numbers = count(1)


def keep(letter: LetterIn) -> dict[str, Any]:
    """Keep a new letter, whose status is "waiting", and return it with its id."""
    number = next(_numbers)
    _letters[number] = {"id": number, "town": letter.town, "text": letter.text, "status": "waiting", "log": []}
    return _letters[number]


def find(letter_id: int) -> dict[str, Any]:
    """Return the letter with this id; if there is none, end the request with 404."""
    if letter_id not in _letters:
        raise HTTPException(404, "There is no such letter")
    return _letters[letter_id]


def set_status(letter_id: int, status: str) -> None:
    """Set the status of a letter to "waiting", "delivered" or "failed"."""
    find(letter_id)["status"] = status
