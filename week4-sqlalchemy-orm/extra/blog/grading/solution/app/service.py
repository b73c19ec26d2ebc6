"""The middle layer: what the blog does and does not allow. It knows neither HTTP nor SQL."""

from app.dtos import Comment, NewComment, NewPost, Page, Post
from app.problems import NotFound, Refused

MAX_TAGS = 5


def tidy(tags: list[str]) -> list[str]:
    """Return tags as the blog stores them: each one once, in lower case, without spaces around it, in order."""
    names = sorted({tag.strip().lower() for tag in tags} - {""})
    if len(names) > MAX_TAGS:
        raise Refused(f"A post has at most {MAX_TAGS} tags")
    return names


class BlogService:
    """The blog's rules. `repository` is a BlogRepository, or anything else with the same methods."""

    def __init__(self, repository):
        self.repository = repository

    def write(self, new: NewPost) -> Post:
        """Store a new post."""
        return self.repository.add_post(new.title, new.body, tidy(new.tags))

    def read(self, post_id: int) -> Post:
        """Return a post."""
        post = self.repository.find_post(post_id)
        if post is None:
            raise NotFound("Post not found")
        return post

    def close(self, post_id: int) -> Post:
        """Close a post to comments, and return it."""
        self.read(post_id)
        self.repository.close_post(post_id)
        return self.read(post_id)

    def comment(self, post_id: int, new: NewComment) -> Comment:
        """Store a comment on a post."""
        if self.read(post_id).closed:
            raise Refused("This post is closed to comments")
        return self.repository.add_comment(post_id, new)

    def comments(self, post_id: int) -> list[Comment]:
        """Return the comments on a post."""
        self.read(post_id)
        return self.repository.comments_of(post_id)

    def page(self, tag: str | None, before: int | None, limit: int) -> Page:
        """Return one page of posts."""
        # One more than the page holds: only then is there a next page.
        found = self.repository.newest(tag, before, limit + 1)
        items = found[:limit]
        return Page(items=items, next=items[-1].id if len(found) > limit else None)
