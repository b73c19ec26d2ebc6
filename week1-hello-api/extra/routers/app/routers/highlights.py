"""Books that the library recommends. The paths begin with /books, like those in app/routers/books.py."""

from fastapi import APIRouter

router = APIRouter(prefix="/books", tags=["highlights"])


@router.get("/newest")
def read_newest_book():
    """Return the book that was published last."""
    # TODO 4: return the newest book.
    raise NotImplementedError("TODO 4: return the newest book")
