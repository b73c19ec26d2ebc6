"""The town library: books and branches.

Start it in this folder with: uvicorn app.main:app --reload
"""

from fastapi import FastAPI

from app import errors
from app.routers import books, branches, highlights

app = FastAPI(title="Town library")
errors.install(app)


# Task 1 is already done. What belongs to no router can stay here.
@app.get("/")
def read_root():
    return {"library": "Town library"}


# The highlights come first: /books/{book_id} would take /books/newest, and reject "newest" as an id.
for router in (highlights.router, books.router, branches.router):
    app.include_router(router, prefix="/v1")
    app.include_router(router, deprecated=True)
