"""The bottom layer: SQL, and nothing else. Rows come in and out of here as DTOs."""

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, selectinload

from app.dtos import Comment, NewComment, Post, Summary
from app.models import CommentRow, PostRow, TagRow


class BlogRepository:
    """The posts, tags and comments in the database. Each method that stores something commits it."""

    def __init__(self, session: Session):
        self.session = session

    def add_post(self, title: str, body: str, tags: list[str]) -> Post:
        """Store a post with its tags, which are all different."""
        row = PostRow(title=title, body=body, tags=list(self._tag_rows(tags)))
        self.session.add(row)
        self.session.commit()
        return _post(row)

    def find_post(self, post_id: int) -> Post | None:
        """Return the post with this id."""
        row = self.session.get(PostRow, post_id)
        return _post(row) if row else None

    def close_post(self, post_id: int) -> None:
        """Close the post with this id to comments."""
        self.session.execute(update(PostRow).where(PostRow.id == post_id).values(closed=True))
        self.session.commit()

    def add_comment(self, post_id: int, new: NewComment) -> Comment:
        """Store a comment on a post that exists."""
        row = CommentRow(post_id=post_id, author=new.author, email=new.email, text=new.text)
        self.session.add(row)
        self.session.commit()
        return _comment(row)

    def comments_of(self, post_id: int) -> list[Comment]:
        """Return the comments on a post, oldest first."""
        found = select(CommentRow).where(CommentRow.post_id == post_id).order_by(CommentRow.id)
        return [_comment(row) for row in self.session.scalars(found)]

    def newest(self, tag: str | None, before: int | None, limit: int) -> list[Summary]:
        """Return up to `limit` posts, newest first: only those with this tag, and with ids below `before`, if given."""
        count = select(func.count()).where(CommentRow.post_id == PostRow.id).scalar_subquery()
        found = select(PostRow, count).options(selectinload(PostRow.tags)).order_by(PostRow.id.desc()).limit(limit)
        if tag is not None:
            found = found.where(PostRow.tags.any(TagRow.name == tag))
        if before is not None:
            found = found.where(PostRow.id < before)
        return [
            Summary(id=row.id, title=row.title, tags=[each.name for each in row.tags], comments=comments)
            for row, comments in self.session.execute(found)
        ]

    def _tag_rows(self, names: list[str]) -> Sequence[TagRow]:
        """Return the tags with these names, and create the missing ones, even if others do the same now (provided)."""
        if names:
            self.session.execute(insert(TagRow).values([{"name": name} for name in names]).on_conflict_do_nothing())
        return self.session.scalars(select(TagRow).where(TagRow.name.in_(names))).all()


def _post(row: PostRow) -> Post:
    return Post(id=row.id, title=row.title, body=row.body, closed=row.closed, tags=[tag.name for tag in row.tags])


def _comment(row: CommentRow) -> Comment:
    return Comment(id=row.id, author=row.author, text=row.text)
