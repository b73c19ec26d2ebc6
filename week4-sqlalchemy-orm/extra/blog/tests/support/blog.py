"""A blog with posts, tags and comments, through the app or as rows, and a repository that has no database."""

import contextlib

import pytest
from classroom import expect
from classroom.checks.words import ANIMALS, FIRST_NAMES, GOODS, MOODS, QUALITIES, SCENES

IN_MEMORY = '''
from typing import Annotated

from fastapi import Depends

from app.dtos import Comment, Post, Summary
from app.service import BlogService


class Memory:
    """A repository without a database: what it is given is what it returns."""

    def __init__(self):
        self.posts, self.said = [], []

    def add_post(self, title, body, tags):
        post = Post(id=len(self.posts) + 1, title=title, body=body, tags=list(tags), closed=False)
        self.posts.append(post)
        return post

    def find_post(self, post_id):
        return self.posts[post_id - 1] if 1 <= post_id <= len(self.posts) else None

    def close_post(self, post_id):
        self.posts[post_id - 1].closed = True

    def add_comment(self, post_id, new):
        comment = Comment(id=len(self.said) + 1, author=new.author, text=new.text)
        self.said.append((post_id, comment))
        return comment

    def comments_of(self, post_id):
        return [comment for owner, comment in self.said if owner == post_id]

    def newest(self, tag, before, limit):
        found = [post for post in reversed(self.posts) if tag is None or tag in post.tags]
        found = [post for post in found if before is None or post.id < before]
        return [
            Summary(id=post.id, title=post.title, tags=post.tags, comments=len(self.comments_of(post.id)))
            for post in found[:limit]
        ]


memory = Memory()


def blog_service():
    return BlogService(memory)


ServiceDep = Annotated[BlogService, Depends(blog_service)]
'''


class Blog:
    """Generates random posts and comments, and stores them as rows where a check should not rely on the app."""

    def __init__(self, database, draw, names):
        self.database = database
        self.draw = draw
        self.names = names

    def title(self):
        """Return a title that no other post has."""
        words = self.names.draw
        return self.names.new(
            lambda: f"{words.one_of(MOODS)} {words.one_of(ANIMALS)} {words.one_of(SCENES)} {words.randint(1, 999)}"
        )

    def tag(self):
        """Return a tag that no other post has."""
        words = self.names.draw
        return self.names.new(
            lambda: f"{words.one_of(QUALITIES).lower()}-{words.one_of(GOODS)}-{words.randint(1, 999)}"
        )

    def tags(self, count):
        """Return new tags in an order that is not alphabetical."""
        return sorted((self.tag() for _ in range(count)), reverse=True)

    def new_post(self, tags=()):
        """Return a post as a client sends it."""
        return {"title": self.title(), "body": f"It was {self.draw.one_of(SCENES)}.", "tags": list(tags)}

    def new_comment(self):
        """Return a comment as a client sends it."""
        return {
            "author": self.draw.one_of(FIRST_NAMES),
            "email": self.names.email(),
            "text": f"I saw {self.draw.one_of(ANIMALS)} {self.draw.one_of(SCENES)}, {self.draw.randint(2, 99)} of them.",
        }

    def row(self, tags=(), closed=False):
        """Store a post as rows, and return what the app must return for it."""
        new = self.new_post(sorted(tags))
        sql = "INSERT INTO posts (title, body, closed) VALUES (%s, %s, %s) RETURNING id"
        (post,) = self.database.rows(sql, new["title"], new["body"], closed)
        if tags:
            self.database.run("INSERT INTO tags (name) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", new["tags"])
            sql = "INSERT INTO post_tags (post_id, tag_id) SELECT %s, id FROM tags WHERE name = ANY(%s)"
            self.database.run(sql, post["id"], new["tags"])
        return {"id": post["id"], "closed": closed} | new

    def comment_row(self, post):
        """Store a comment on a post as a row, and return what the app must return for it."""
        new = self.new_comment()
        sql = "INSERT INTO comments (post_id, author, email, text) VALUES (%s, %s, %s, %s) RETURNING id"
        (row,) = self.database.rows(sql, post["id"], new["author"], new["email"], new["text"])
        return {"id": row["id"], "author": new["author"], "text": new["text"]}

    def rewrite(self, comment, post, other):
        """Move a comment to another post and back, so that the table's rows are no longer in id order."""
        for place in (other, post):
            self.database.run("UPDATE comments SET post_id = %s WHERE id = %s", place["id"], comment["id"])

    def discussed(self, count):
        """Store posts that share a tag, each with more tags and comments; return their list entries, newest first."""
        common = self.tag()
        lines = []
        for place in range(count):
            post = self.row([common, *self.tags(2)])
            comments = [self.comment_row(post) for _ in range(place % 3)]
            lines.append(self.summary(post, len(comments)))
        return common, lines[::-1]

    def stored(self, title):
        """Return the rows of the posts with this title."""
        return self.database.rows("SELECT * FROM posts WHERE title = %s", title)

    @contextlib.contextmanager
    def slow_commits(self, table):
        """Make every commit that changes a table take a while."""
        self.database.slow_commit(table, 0.4)
        try:
            yield
        finally:
            self.database.calm()

    def unknown(self):
        """Return an id that no post has."""
        (row,) = self.database.rows("SELECT coalesce(max(id), 0) + 1000 AS id FROM posts")
        return row["id"]

    def summary(self, post, comments=0):
        """Return the list entry for a post."""
        return {"id": post["id"], "title": post["title"], "tags": post["tags"], "comments": comments}


@pytest.fixture
def blog(database, draw, names):
    """Posts and comments, randomly generated or stored."""
    return Blog(database, draw, names)


@pytest.fixture
def without_database(client_of):
    """A client for the app with a repository that keeps everything in memory."""
    return lambda: client_of({"app/wiring.py": IN_MEMORY})


@pytest.fixture
def counted_page(client, database):
    """Read the first page of posts with a tag, and return how many statements it took."""
    tables = ["posts", "tags", "comments"]

    def read(discussed, limit=50, most_statements=None, most_rows=None):
        tag, lines = discussed
        with database.counting() as counted:
            answer = client.get("/posts", params={"tag": tag, "limit": limit})
        expect(answer).ground(task=5)
        expect(answer).ok({"items": list})
        more = answer.json["items"][limit:]  # how many posts a page has is checked in task 5
        expect(answer).json({"items": lines[:limit] + more})
        total, rows = counted.total(naming=tables), counted.rows(naming=tables)
        expect.that(not most_statements or total <= most_statements, f"The page took {total} statements.", answer)
        expect.that(not most_rows or rows <= most_rows, f"The statements returned {rows} rows.", answer)
        return total

    return read


@pytest.fixture
def pages(client):
    """Read a list page by page, and return the pages."""

    def read(most=10, **params):
        found, before = [], {}
        while before is not None:
            expect.that(len(found) < most, f"After {most} pages, there is still a next one.")
            answer = client.get("/posts", params=params | before)
            expect(answer).ok({"items": list})
            found.append(answer.json["items"])
            following = answer.json.get("next")
            before = None if following is None else {"before": following}
        return found

    return read
