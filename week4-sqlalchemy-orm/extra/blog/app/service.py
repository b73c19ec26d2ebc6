"""The middle layer: what the blog does and does not allow. It knows neither HTTP nor SQL."""

from app.dtos import Comment, NewComment, NewPost, Page, Post

MAX_TAGS = 5


def tidy(tags: list[str]) -> list[str]:
    """Return tags as the blog stores them: each one once, in lower case, without spaces around it, in order."""
    # TODO 3: tidy up the tags, and raise Refused if there are too many.
    raise NotImplementedError("TODO 3: tidy up the tags")


class BlogService:
    """The blog's rules. `repository` is a BlogRepository, or anything else with the same methods."""

    def __init__(self, repository):
        self.repository = repository

    def write(self, new: NewPost) -> Post:
        """Store a new post."""
        # TODO 2: let the repository store it.
        # TODO 3: tidy up its tags first.
        raise NotImplementedError("TODO 2: write a post")

    def read(self, post_id: int) -> Post:
        """Return a post."""
        # TODO 2: return it, or raise NotFound.
        raise NotImplementedError("TODO 2: read a post")

    def close(self, post_id: int) -> Post:
        """Close a post to comments, and return it."""
        # TODO 4: close it, or raise NotFound.
        raise NotImplementedError("TODO 4: close a post")

    def comment(self, post_id: int, new: NewComment) -> Comment:
        """Store a comment on a post."""
        # TODO 4: raise NotFound or Refused where a comment is not possible.
        raise NotImplementedError("TODO 4: comment on a post")

    def comments(self, post_id: int) -> list[Comment]:
        """Return the comments on a post."""
        # TODO 4: return them, or raise NotFound.
        raise NotImplementedError("TODO 4: return the comments on a post")

    def page(self, tag: str | None, before: int | None, limit: int) -> Page:
        """Return one page of posts."""
        # TODO 5: return the page, and where the next one begins.
        raise NotImplementedError("TODO 5: return a page of posts")
