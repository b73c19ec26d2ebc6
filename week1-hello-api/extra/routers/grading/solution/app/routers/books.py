"""The books of the library."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app import library

EXAMPLE = {"id": 4, "title": "Brave owls in the rain", "author": "Ada Novak", "year": 1987}
SHOWN: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"example": EXAMPLE}}},
    404: {"description": "No book has this id"},
}
router = APIRouter(prefix="/books", tags=["books"])


@router.get("")
def list_books(
    from_year: Annotated[int | None, Query(alias="from-year", title="First year", description="Inclusive.")] = None,
    since: Annotated[int | None, Query(description="Use from-year instead.", deprecated=True)] = None,
):
    """List the books, in id order."""
    return library.all_books(since if from_year is None else from_year)


@router.get("/{book_id}", responses=SHOWN)
def read_book(book_id: int):
    """Return one book."""
    return library.find_book(book_id)
