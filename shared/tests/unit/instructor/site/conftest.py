"""A classroom of a small week with its site, in this process, and browsers without a screen."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import warnings
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from classroom.core.result import CheckResult, Result, TaskResult, Verdict
from classroom.instructor.classrooms.classroom import Classroom
from classroom.instructor.classrooms.open import open_classroom
from classroom.instructor.site import people, tokens
from classroom.instructor.site.app import site
from classroom.instructor.site.context import Context
from classroom.instructor.site.database import open_database
from classroom.instructor.site.guard import SiteGuard
from classroom.instructor.site.models import ASSISTANT, LINK, Person
from classroom.instructor.site.serving import instructor_link
from classroom.services.postgres.connect import WITH_PUBLIC, connect
from classroom.services.postgres.servers.kept_access import running

with warnings.catch_warnings():
    # Starlette wants httpx2 one day; the course has httpx, which submissions may import.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

URL = "http://class.test"
TEMPORARY = Path(tempfile.gettempdir())  # before a test of the sandbox has another one
TINY = Path(__file__).parents[2] / "course/week1-tiny"
ROSTER = "identifier,github_username,github_id,name\nada@x,ada,,Ada Lovelace\nbob@x,bob,,Bob Builder\n"
FIELD = re.compile(r'name="form_token" value="([0-9a-f]+)"')


@pytest.fixture(scope="session")
def reachable(starts_processes):
    """A folder that the account of the database can enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="test-of-classroom-", dir=TEMPORARY))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def engine(reachable):
    """The database of all tests here."""
    state = reachable / "state"
    state.mkdir()
    with open_database(state) as engine:
        yield engine


@pytest.fixture(scope="session")
def made_room(tmp_path_factory, starts_processes):
    """A classroom with the small week, for Ada and Bob, which each test gets a copy of."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(TINY, folder / "week1-tiny", ignore=shutil.ignore_patterns("__pycache__", ".classroom"))
    (folder / "shared").symlink_to(Path(__file__).parents[4])
    (folder / "LICENSE").write_text("MIT")
    (folder / "roster.csv").write_text(ROSTER)
    open_classroom(folder / "room", folder / "roster.csv", [str(folder / "week1-tiny")])
    return folder / "room"


@pytest.fixture
def room(tmp_path, made_room):
    """A classroom with the small week, for Ada and Bob."""
    copy = shutil.copytree(made_room, tmp_path / "room", ignore=shutil.ignore_patterns("weeks"))
    # What was handed out has five hundred files, and nothing here changes it.
    (copy / ".classroom/weeks").symlink_to(made_room / ".classroom/weeks")
    return Classroom(copy)


@pytest.fixture(scope="session")
def owner(engine, reachable):
    """A connection of the tables' owner, who may do what the site may not."""
    with closing(connect(running(reachable / "state/database"), path=WITH_PUBLIC)) as connection:
        yield connection


@pytest.fixture
def new_database(owner):
    """A function that makes a database, at which nothing was served yet, and returns its address."""
    made = []

    def make(name):
        owner.execute(f"CREATE DATABASE {name}")
        made.append(name)
        return f"postgresql://{quote(owner.info.user)}:{owner.info.password}@/{name}?host={quote(owner.info.host)}"

    yield make
    for name in made:
        owner.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def queue_database(owner, tmp_path_factory):
    """The address of a database with the tables of the queue, at which nothing is served, for a user and a password."""
    owner.execute("CREATE ROLE classroom_worker LOGIN PASSWORD 'secret'")
    owner.execute("CREATE DATABASE queue")
    address = f"postgresql://{{}}:{{}}@/queue?host={quote(owner.info.host)}"
    with open_database(tmp_path_factory.mktemp("state"), address.format(owner.info.user, owner.info.password)):
        pass
    yield address.format
    owner.execute("DROP DATABASE queue WITH (FORCE)")
    owner.execute("DROP ROLE classroom_worker")


@pytest.fixture
def queue_address(queue_database, owner):
    """The address for the server, which owns the tables."""
    return queue_database(owner.info.user, owner.info.password)


@pytest.fixture
def workers_address(queue_database):
    """The address for workers, whose role reaches the queue alone."""
    return queue_database("classroom_worker", "secret")


@pytest.fixture
def context(engine, owner, room, made_room):
    """What the site of the room works with; the tables are empty at first."""
    owner.execute("ALTER TABLE acts DISABLE TRIGGER append_only")
    owner.execute("TRUNCATE comments, people, tokens, join_codes, acceptances, hints_taken, acts RESTART IDENTITY")
    owner.execute("ALTER TABLE acts ENABLE TRIGGER append_only")
    return Context(room, engine, URL, "none", made_room.parent)


