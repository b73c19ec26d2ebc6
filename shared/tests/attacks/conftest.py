"""The attack bank: every submission in `bank/` is graded in the sandbox, next to honest submissions.

An attack is a TOML file: what it tries, what must not happen, the points it earns honestly, and its files. `code` is
appended to the target's starter; `loot`, the body of a function, is called by a route and its result is printed by the
app, so that a result shows it. Secrets everywhere on the grader's machine contain marks, by which they are recognized.
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
from classroom.apps.sandbox.bubblewrap import why_unavailable
from classroom.checks.workers.pool import Pool
from classroom.core.assignment import Assignment
from classroom.core.load import LoadLimits
from classroom.core.scratch import ScratchDir
from classroom.core.submission import Submission

HERE = Path(__file__).parent
TARGET, TARGET_SQL = HERE / "target", HERE / "target_sql"
NEIGHBOURS = 4
collect_ignore = ["target", "target_sql"]
ON_WALLS = (
    *("abstract_socket", "calls_into_the_kernel", "daemon", "devices", "kill_everything", "memory_without_a_process"),
    *(
        "new_namespaces",
        "orders",
        "read_course_above",
        "read_other_environments",
        "read_parents_memory",
        "write_everywhere",
    ),
)
RIGHTS = "SELECT rolname FROM pg_roles WHERE rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication"
TELLER = """

from app.hunt import *  # noqa: E402, F403
from app.tried import tried  # noqa: E402, F401


def loot():
{body}


@app.get("/double/{{asked}}")
@app.get("/add/{{asked}}")
def tell(asked: str):
    raise RuntimeError("LOOT " + str(loot()))
"""


@dataclass(frozen=True)
class Attack:
    """A hostile submission.

    Attributes:
        tries: what it attempts.
        must_not: what must not happen.
        honest: the points that it earns with correct responses.
        naive: it gets full marks from pytest with a TestClient.
        plain: it succeeds without a sandbox.
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
    target: Path = TARGET

    def lay_out(self, folder):
        """Write the submission into a folder."""
        shutil.copytree(self.target / "app", folder / "app")
        base = self.target / ("grading/solution/app" if self.solves else "app") / "main.py"
        text = self.main or base.read_text() + self.code
        if self.loot:
            for helper in (TARGET / "hunt.py", TARGET_SQL / "tried.py"):
                shutil.copy(helper, folder / "app")
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


def load_bank(folder, target):
    """Every attack, by name."""
    paths = sorted((HERE / folder).glob("*.toml"))
    return {path.stem: Attack(path.stem, target=target, **tomllib.loads(path.read_text())) for path in paths}


BANK, BANK_SQL = load_bank("bank", TARGET), load_bank("bank_sql", TARGET_SQL)


def pytest_generate_tests(metafunc):
    """A test that takes `attack`, `sql_attack`, `looter`, `sql_looter`, `breaker`, `forger` or `spy` runs for each of them."""
    chosen = {
        "attack": [*BANK.values()],
        "looter": [one for one in BANK.values() if one.loot],
        "sql_looter": [one for one in BANK_SQL.values() if one.loot],
        "sql_attack": [*BANK_SQL.values()],
        "breaker": [BANK[name] for name in ON_WALLS],
        "forger": [one for one in BANK.values() if one.naive],
        "spy": [one for one in BANK.values() if one.plain],
    }
    for name, attacks in chosen.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, attacks, ids=[one.name for one in attacks])


@pytest.fixture(scope="session")
def bank():
    """Every attack, by name."""
    return BANK | BANK_SQL


@dataclass
class World:
    """The grader's world: the course, the secrets in it, and what listens there."""

    folder: Path
    assignment: Assignment
    assignment_sql: Assignment
    mark: str
    token: str
    met: list = field(default_factory=list)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A course, secrets with marks in every place of the grader's, and servers that nobody behind walls may reach."""
    folder = tmp_path_factory.mktemp("world")
    mark, token = f"CANARY-{secrets.token_hex(6)}", secrets.token_hex(6)
    weeks = [folder / "course/week0-target", folder / "course/week1-target-sql"]
    for target, week in zip((TARGET, TARGET_SQL), weeks, strict=True):
        shutil.copytree(target, week, ignore=shutil.ignore_patterns("naive", "__pycache__", "hunt.py", "tried.py"))
        for secret in ("grading/hidden/test_hidden_target.py", "grading/solution/app/main.py"):
            (week / secret).write_text((week / secret).read_text() + f"\n# {mark}\n")
    for place in (
        "home/.ssh/id_ed25519",
        "home/.git-credentials",
        "out/results/neighbor.json",
        "course/gradebook.csv",
    ):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(f"{mark}\n")
    (folder / "tmp").mkdir()
    world = World(folder, *map(Assignment.load, weeks), mark, token)
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
    """Send a mark to every client that connects."""
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            world.met.append(server.family)
            connection.sendall(f"{world.mark}\n".encode())


class Watcher(threading.Thread):
    """Records the peak memory of the grader's own processes, and the load of the machine."""

    def __init__(self):
        super().__init__(daemon=True)
        self.largest = 0
        self.patience = LoadLimits()
        self.over = threading.Event()

    def run(self):
        """Measure twice a second."""
        while not self.over.wait(0.5):
            self.patience.of(0)
            for process in psutil.Process().children(recursive=True):
                try:
                    if "classroom.checks.workers.worker" in process.cmdline():
                        self.largest = max(self.largest, process.memory_info().rss)
                except psutil.Error:
                    continue


