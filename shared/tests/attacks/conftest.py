"""The attack bank: every submission in `bank/` is graded behind walls, honest neighbours beside it.

An attack is a TOML file: what it tries, what must not happen, what it honestly earns, and its files. `code` stands below
the target's starter; `loot`, the body of a function, is called by a route and its outcome ends up in the app's output,
from where a result shows it. Secrets all over the grader's world carry marks, by which they are known wherever they turn up.
"""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import textwrap
import threading
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from classroom.assignment import Assignment
from classroom.pool import Pool
from classroom.sandbox import available
from classroom.submission import Submission

HERE = Path(__file__).parent
TARGET = HERE / "target"
STARTER = (TARGET / "app/main.py").read_text()
SOLUTION = (TARGET / "grading/solution/app/main.py").read_text()
NEIGHBOURS = 4
collect_ignore = ["target"]
TELLER = '''

from app.hunt import *


def loot():
{body}


@app.get("/double/{{number}}")
def tell(number: str):
    raise RuntimeError("LOOT " + str(loot()))
'''


@dataclass(frozen=True)
class Attack:
    """A hostile submission.

    Attributes:
        tries: what it attempts.
        must_not: what must not happen.
        honest: the points that it earns by what it answers rightly.
        naive: it gets full marks from pytest with a TestClient.
        plain: it succeeds without walls.
    """

    name: str
    kind: str
    tries: str
    must_not: str
    honest: int
    naive: bool = False
    plain: bool = False
    solves: bool = False
    code: str = ""
    loot: str = ""
    main: str = ""
    student: str = ""
    files: dict = field(default_factory=dict)
    links: dict = field(default_factory=dict)
    pipes: list = field(default_factory=list)
    huge: dict = field(default_factory=dict)

    def lay_out(self, folder):
        """Write the submission into a folder."""
        (folder / "app").mkdir(parents=True)
        (folder / "app/__init__.py").touch()
        shutil.copy(TARGET / "app/given.py", folder / "app")
        text = self.main or (SOLUTION if self.solves else STARTER) + self.code
        if self.loot:
            shutil.copy(TARGET / "hunt.py", folder / "app")
            text += TELLER.format(body=textwrap.indent(self.loot.strip("\n"), "    "))
        (folder / "app/main.py").write_text(text)
        for name, content in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content)
        for name, target in self.links.items():
            if (folder / name).exists():
                (folder / name).rename(folder / target)
            (folder / name).symlink_to(target)
        for name in self.pipes:
            os.mkfifo(folder / name)
        for name, megabytes in self.huge.items():
            with (folder / name).open("wb") as file:
                file.truncate(megabytes * 1_000_000)


def load_bank():
    """Every attack, by name."""
    return {path.stem: Attack(path.stem, **tomllib.loads(path.read_text())) for path in sorted((HERE / "bank").glob("*.toml"))}


BANK = load_bank()


def pytest_generate_tests(metafunc):
    """A test that takes `attack`, `forger` or `spy` runs for each of them."""
    chosen = {
        "attack": [*BANK.values()],
        "forger": [one for one in BANK.values() if one.naive],
        "spy": [one for one in BANK.values() if one.plain],
    }
    for name, attacks in chosen.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, attacks, ids=[one.name for one in attacks])


@pytest.fixture(scope="session")
def bank():
    """Every attack, by name."""
    return BANK


@dataclass
class World:
    """The grader's world: the course, the secrets in it, and what listens there."""

    folder: Path
    assignment: Assignment
    mark: str
    token: str
    met: list = field(default_factory=list)
    requests: list = field(default_factory=list)


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    """A course, secrets with marks in every place of the grader's, and servers that nobody behind walls may reach."""
    folder = tmp_path_factory.mktemp("world")
    mark, token = f"CANARY-{secrets.token_hex(6)}", secrets.token_hex(6)
    week = folder / "course/week0-target"
    shutil.copytree(TARGET, week, ignore=shutil.ignore_patterns("naive", "__pycache__", "hunt.py"))
    for secret in ("grading/hidden/test_hidden_target.py", "grading/solution/app/main.py"):
        (week / secret).write_text((week / secret).read_text() + f"\n# {mark}\n")
    for place in ("home/.ssh/id_ed25519", "home/.git-credentials", "out/results/neighbour.json", "course/gradebook.csv"):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(f"{mark}\n")
    (folder / "tmp").mkdir()
    world = World(folder, Assignment.load(week), mark, token)
    loopback = socket.create_server(("127.0.0.1", 0))
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind(f"\0classroom-target-{token}")
    abstract.listen()
    for server in (loopback, abstract):
        threading.Thread(target=_answer, args=(server, world), daemon=True).start()
    changed = {
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "GRADER_TOKEN": mark,
        "OUTSIDE_PORT": str(loopback.getsockname()[1]),
        "OUTSIDE_TOKEN": token,
    }
    before = {name: os.environ.get(name) for name in changed}
    os.environ.update(changed)
    yield world
    loopback.close()
    abstract.close()
    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