class Browser(TestClient):
    """A browser without a screen: it keeps cookies, and sends the forms of the page that it shows."""

    shown = ""

    def look(self, path):
        """Return the page at a path."""
        response = self.get(path)
        self.shown = response.text
        return response

    def submit(self, path, **fields):
        """Send a form of the page that is shown."""
        token = FIELD.search(self.shown)
        response = self.post(path, data={"form_token": token[1] if token else "", **fields})
        if FIELD.search(response.text):
            self.shown = response.text
        return response

    def submit_files(self, path, *files, **fields):
        """Send a form of the page that is shown with files, as pairs of name and content."""
        token = FIELD.search(self.shown)
        sent = [("files", file) for file in files]
        return self.post(path, data={"form_token": token[1] if token else "", **fields}, files=sent)


@pytest.fixture(scope="session")
def site_app(engine, made_room):
    """The app of all tests here; each of them gives it a context of its own."""
    return site(Context(Classroom(made_room), engine, URL))


@pytest.fixture
def browser_of(context, site_app):
    """A function that returns a new browser, in which nobody has signed in."""
    site_app.state.context = context
    app = SiteGuard(site_app, URL, ())
    opened = []

    def make():
        opened.append(Browser(app, URL))
        return opened[-1]

    make.app = app.app
    yield make
    for browser in opened:
        browser.close()


@pytest.fixture
def anonymous(browser_of):
    """A browser in which nobody has signed in."""
    return browser_of()


@pytest.fixture
def instructor(context, browser_of):
    """The instructor's browser."""
    browser = browser_of()
    path = instructor_link(context, new=True).removeprefix(URL)
    browser.look(path)
    browser.submit(path)
    return browser


@pytest.fixture
def assistant(context, browser_of):
    """The browser of Tom, a teaching assistant."""
    with context.begin() as db:
        person = Person(role=ASSISTANT, username="tom", name="Tom")
        db.add(person)
        db.flush()
        secret = tokens.issue(db, person, LINK)
    browser = browser_of()
    browser.look(f"/sign-in/{secret}")
    browser.submit(f"/sign-in/{secret}")
    return browser


@pytest.fixture
def code(context):
    """The code with which students join."""
    with context.begin() as db:
        return people.join_code(db)


@pytest.fixture
def joined(browser_of, code):
    """A function that returns the browser of a student who has joined."""

    def join(username):
        browser = browser_of()
        browser.look(f"/join/{code}")
        assert browser.submit(f"/join/{code}", username=username).url.path == "/weeks/"
        return browser

    return join


def receive(room, username, commit):
    """Write down that a commit was pushed."""
    with (room.repository("week1-tiny", username).path / "classroom-received").open("a") as file:
        file.write(f"2026-11-29T12:00:00Z refs/heads/main {commit}\n")


@pytest.fixture
def pushed(room, tmp_path):
    """A function that pushes files as a student, and returns the commit; without the hooks, which wait for a server."""

    def push(username, files):
        repository, work = room.repository("week1-tiny", username).path, tmp_path / f"work of {username}"

        def git(*words):
            who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
            return subprocess.check_output(["git", *who, *words], cwd=work, text=True).strip()

        if not work.exists():
            work.mkdir()
            git("clone", "--quiet", repository, ".")
        for name, text in files.items():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            (work / name).write_text(text)
        git("add", "-A")
        git("commit", "--quiet", "-m", "Work")
        git("-C", repository, "fetch", "--quiet", work, "+main:main")
        commit = git("rev-parse", "HEAD")
        receive(room, username, commit)
        return commit

    return push


@pytest.fixture
def graded(room, context):
    """A function that pretends that a push was graded: a receipt and a result with these points; the open pages are told."""

    def grade(username, score=70, commit=None, **more):
        if commit is None:
            commit = "1" * 40
            receive(room, username, commit)
        week = room.weeks()[0]
        checks = (CheckResult("test_hello", False, 1, Verdict.FAIL, "Says hello.", "It said <i>nothing</i>.", **more),)
        tasks = []
        for task in week.tasks:
            earned = min(task.points, score - sum(each.earned for each in tasks))
            tasks.append(TaskResult(task.number, task.title, task.points, earned, Verdict.FAIL, None, checks))
        result = Result("week1-tiny", username, "graded", score, 100, tuple(tasks), commit=commit, scope="visible")
        path = room.score_path("week1-tiny", username)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(result.to_json())
        context.tell("week1-tiny", username)

    return grade
