"""Users and photos, randomly generated or stored as rows, and what a browser sends to post a photo."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from classroom import expect
from classroom.checks.words import ANIMALS, FIRST_NAMES, MOODS, SCENES

PNG = b"\x89PNG\r\n\x1a\n"
SESSIONS = 2  # the task that provides sessions, which signing up needs
SQL_ONLY = 5  # from this task on, users are stored with SQL, as photos are
KINDS = {PNG: "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF87a": "image/gif", b"GIF89a": "image/gif"}


class Gallery:
    """Generates random users and photos, and stores them as rows where a check must not rely on the app."""

    def __init__(self, client, database, draw, names, limit, task):
        self.client = client
        self.task = task
        self.database = database
        self.draw = draw
        self.names = names
        self.limit = limit
        self.now = datetime.now(UTC).replace(microsecond=0)

    def new_name(self):
        """Return a name that nobody has yet."""
        words = self.names.draw
        return self.names.new(lambda: f"{words.one_of(FIRST_NAMES).lower()}{words.randint(100, 99999)}")

    def user(self):
        """Sign up a user, so that a student can repeat the requests, and return the user's id and name."""
        name = self.new_name()
        if self.task >= SQL_ONLY:
            self.database.run("INSERT INTO users (name) VALUES (%s)", name)
        else:
            answer = self.client.post("/users", json={"name": name})
            expect(answer).created() if self.task == SESSIONS else expect(answer).ground(task=SESSIONS)
        (row,) = self.database.rows("SELECT id, name FROM users WHERE name = %s", name)
        return row

    def user_with_a_long_id(self):
        """Sign up a user, and change the id to one that no random name contains by chance."""
        user = self.user() | {"id": self.draw.randint(10**8, 10**9)}
        self.database.run("UPDATE users SET id = %s WHERE name = %s", user["id"], user["name"])
        return user

    def users(self, count):
        """Sign several users up."""
        return [self.user() for _ in range(count)]

    def asks(self, user):
        """Return the headers for a request by this user."""
        return {"X-User": user["name"]}

    def follows(self, follower, *followed):
        """Make a user follow others: send requests that a student can repeat, and insert rows in case those fail."""
        for other in followed:
            if self.task < SQL_ONLY:
                self.client.put(f"/following/{other['name']}", headers=self.asks(follower))
            sql = "INSERT INTO follows (follower_id, followed_id) VALUES (%s, %s) ON CONFLICT DO NOTHING"
            self.database.run(sql, follower["id"], other["id"])

    def followed_by(self, user):
        """Return the ids of the users that this user follows, according to the table, in order."""
        sql = "SELECT followed_id FROM follows WHERE follower_id = %s ORDER BY 1"
        return [row["followed_id"] for row in self.database.rows(sql, user["id"])]

    def caption(self):
        """Return a caption that no other photo has."""
        words = self.names.draw
        return self.names.new(
            lambda: f"{words.one_of(MOODS)} {words.one_of(ANIMALS)} {words.one_of(SCENES)} {words.randint(1, 9999)}"
        )

    def photo_of(self, author, age=0, micros=0, likes=()):
        """Store a photo that was posted some seconds (and microseconds) ago; return what the feed shows for it."""
        row = {"author_id": author["id"], "caption": self.caption()}
        posted_at = self.now - timedelta(seconds=age, microseconds=micros)
        sql = (
            "INSERT INTO photos (author_id, caption, file, kind, posted_at)"
            " VALUES (%s, %s, md5(random()::text || clock_timestamp()::text), 'image/png', %s) RETURNING id"
        )
        (made,) = self.database.rows(sql, row["author_id"], row["caption"], posted_at)
        for user in likes:
            self.like(made, user)
        return {"id": made["id"], "author": author["name"], "caption": row["caption"], "likes": len(likes)}

    def like(self, photo, user):
        """Record that a user likes a photo."""
        self.database.run("INSERT INTO likes (photo_id, user_id) VALUES (%s, %s)", photo["id"], user["id"])

    def remove(self, *photos):
        """Delete the rows of these photos."""
        self.database.run("DELETE FROM photos WHERE id = ANY(%s)", [photo["id"] for photo in photos])

    def row(self, photo_id):
        """Return the row of a photo, or None."""
        rows = self.database.rows("SELECT * FROM photos WHERE id = %s", photo_id)
        return rows[0] if rows else None

    def captioned(self, caption):
        """Return the rows of the photos with this caption."""
        return self.database.rows("SELECT * FROM photos WHERE caption = %s", caption)

    def unknown_photo(self):
        """Return an id that no photo has."""
        (row,) = self.database.rows("SELECT coalesce(max(id), 0) + 1000 AS id FROM photos")
        return row["id"]

    def content(self, size=None, start=PNG):
        """Return the content of a photo with this many bytes, or with a few hundred by default."""
        size = size or self.draw.randint(300, 900)
        return start + self.draw.randbytes(size - len(start))

    def post(self, user, content, name=None, caption=None, kind="image/png"):
        """Post a photo as a browser does, with this file name (or a new one) and this claimed content type."""
        name = name or f"{self.draw.word(10)}.png"
        edge = f"edge{self.draw.randint(10**9, 10**10)}"
        parts = [(f'name="photo"; filename="{name}"\r\nContent-Type: {kind}', content)]
        if caption is not None:
            parts.insert(0, ('name="caption"', caption.encode()))
        body = b"".join(
            f"--{edge}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + part + b"\r\n"
            for head, part in parts
        )
        answer = self.client.post(
            "/photos",
            content=body + f"--{edge}--\r\n".encode(),
            headers=self.asks(user) | {"Content-Type": f"multipart/form-data; boundary={edge}"},
        )
        expect.that(
            answer.status != 415 or not content.startswith(tuple(KINDS)),
            "A photo was rejected with 415, although it begins as a PNG, JPEG or GIF does: only its first bytes matter.",
            answer,
        )
        return answer

    def posted(self, user, content=None):
        """Post a photo that another task needs, and return its id."""
        answer = self.post(user, content or self.content(), caption=self.caption())
        return expect(answer).ground(task=3, has=["id"])["id"]

    def disk(self):
        """Return the sizes of all the app's files, by path."""
        answer = self.client.get("/disk")
        expect(answer).ok(dict)
        return answer.json

    def new_files(self, before):
        """Return the sizes of the files that are new on the disk, by path."""
        return {path: size for path, size in self.disk().items() if path not in before}

    def same_disk(self, before, after):
        """Expect that no file has appeared or disappeared."""
        now = self.disk()
        left, gone = (", ".join(sorted(one.keys() - other.keys())) for one, other in ((now, before), (before, now)))
        expect.that(not left, f"After {after}, a file is left on the disk: {left}. See GET /disk.")
        expect.that(not gone, f"After {after}, a file is gone: {gone}. See GET /disk.")

    @contextlib.contextmanager
    def refusing(self, when="commit"):
        """Make the database refuse every change to the photos table."""
        self.database.refuse("photos", self.draw.word(12), when=when)
        try:
            yield
        finally:
            self.database.calm()

    @contextlib.contextmanager
    def slow_commits(self, table):
        """Make every commit that changes a table take a while."""
        self.database.slow_commit(table, 0.4)
        try:
            yield
        finally:
            self.database.calm()


@pytest.fixture(scope="session")
def limit(session_draw):
    """The maximum size of a photo in this run, in bytes."""
    return session_draw.randint(100_000, 150_000)


@pytest.fixture(scope="session")
def given_files(limit):
    """The file that replaces app/rules.py in every check, with a different limit."""
    return {"app/rules.py": f"LIMIT = {limit}\nPIECE = 16_384\nKINDS = {KINDS!r}\n"}


@pytest.fixture
def gallery(client, database, draw, names, limit, task_number):
    """Users and photos, randomly generated or stored."""
    return Gallery(client, database, draw, names, limit, task_number)


@pytest.fixture
def kinds():
    """The first bytes of each accepted format, and its type."""
    return KINDS