def _answer(server, world):
    """Give a mark to whoever connects."""
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            world.met.append(server.family)
            connection.sendall(f"{world.mark}\n".encode())


class Watcher(threading.Thread):
    """Notes the largest memory that a process of the grader's own ever had."""

    def __init__(self):
        super().__init__(daemon=True)
        self.largest = 0
        self.over = threading.Event()

    def run(self):
        """Look twice a second."""
        while not self.over.wait(0.5):
            for process in psutil.Process().children(recursive=True):
                try:
                    if "classroom.suite.worker" in process.cmdline():
                        self.largest = max(self.largest, process.memory_info().rss)
                except psutil.Error:
                    continue


@dataclass
class Graded:
    """What grading a set of attacks has brought."""

    results: dict
    neighbours: list
    texts: dict
    seconds: float = 0.0
    largest: int = 0

    def told(self, attack):
        """All that the result of an attack says, as one text."""
        return self.texts[attack.name]

    def looted(self, attack):
        """What the attack itself reports to have got."""
        printed = [check.printed or "" for task in self.results[attack.name].tasks for check in task.checks]
        return "\n".join(line for text in printed for line in text.splitlines() if "LOOT" in line)


def grade(world, attacks, sandbox, neighbours=0, jobs=3):
    """Grade these attacks, honest solutions in between."""
    room = world.folder / f"graded-{sandbox}"
    orders = []
    began = time.monotonic()
    watcher = Watcher()
    watcher.start()
    # The grader takes the temporary folder of its environment, where it must leave nothing.
    import tempfile

    tempfile.tempdir = None
    with Pool(world.assignment, jobs=jobs, sandbox=sandbox) as pool:
        for place in range(neighbours):
            honest = Attack(f"neighbour{place}", "", "", "", 100, solves=True, code=f"\nSECRET = '{world.mark}'\n")
            honest.lay_out(room / honest.name)
            orders.append(_order(pool, room, honest))
        for one in attacks:
            one.lay_out(room / one.name)
            orders.append(_order(pool, room, one))
        step = max(1, len(attacks) // (neighbours + 1))
        mixed = orders[neighbours:]
        for place, order in enumerate(orders[:neighbours]):
            mixed.insert((place + 1) * step + place, order)
        results = {order.name: result for order, result in pool.grade(mixed)}
    watcher.over.set()
    watcher.join()
    tempfile.tempdir = None
    texts = {path.stem: path.read_text() for path in (room / "out").glob("*.json")}
    honest = [results.pop(f"neighbour{place}") for place in range(neighbours)]
    by_attack = {one.name: results[one.student or one.name] for one in attacks}
    return Graded(by_attack, honest, texts, time.monotonic() - began, watcher.largest)


def _order(pool, room, one):
    submission = Submission(one.student or one.name, room / one.name)
    return pool.order(submission, seed=7, out=room / "out" / f"{one.name}.json")


@pytest.fixture(scope="session")
def walled(world):
    """The whole bank graded behind walls."""
    if trouble := available():
        pytest.skip(trouble)
    return grade(world, [*BANK.values()], "bubblewrap", NEIGHBOURS)


@pytest.fixture(scope="session")
def unwalled(world):
    """The attacks that succeed without walls, graded so."""
    return grade(world, [one for one in BANK.values() if one.plain], "none", 1)


@pytest.fixture
def naive(tmp_path):
    """A function that grades in the usual way: pytest with a TestClient, exit status 0 is full marks."""

    def run(attack):
        attack.lay_out(tmp_path / "submission")
        (tmp_path / "submission/tests").mkdir()
        shutil.copy(TARGET / "naive/test_naive.py", tmp_path / "submission/tests")
        words = [sys.executable, "-m", "pytest", "-q", "-p", "no:classroom", "-p", "no:cacheprovider", "tests"]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": "."}
        done = subprocess.run(
            words, cwd=tmp_path / "submission", env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        return done

    return run
