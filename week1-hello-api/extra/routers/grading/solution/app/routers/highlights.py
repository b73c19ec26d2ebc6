"""Books that the library recommends. The paths begin with /books, like those in app/routers/books.py."""

from fastapi import APIRouter

from app import library

router = APIRouter(prefix="/books", tags=["highlights"])


@router.get("/newest")
def read_newest_book():
    """Return the book that was published last."""
    return library.newest_book()
