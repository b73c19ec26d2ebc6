"""The town library: books and branches.

Start it in this folder with: uvicorn app.main:app --reload
"""

from fastapi import FastAPI

from app import errors, library
from app.routers import highlights

app = FastAPI(title="Town library")
errors.install(app)


# Task 1 is already done. What belongs to no router can stay here.
@app.get("/")
def read_root():
    return {"library": "Town library"}


# TODO 2: move this endpoint and the next one to their own router, in a new file app/routers/books.py.
# TODO 6: accept from-year, and describe the parameters.
@app.get("/books")
def list_books(since: int | None = None):
    """List the books, in id order."""
    return library.all_books(since)


# TODO 2: move this endpoint as well.
# TODO 7: show in the documentation what a book looks like, and that there may be none.
@app.get("/books/{book_id}")
def read_book(book_id: int):
    """Return one book."""
    return library.find_book(book_id)


# TODO 3: include the router of the branches.
# TODO 4: whose path is /books/newest? Find out who gets the request, and change the order.
# TODO 5: include each router under /v1 as well, and mark the old paths as deprecated.
app.include_router(highlights.router)
