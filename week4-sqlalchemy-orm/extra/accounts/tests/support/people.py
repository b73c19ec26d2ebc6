"""People with accounts and tokens, the settings of this run, and the tables that the app keeps them in."""

import contextlib
import json
import time

import jwt
import pytest
from classroom import expect, together
from classroom.checks.words import ANIMALS, FIRST_NAMES, GOODS, QUALITIES, SCENES

SETTINGS = """from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

SECRET = {secret!r}
TOKEN_SECONDS = {seconds}
PASSWORDS = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=1024, parallelism=1),))
EDITORS = ["ada", {editor!r}]
"""
INSERT_USER = "INSERT INTO users (name, password_hash, role) VALUES (%s, %s, %s)"
INSERT_LISTED = INSERT_USER + " ON CONFLICT (name) DO UPDATE SET role = EXCLUDED.role"
INSERT_RECIPE = "INSERT INTO recipes (title, text, owner) VALUES (%s, %s, %s) RETURNING *"
NO_HASH = "hash-of-nothing"  # what the table has for people who never sign in
REJECTIONS = range(400, 500)


class People:
    """Creates users and recipes, either through the app or as rows in its tables."""

    def __init__(self, client, database, names, draw, *, secret, seconds, listed):
        self.client = client
        self.database = database
        self.names = names
        self.draw = draw
        self.secret = secret
        self.seconds = seconds
        self.listed = listed

    def new_name(self):
        """Return a name that nobody has yet."""
        return self.names.new(
            lambda: f"{self.names.draw.one_of(FIRST_NAMES).lower()}{self.names.draw.randint(100, 9999)}"
        )

    def new_password(self):
        """Return a password that is long enough and contains a capital letter."""
        return f"{self.draw.one_of(QUALITIES).capitalize()} {self.draw.one_of(ANIMALS)} {self.draw.randint(1000, 9999)}"

    def new_recipe(self):
        """Return a recipe as a client sends it."""
        title = f"{self.draw.one_of(QUALITIES)} {self.draw.one_of(GOODS)} {self.draw.randint(100, 999)}"
        return {"title": title, "text": f"Eat it {self.draw.one_of(SCENES)}."}

    def sign_up(self, password=None):
        """Create an account through the app; return its name and its password, or skip the check."""
        name, password = self.new_name(), password or self.new_password()
        expect(self.client.post("/users", json={"name": name, "password": password})).ground(task=2)
        return name, password

    def all_want(self, name, count):
        """Request a name several times at once; return the sorted status codes and the response with the highest one."""
        body = {"name": name, "password": self.new_password()}
        answers = together(*[lambda: self.client.post("/users", json=body)] * count)
        answers.sort(key=lambda answer: answer.status)
        return [answer.status for answer in answers], answers[-1]

    @contextlib.contextmanager
    def slow_commits(self):
        """Make every commit to the users table take a while."""
        self.database.slow_commit("users", 0.4)
        try:
            yield
        finally:
            self.database.calm()

    def sign_in(self, name, password):
        """Send the OAuth2 password flow's form."""
        return self.client.post(
            "/token",
            content=f"username={name}&password={password.replace(' ', '+')}".encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )

    def row(self, name):
        """Return a user's row, or None."""
        rows = self.database.rows("SELECT * FROM users WHERE name = %s", name)
        return rows[0] if rows else None

    def member(self, role="member"):
        """Store a user, and return the name."""
        name = self.new_name()
        self.database.run(INSERT_USER, name, NO_HASH, role)
        return name

    def editor(self):
        """Store an editor, and return the name."""
        return self.member("editor")

    def listed_member(self):
        """Store a member whose name is listed in EDITORS, and return the name."""
        self.database.run(INSERT_LISTED, self.listed, NO_HASH, "member")
        return self.listed

    def recipe_of(self, name):
        """Store a recipe of this user, and return it."""
        recipe = self.new_recipe()
        (row,) = self.database.rows(INSERT_RECIPE, recipe["title"], recipe["text"], name)
        return row

    def recipe(self, recipe_id):
        """Return a recipe's row, or None."""
        rows = self.database.rows("SELECT * FROM recipes WHERE id = %s", recipe_id)
        return rows[0] if rows else None

    def titled(self, title):
        """Return the recipes with this title."""
        return self.database.rows("SELECT * FROM recipes WHERE title = %s", title)

    def unknown_recipe(self):
        """Return an id that no recipe has."""
        (row,) = self.database.rows("SELECT coalesce(max(id), 0) + 1000 AS id FROM recipes")
        return row["id"]

    def token(self, name, *, secret=None, algorithm="HS256", **claims):
        """Return a token that the app must accept, unless an argument changes it; a claim that is None is left out."""
        claims = {"sub": name, "exp": int(time.time()) + 600} | claims
        kept = {key: value for key, value in claims.items() if value is not None}
        return jwt.encode(kept, self.secret if secret is None else secret, algorithm=algorithm)

    def token_in(self, answer):
        """Return the token in the response to a sign-in."""
        expect(answer).ok({"access_token": str})
        return answer.json["access_token"]

    def claims(self, token):
        """Return the claims of a token, whether or not its signature is valid, or no claims if it is not a token."""
        try:
            return jwt.decode(token, options={"verify_signature": False})
        except jwt.InvalidTokenError:
            return {}

    def verified(self, answer):
        """Return the claims in the response to a sign-in; fail if the token's signature is not valid."""
        token, claims, wrong = self.token_in(answer), {}, ""
        try:
            claims = json.loads(jwt.PyJWS().decode(token, self.secret, algorithms=["HS256"]))
        except (jwt.InvalidTokenError, ValueError) as error:
            wrong = str(error)
        expect.that(not wrong, f"The token is not signed with HS256 and SECRET: {wrong}.", answer)
        return claims

    def carrying(self, token):
        """Return the headers for a request with this token."""
        return {"Authorization": f"Bearer {token}"}

    def signed_in(self, name):
        """Return the headers for a request with a valid token for this user."""
        return self.carrying(self.token(name))

    def ground_user(self, name):
        """Skip the check if GET /users/me does not accept a valid token for this user."""
        expect(self.client.get("/users/me", headers=self.signed_in(name))).ground(task=4)

    def bad_tokens(self, name):
        """Return tokens that must be rejected, keyed by what is wrong with them."""
        head, _, signature = self.token(name).split(".")
        other_body = self.token(self.member()).split(".")[1]
        return {
            "an expired token": self.token(name, exp=int(time.time()) - 30),
            "a token without exp": self.token(name, exp=None),
            "a token that was signed with another secret": self.token(name, secret=self.secret[::-1] + "x"),
            "a token of somebody else with this token's signature": f"{head}.{other_body}.{signature}",
            "a token without a signature": self.token(name, secret="", algorithm="none"),
            "a token that was signed with HS384": self.token(name, algorithm="HS384"),
            "a token of a user who does not exist": self.token(self.new_name()),
            "a token without sub": self.token(name, sub=None),
            "a text that is not a token": "let-me-in",
        }


