"""The notes on the board (provided: use this, there is nothing to do here)."""

import asyncio
from itertools import count
from typing import Any

from pydantic import BaseModel, Field

from app.rules import LONGEST

_notes: list[dict[str, Any]] = []
_numbers = count(1)
_news = asyncio.Event()


class NewNote(BaseModel):
    """What a client sends over its WebSocket."""

    text: str = Field(min_length=1, max_length=LONGEST)


class SignedNote(NewNote):
    """What a client sends to POST /notes."""

    by: str = Field(min_length=1, max_length=20)


def keep(by: str, text: str) -> dict[str, Any]:
    """Put a note on the board, and return it with its id. The ids are 1, 2, 3, and so on."""
    note = {"id": next(_numbers), "by": by, "text": text}
    _notes.append(note)
    _news.set()  # wakes all that wait in `newer`
    _news.clear()  # later calls wait for the next note
    return note


def notes() -> list[dict[str, Any]]:
    """Return all notes, oldest first."""
    return list(_notes)


async def newer(note_id: int) -> list[dict[str, Any]]:
    """Return the notes after the one with this id, oldest first; if there are none, wait for the next note."""
    while not (found := [note for note in _notes if note["id"] > note_id]):
        await _news.wait()
    return found
