"""The bottom layer: SQL, and nothing else. Rows come in and out of here as DTOs."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.dtos import Comment, NewComment, Post, Summary
from app.models import TagRow


class BlogRepository:
    """The posts, tags and comments in the database. Each method that stores something commits it."""

    def __init__(self, session: Session):
        self.session = session

    def add_post(self, title: str, body: str, tags: list[str]) -> Post:
        """Store a post with its tags, which are all different."""
        # TODO 2: store it, and commit.
        raise NotImplementedError("TODO 2: store a post")

    def find_post(self, post_id: int) -> Post | None:
        """Return the post with this id."""
        # TODO 2: return it as a DTO, or None.
        raise NotImplementedError("TODO 2: find a post")

    def close_post(self, post_id: int) -> None:
        """Close the post with this id to comments."""
        # TODO 4: change the row, and commit.
        raise NotImplementedError("TODO 4: close a post")

    def add_comment(self, post_id: int, new: NewComment) -> Comment:
        """Store a comment on a post that exists."""
        # TODO 4: store it, and commit.
        raise NotImplementedError("TODO 4: store a comment")

    def comments_of(self, post_id: int) -> list[Comment]:
        """Return the comments on a post, oldest first."""
        # TODO 4: return them as DTOs.
        raise NotImplementedError("TODO 4: return the comments on a post")

    def newest(self, tag: str | None, before: int | None, limit: int) -> list[Summary]:
        """Return up to `limit` posts, newest first: only those with this tag, and with ids below `before`, if given."""
        # TODO 5: select them, and only them.
        # TODO 6: take the same few statements for any number of posts.
        raise NotImplementedError("TODO 5: return the newest posts")

    def _tag_rows(self, names: list[str]) -> Sequence[TagRow]:
        """Return the tags with these names, and create the missing ones, even if others do the same now (provided)."""
        if names:
            self.session.execute(insert(TagRow).values([{"name": name} for name in names]).on_conflict_do_nothing())
        return self.session.scalars(select(TagRow).where(TagRow.name.in_(names))).all()
