"""Finds exhibits, and knows where files are (provided: use this, there is nothing to do here)."""

from pathlib import Path
from typing import Any

from fastapi import HTTPException

from app.collection import EXHIBITS

FOLDER = Path(__file__).parent
TEMPLATES = FOLDER / "templates"
PICTURES = FOLDER / "pictures"


def find_exhibit(exhibit_id: int) -> dict[str, Any]:
    """Return the exhibit with this id; if there is none, end the request with 404."""
    for exhibit in EXHIBITS:
        if exhibit["id"] == exhibit_id:
            return exhibit
    raise HTTPException(404, "There is no such exhibit")