@dataclass
class Graded:
    """The outcome of grading a set of attacks."""

    results: dict
    neighbors: list
    texts: dict
    seconds: float = 0.0
    largest: int = 0
    slowdown: int = 1
    gained: list = field(default_factory=list)

    def told(self, attack):
        """Return everything that the result of an attack contains, as one text."""
        return self.texts[attack.name]

    def looted(self, attack):
        """Return what the attack itself claims to have obtained."""
        printed = [check.printed or "" for task in self.results[attack.name].tasks for check in task.checks]
        return "\n".join(line for text in printed for line in text.splitlines() if "LOOT" in line)


def grade(world, attacks, sandbox, neighbors=0, jobs=3):
    """Grade these attacks, with honest solutions between them."""
    target = attacks[0].target
    assignment = world.assignment if target is TARGET else world.assignment_sql
    room = world.folder / f"graded-{sandbox}-{target.name}-{os.environ.get('CLASSROOM_NESTED', '1')}"
    orders = []
    began = time.monotonic()
    watcher = Watcher()
    watcher.start()
    # The grader takes the temporary folder of its environment, where it must leave nothing.
    import tempfile

    tempfile.tempdir = None
    with (
        ScratchDir("attacks") as temporary,
        Pool(assignment, jobs=jobs, sandbox=sandbox, room=temporary / "pool") as pool,
    ):
        for place in range(neighbors):
            honest = Attack(
                f"neighbor{place}", "", "", "", 100, solves=True, code=f"\nSECRET = '{world.mark}'\n", target=target
            )
            honest.lay_out(room / honest.name)
            orders.append(_order(pool, room, honest))
        for one in attacks:
            one.lay_out(room / one.name)
            orders.append(_order(pool, room, one))
        step = max(1, len(attacks) // (neighbors + 1))
        mixed = orders[neighbors:]
        for place, order in enumerate(orders[:neighbors]):
            mixed.insert((place + 1) * step + place, order)
        results = {order.name: result for order, result in pool.grade(mixed)}
    watcher.over.set()
    watcher.join()
    tempfile.tempdir = None
    texts = {path.stem: path.read_text() for path in (room / "out").glob("*.json")}
    honest = [results.pop(f"neighbor{place}") for place in range(neighbors)]
    by_attack = {one.name: results[one.student or one.name] for one in attacks}
    return Graded(by_attack, honest, texts, time.monotonic() - began, watcher.largest, watcher.patience.most)


def _order(pool, room, one):
    submission = Submission(one.student or one.name, room / one.name)
    return pool.job(submission, seed=7, out=room / "out" / f"{one.name}.json")


@pytest.fixture(scope="module")
def walled(world):
    """The whole bank, graded in the sandbox."""
    if trouble := why_unavailable():
        pytest.skip(trouble)
    return grade(world, [*BANK.values()], "bubblewrap", NEIGHBOURS)


@pytest.fixture(scope="module")
def alone(world):
    """The attacks on the sandbox itself, where sandboxes cannot be nested and each app has a bubblewrap of its own."""
    if trouble := why_unavailable():
        pytest.skip(trouble)
    os.environ["CLASSROOM_NESTED"] = "0"
    try:
        return grade(world, [BANK[name] for name in ON_WALLS], "bubblewrap", 1)
    finally:
        del os.environ["CLASSROOM_NESTED"]


@pytest.fixture(scope="module")
def walled_sql(world):
    """The attacks on the database, graded in the sandbox, with a secret in another database of the same server."""
    if trouble := why_unavailable():
        pytest.skip(trouble)
    from classroom.services.postgres.open import open_postgres

    with open_postgres() as provisioner:
        database = provisioner.database()
        try:
            database.run("CREATE TABLE secrets (mark text)")
            database.run("INSERT INTO secrets VALUES (%s)", world.mark)
            before = database.rows(RIGHTS)
            graded = grade(world, [*BANK_SQL.values()], "bubblewrap", 2)
            graded.gained = [row for row in database.rows(RIGHTS) if row not in before]
            return graded
        finally:
            database.drop()


@pytest.fixture(scope="module")
def unwalled(world):
    """The attacks that succeed without a sandbox, graded without one."""
    return grade(world, [one for one in BANK.values() if one.plain], "none", 1)


@pytest.fixture(scope="module")
def unwalled_channel(world):
    """The two ends of a channel, graded at the same time without a sandbox and with shared services."""
    names = ("sql_channel_1_writes", "sql_channel_2_reads")
    yield grade(world, [BANK_SQL[name] for name in names], "none", jobs=2)
    for place in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/dev/mqueue"):
        for left in (*Path(place).glob("CANARY-c0de*"), *Path(place).glob("channel47123")):
            left.unlink(missing_ok=True)


@pytest.fixture
def naive(tmp_path):
    """A function that grades in the usual way: pytest with a TestClient, where exit status 0 means full marks."""

    def run(attack):
        attack.lay_out(tmp_path / "submission")
        (tmp_path / "submission/tests").mkdir(exist_ok=True)
        shutil.copy(TARGET / "naive/test_naive.py", tmp_path / "submission/tests")
        words = [sys.executable, "-m", "pytest", "-q", "-p", "no:classroom", "-p", "no:cacheprovider", "tests"]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": "."}
        return subprocess.run(
            words, cwd=tmp_path / "submission", env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    return run
