"""Finds books and branches in the collection (provided: call these functions, there is nothing to do here)."""

from typing import Any

from fastapi import HTTPException

from app.collection import BOOKS, BRANCHES


def all_books(from_year: int | None = None) -> list[dict[str, Any]]:
    """Return all books, or only those published in this year or later."""
    return [book for book in BOOKS if from_year is None or book["year"] >= from_year]


def find_book(book_id: int) -> dict[str, Any]:
    """Return the book with this id; if there is none, end the request with 404."""
    return _only((book for book in BOOKS if book["id"] == book_id), "There is no such book")


def newest_book() -> dict[str, Any]:
    """Return the book that was published last."""
    newest = BOOKS[0]
    for book in BOOKS:
        if book["year"] > newest["year"]:
            newest = book
    return newest


def all_branches() -> list[dict[str, Any]]:
    """Return all branches."""
    return BRANCHES


def find_branch(code: str) -> dict[str, Any]:
    """Return the branch with this code; if there is none, end the request with 404."""
    return _only((branch for branch in BRANCHES if branch["code"] == code), "There is no such branch")


def _only(found: Any, missing: str) -> dict[str, Any]:
    for each in found:
        return each
    raise HTTPException(404, missing)