@pytest.fixture(scope="session")
def secret(session_draw):
    """This run's secret, long enough for every algorithm."""
    return f"{session_draw.word(40)}-{session_draw.word(40)}"


@pytest.fixture(scope="session")
def token_seconds(session_draw):
    """How long a token is valid in this run."""
    return session_draw.randint(1000, 9000)


@pytest.fixture(scope="session")
def listed(session_draw):
    """The name of somebody who is listed in EDITORS in this run."""
    return f"{session_draw.one_of(FIRST_NAMES).lower()}{session_draw.randint(10, 99)}"


@pytest.fixture(scope="session")
def given_files(secret, token_seconds, listed):
    """The file that replaces app/settings.py in every check; its hashes are cheap, so that the checks are fast."""
    return {"app/settings.py": SETTINGS.format(secret=secret, seconds=token_seconds, editor=listed)}


@pytest.fixture
def people(client, database, names, draw, *, secret, token_seconds, listed):
    """Users, their recipes and their tokens."""
    return People(client, database, names, draw, secret=secret, seconds=token_seconds, listed=listed)


@pytest.fixture
def stranger(client):
    """The status for requests without a token: 401, or the app's own if it differs, which costs points in task 4."""
    status = client.get("/users/me").status
    return status if status in REJECTIONS else 401


@pytest.fixture
def rejects():
    """Check that a request is rejected with 401 and tells the client to send a bearer token."""

    def check(answer, why):
        sentence = f"A request with {why} must be rejected with 401."
        expect.that(answer.status == 401, sentence, answer)
        expect.that(
            answer.headers.get("www-authenticate", "").lower().replace(",", " ").split()[:1] == ["bearer"],
            "A 401 needs the header WWW-Authenticate: Bearer.",
            answer,
        )

    return check


@pytest.fixture
def keeps_secret(people):
    """Check that a response contains neither a user's password nor its hash."""

    def check(answer, name, password=None):
        expect.that(people.row(name)["password_hash"] not in answer.text, "The response contains the hash.", answer)
        expect.that(password is None or password not in answer.text, "The response contains the password.", answer)

    return check
