"""The top layer: HTTP, and nothing else. Each endpoint passes a request on, and returns what it gets.

Start the app in this folder with: python -m classroom run
"""

from fastapi import FastAPI

from app import errors, problems
from app.database import engine
from app.dtos import NewComment, NewPost
from app.models import Base

app = FastAPI(title="Blog")
errors.install(app)
problems.install(app)
Base.metadata.create_all(engine)


# Task 1 is already done.
@app.get("/")
def read_root():
    return {"blog": "Notes from the Harbor"}


@app.post("/posts")
def write_post(new: NewPost):
    """Write a post."""
    # TODO 2: let the service write it (201).
    raise NotImplementedError("TODO 2: write a post")


@app.get("/posts/{post_id}")
def read_post(post_id: int):
    """Return a post."""
    # TODO 2: let the service read it.
    raise NotImplementedError("TODO 2: read a post")


@app.post("/posts/{post_id}/close")
def close_post(post_id: int):
    """Close a post to comments."""
    # TODO 4: let the service close it.
    raise NotImplementedError("TODO 4: close a post")


@app.post("/posts/{post_id}/comments")
def write_comment(post_id: int, new: NewComment):
    """Comment on a post."""
    # TODO 4: let the service store the comment (201).
    raise NotImplementedError("TODO 4: comment on a post")


@app.get("/posts/{post_id}/comments")
def list_comments(post_id: int):
    """Return the comments on a post."""
    # TODO 4: let the service return them.
    raise NotImplementedError("TODO 4: return the comments on a post")


@app.get("/posts")
def list_posts():
    """Return a page of posts, newest first."""
    # TODO 5: tag, before and limit are query parameters.
    raise NotImplementedError("TODO 5: return a page of posts")
