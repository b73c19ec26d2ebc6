"""The app that is checked: its requests, its settings, and how it ends."""

import re

import pytest
from classroom import NoAnswer, TaskClient, expect, ground, wait_until
from classroom.checks.words import FIRST_NAMES
from classroom.core.load import under_load

SOON = 5  # seconds, more on a busy machine, for what takes a few hundredths of a second
QUESTION = "What should the new ferry be called?"
LIVE, READY = "/health/live", "/health/ready"
FOREVER = "600"  # seconds of DRAIN_SECONDS: no check waits that long
DRAINS = 1  # second, in which an app that does not drain has shut down
NOT_DRAINING = "with DRAIN_SECONDS=0"
START = "python -m app.main"
# The course's copy of the provided file also notes in the database when it was closed.
NOTES = """

class NotingDatabase(Database):
    def close(self) -> None:
        with self._engine.begin() as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS closings (at timestamptz)"))
            connection.execute(text("INSERT INTO closings VALUES (now())"))
        super().close()


Database = NotingDatabase
"""


class Poll:
    """The poll, as served by one instance of the app."""

    def __init__(self, client, names, database):
        self.client = client
        self.names = names
        self.database = database

    def name(self):
        """Return a name that nobody has voted for yet."""
        return self.names.new(lambda: f"{self.names.draw.one_of(FIRST_NAMES)} {self.names.draw.randint(2, 9999)}")

    def vote(self, name):
        """Return the response to a vote."""
        return self.client.post("/votes", json={"name": name})

    def counted(self, name):
        """Return how many votes for a name are stored."""
        return self.database.rows("SELECT count(*) AS votes FROM votes WHERE name = %s", name)[0]["votes"]

    def closings(self):
        """Return how many times an instance has closed the database."""
        if self.database.rows("SELECT to_regclass('closings') AS name")[0]["name"] is None:
            return 0
        return self.database.rows("SELECT count(*) AS times FROM closings")[0]["times"]

    def was_closed(self, before):
        """Expect that an instance has closed the database exactly once since there were `before` closings."""
        closed = self.closings() - before
        times = "was not called" if closed < 1 else f"was called {closed} times"
        expect.that(closed == 1, f"The app has ended, and database.close() {times}.")

    def is_ready(self):
        """Return whether the app says that it is ready."""
        return self.client.get(READY).status == 200

    def is_not_ready(self, handler):
        """Return whether the app says that it is not ready, or is gone. One that hangs fails the check."""
        try:
            return not self.is_ready()
        except NoAnswer as error:
            hangs = "no response" in str(error)
            expect.that(not hangs, f"{handler.why_no_response()}After SIGTERM, GET {READY}: {error}.")
            return True

    def stays(self, handler):
        """Expect that the app is still running some time after SIGTERM."""
        gone = wait_until(self.refuses, DRAINS)
        sentence = (
            f"With DRAIN_SECONDS={FOREVER}, the app shuts down at once after SIGTERM, and not after these seconds."
        )
        expect.that(not gone, handler.why_at_once() + sentence if gone else sentence)

    def must_be_ready(self):
        """Skip the check unless the app says that it is ready, which is task 3."""
        ground(self.is_ready(), task=3)

    def refuses(self):
        """Return whether a new connection is refused."""
        try:
            self.client.get(LIVE)
        except NoAnswer:
            return True
        return False

    def soon(self, condition):
        """Wait until the condition holds, but not forever, and return whether it does."""
        return wait_until(condition, under_load(SOON))


class Settings:
    """How the app reads its environment while it is imported."""

    def __init__(self, command):
        self.command = command

    def accepts(self, variables):
        """Expect that the app can be imported with these variables."""
        done = self.command.run("app.main", variables=variables)
        expect.that(done.exit_code == 0, f"With {in_words(variables)}, `{START}` failed:\n{last_lines(done.output)}")

    def rejects(self, variables, name, secret=None):
        """Expect that startup ends with one sentence that names the variable and does not contain the secret."""
        done = self.command.run("app.main", variables=variables)
        start = f"With {in_words(variables)}, `{START}`"
        expect.that(done.exit_code is not None, f"{start} does not end.")
        ended = f"{start} names {name}, and ends with exit status 0, expected 1."
        expect.that(
            done.exit_code != 0 or name not in done.output, f"{ended} raise SystemExit(the sentence) does that."
        )
        expect.that(done.exit_code != 0, f"{start} starts the app. It must end, and name {name}.")
        traceback = "Traceback (most recent call last)" in done.output
        last = last_lines(done.output, 1)
        expect.that(not traceback, f"{start} prints a traceback, not a sentence: {place(done.output)}{last}")
        lines = [line for line in done.output.splitlines() if line.strip()]
        expect.that(lines, f"{start} ends without a word, expected one sentence that names {name}.")
        expect.that(name in done.output, f"{start} does not name {name}. It prints: {last}")
        expect.that(
            len(lines) == 1, f"{start} prints {len(lines)} lines, expected one sentence:\n{last_lines(done.output)}"
        )
        if secret:
            expect.that(secret not in done.output, f"{start} prints the password, and logs are read by many people.")


def in_words(variables):
    """Return what is special about an environment."""
    words = [f"no {name}" if value is None else f"{name}={value!r}" for name, value in variables.items()]
    return " and ".join(words) or "the usual environment"


def place(output):
    """Return the app's last file and line in a traceback, as the beginning of a sentence."""
    found = re.findall(r'File ".*?(app/[\w/]+\.py)", line (\d+)', output)
    return f"{found[-1][0]}, line {found[-1][1]}: " if found else ""


def last_lines(output, most=4):
    """Return the end of a program's output."""
    lines = [
        line for line in output.splitlines() if line.strip() and not line.startswith("    For further information")
    ]
    return "\n".join(re.sub(r" \[type=.*", "", line) for line in lines[-most:])[-600:] or "(nothing was printed)"


@pytest.fixture(scope="session")
def given_files(run):
    """The course's copy of app/database.py, which records when it is closed."""
    text = (run.assignment.folder / "app/database.py").read_text(encoding="utf-8")
    return {"app/database.py": text + NOTES}


@pytest.fixture
def settings(client, command):
    """How the app reads its environment."""
    del client  # an app that does not even start in its usual environment is a matter of task 1
    return Settings(command)


@pytest.fixture
def poll(client, names, database, task_number):
    """The poll served by the app that all checks share, with its table."""
    found = Poll(TaskClient(client, task_number), names, database)
    expect(found.vote(found.name())).ground(task=1)
    return found


@pytest.fixture
def instance(container, poll, names, database, draw, task_number):
    """A function that starts an instance with these variables, and returns it and its poll."""

    def start(**variables):
        question = f"{draw.word()}?"
        found = container(**variables | ({"QUESTION": question} if variables else {}))
        if variables:
            answer = found.client.get("/")
            ground(answer.status == 200 and answer.json.get("question") == question, task=2)
        return found, Poll(TaskClient(found.client, task_number), names, database)

    return start
