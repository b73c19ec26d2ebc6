"""The top layer: HTTP, and nothing else. Each endpoint passes a request on, and returns what it gets.

Start the app in this folder with: python -m classroom run
"""

from typing import Annotated

from fastapi import FastAPI, Query

from app import errors, problems
from app.database import engine
from app.dtos import Comment, NewComment, NewPost, Page, Post
from app.models import Base
from app.wiring import ServiceDep

app = FastAPI(title="Blog")
errors.install(app)
problems.install(app)
Base.metadata.create_all(engine)


# Task 1 is already done.
@app.get("/")
def read_root():
    return {"blog": "Notes from the Harbor"}


@app.post("/posts", status_code=201)
def write_post(new: NewPost, service: ServiceDep) -> Post:
    """Write a post."""
    return service.write(new)


@app.get("/posts/{post_id}")
def read_post(post_id: int, service: ServiceDep) -> Post:
    """Return a post."""
    return service.read(post_id)


@app.post("/posts/{post_id}/close")
def close_post(post_id: int, service: ServiceDep) -> Post:
    """Close a post to comments."""
    return service.close(post_id)


@app.post("/posts/{post_id}/comments", status_code=201)
def write_comment(post_id: int, new: NewComment, service: ServiceDep) -> Comment:
    """Comment on a post."""
    return service.comment(post_id, new)


@app.get("/posts/{post_id}/comments")
def list_comments(post_id: int, service: ServiceDep) -> list[Comment]:
    """Return the comments on a post."""
    return service.comments(post_id)


@app.get("/posts")
def list_posts(
    service: ServiceDep,
    tag: str | None = None,
    before: int | None = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> Page:
    """Return a page of posts, newest first."""
    return service.page(tag, before, limit)
