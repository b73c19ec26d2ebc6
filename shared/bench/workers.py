"""A cohort shared by workers on other machines: two are faster than one, and one that is killed changes no result.

Each worker is in a network namespace of its own, on a core of its own, and reaches nothing but the database. The server
grades nothing itself, except while workers are being killed.

python shared/bench/workers.py [--students N] [--week N] [--wait SECONDS] [--kill-every SECONDS] [--sandbox bubblewrap|none]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import quote

from classroom.core.assignment import Assignment, weeks
from classroom.instructor.classrooms import push_server
from classroom.instructor.classrooms.classroom import Classroom
from classroom.instructor.classrooms.open import open_classroom
from classroom.instructor.classrooms.push_server import PushServer
from classroom.instructor.proof.cases import DEGENERATE, cases
from classroom.instructor.site.database import open_database
from classroom.instructor.workers import job_queue
from classroom.instructor.workers.job_queue import JobQueue
from classroom.services.postgres.connect import connect
from classroom.services.postgres.servers.kept import KeptServer

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).resolve().parents[2]
WHO = {"GIT_AUTHOR_NAME": "Student", "GIT_AUTHOR_EMAIL": "s@example.org"}
WHO |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in WHO.items()}
PATIENCE_SECONDS = 3600
NETWORK, PASSWORD = "198.18", "secret"  # RFC 2544 keeps this network for measurements
START_SECONDS = 120
RACING = ("create_commits_after_the_answer",)  # its points depend on how many checks meet its race
SEED = 1  # of all gradings: some of the wrong answers are noticed only with some of the data that a seed draws


@dataclass
class Machine:
    """A worker on a machine of its own: a namespace with one cable to the database, and one core.

    Attributes:
        number: from 1 on.
        log: what it prints.
    """

    number: int
    log: Path
    sandbox: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def net(self) -> str:
        """Return the first three numbers of the addresses at both ends of the cable."""
        return f"{NETWORK}.{os.getpid() % 120 * 2 + self.number}"

    @property
    def space(self) -> str:
        """Return the name of the namespace."""
        return f"classroom{os.getpid()}-{self.number}"

    def plug_in(self) -> None:
        """Make the namespace and its cable."""
        here, there = f"cw{os.getpid()}h{self.number}", f"cw{os.getpid()}n{self.number}"
        run("ip", "netns", "add", self.space)
        run("ip", "link", "add", here, "type", "veth", "peer", "name", there, "netns", self.space)
        run("ip", "addr", "add", f"{self.net}.1/30", "dev", here)
        run("ip", "link", "set", here, "up")
        for words in (
            ("addr", "add", f"{self.net}.2/30", "dev", there),
            ("link", "set", there, "up"),
            ("link", "set", "lo", "up"),
        ):
            run("ip", "-n", self.space, *words)

    def unplug(self) -> None:
        """Remove the namespace; its cable goes with it."""
        run("ip", "netns", "del", self.space)

    def start(self) -> None:
        """Start the worker, and wait until it has begun."""
        address = f"postgresql://classroom_worker:{PASSWORD}@{self.net}.1/classroom"
        words = [
            "work",
            "--database",
            address,
            "--jobs",
            "2",
            "--name",
            f"machine{self.number}",
            "--sandbox",
            self.sandbox,
        ]
        core = str((self.number - 1) % (os.cpu_count() or 1))
        command = ["ip", "netns", "exec", self.space, "taskset", "-c", core, sys.executable, "-m", "classroom", *words]
        seen = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=TOP, stdout=log, stderr=log)
        end = time.monotonic() + START_SECONDS
        while b"Ctrl-C stops it" not in self.log.read_bytes()[seen:]:
            if self.process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"A worker did not start:\n{self.log.read_text()[-1000:]}")
            time.sleep(0.05)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End the worker, if it runs."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait()


class Cohort:
    """A classroom whose students have all pushed, each one of the course's own answers."""

    def __init__(self, folder: Path, week: Assignment, size: int, wait: float) -> None:
        names = [f"s{number:03}" for number in range(size)]
        (folder / "roster.csv").write_text("username\n" + "\n".join(names) + "\n", encoding="utf-8")
        open_classroom(folder / "class", folder / "roster.csv", [str(week.folder)])
        self.classroom, self.week = Classroom(folder / "class"), week
        known = [case for case in cases(week) if case.kind != DEGENERATE and case.name not in RACING]
        self.cases = {name: known[number % len(known)] for number, name in enumerate(names)}
        for name, case in self.cases.items():
            case.materialize(week, folder / "work")
            if wait:
                with (folder / "work" / "app" / "main.py").open("a", encoding="utf-8") as main:
                    main.write(f"\nimport time\ntime.sleep({wait})\n")
            self._push(name, folder / "work")
            shutil.rmtree(folder / "work")

    def _push(self, name: str, work: Path) -> None:
        """Write a commit, and the receipt that the hook would write."""
        repository = self.classroom.repository_path(self.week.name, name)
        index = work.with_name("index")
        index.unlink(missing_ok=True)

        def git(*words: str) -> str:
            command = ["git", "--git-dir", str(repository), "--work-tree", str(work), *words]
            return subprocess.check_output(
                command, text=True, env={**os.environ, **WHO, "GIT_INDEX_FILE": str(index)}
            ).strip()

        git("add", "--all")
        commit = git("commit-tree", git("write-tree"), "-p", "main", "-m", f"Work of {name}")
        git("update-ref", "refs/heads/main", commit)
        with (repository / "classroom-received").open("a", encoding="ascii") as file:
            file.write(f"2026-11-29T12:00:00Z refs/heads/main {commit}\n")

    def results(self) -> dict[str, list[str]]:
        """Return the verdicts of each student's tasks, and the score, as far as they were graded."""
        paths = (self.classroom.state_dir / "scores" / self.week.name).glob("[!.]*.json")
        found = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}
        return {name: [str(one["score"]), *(task["verdict"] for task in one["tasks"])] for name, one in found.items()}

    def serve(self, address: str, sandbox: str, jobs: int, meanwhile: list[Machine], every: float = 0) -> float:
        """Let the workers grade the whole cohort again; return the seconds from the first job on.

        Args:
            address: the database's.
            sandbox: of the server.
            jobs: how many the server grades itself at once.
            meanwhile: the workers; one of them is killed every so often, and started again.
            every: seconds; 0 kills none.
        """
        shutil.rmtree(self.classroom.state_dir / "scores" / self.week.name, ignore_errors=True)
        with (
            PushServer(self.classroom, sandbox=sandbox) as server,
            closing(JobQueue(address, sandbox)) as queue,
            contextlib.ExitStack() as running,
        ):
            server.jobs, server.remote = jobs, queue
            queue.look()
            for machine in meanwhile:
                running.callback(machine.stop)
                machine.start()
            began = time.monotonic()
            kills = Kills(meanwhile, every)

            def sweep() -> None:
                kills.look()
                if len(self.results()) == len(self.cases):
                    raise KeyboardInterrupt
                if time.monotonic() > began + PATIENCE_SECONDS:
                    raise SystemExit("The cohort was not graded in time.")

            server.inbox.sweep = sweep  # type: ignore[method-assign]
            server.serve()
            seconds = time.monotonic() - began
            server.remote = None
        if every:
            print(f"{kills.count} kills", flush=True)
        return seconds


class Kills:
    """Kills a worker every so many seconds, each in turn, and starts it again."""

    def __init__(self, machines: list[Machine], every: float) -> None:
        self.machines, self.every, self.count = machines, every, 0
        self.next = time.monotonic() + every

    def look(self) -> None:
        """Kill one if it is time."""
        if self.every and time.monotonic() > self.next:
            machine = self.machines[self.count % len(self.machines)]
            machine.stop(signal.SIGKILL)
            machine.start()
            self.count += 1
            self.next = time.monotonic() + self.every


def run(*words: str) -> None:
    """Run a command that must succeed."""
    subprocess.run(words, check=True)


@contextlib.contextmanager
def database(folder: Path, machines: list[Machine]) -> Iterator[str]:
    """Run PostgreSQL for the server, which reaches it by a socket, and for the machines; yield the server's address."""
    kept = KeptServer(folder / "database")
    with kept as access, closing(connect(access)) as db:
        hosts = ",".join(f"{machine.net}.1" for machine in machines)
        db.execute(f"ALTER SYSTEM SET listen_addresses = '{hosts}'")
        db.execute(f"CREATE ROLE classroom_worker LOGIN PASSWORD '{PASSWORD}'")
    with (kept.data / "pg_hba.conf").open("a", encoding="ascii") as rules:
        rules.write(f"host classroom classroom_worker {NETWORK}.0.0/16 scram-sha-256\n")
    with KeptServer(folder / "database") as access:
        address = f"postgresql://{access.user}:{access.password}@/classroom?host={quote(str(access.socket_dir))}"
        with open_database(folder, address):
            pass
        yield address


def main() -> int:
    """Print what was graded differently; the exit status is 0 if that is nothing, and two are faster than one."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--students", type=int, default=200, metavar="N")
    parser.add_argument("--week", type=int, default=1, metavar="N")
    parser.add_argument(
        "--wait", type=float, default=0, metavar="SECONDS",
        help="how long each app sleeps before it starts, so that other programs on these cores disturb the ratio less",
    )  # fmt: skip
    parser.add_argument("--kill-every", type=float, default=10, metavar="SECONDS")
    parser.add_argument("--least", type=float, default=1.8, metavar="RATIO", help="how much faster two must be")
    parser.add_argument("--sandbox", choices=("bubblewrap", "none"), default="bubblewrap")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # namespaces and workers are removed in any case
    if sys.platform != "linux" or os.geteuid() or not shutil.which("ip") or not shutil.which("taskset"):
        print("Skipped: network namespaces need Linux, root, and the commands ip and taskset.")
        return 0
    push_server.secrets = job_queue.secrets = SimpleNamespace(randbits=lambda _: SEED)  # type: ignore[assignment]
    with tempfile.TemporaryDirectory(prefix="workers-") as name, contextlib.ExitStack() as opened:
        folder = Path(name)
        folder.chmod(0o755)
        machines = [Machine(number, folder / f"machine{number}.txt", arguments.sandbox) for number in (1, 2)]
        for machine in machines:
            machine.plug_in()
            opened.callback(machine.unplug)
        cohort = Cohort(folder, Assignment.load(weeks(TOP)[arguments.week]), arguments.students, arguments.wait)
        with database(folder, machines) as address:
            return compare(cohort, address, machines, arguments)


def compare(cohort: Cohort, address: str, machines: list[Machine], arguments: argparse.Namespace) -> int:
    """Grade with one worker, with two, and while they are killed."""
    seconds, different = [], 0
    expected: dict[str, list[str]] = {}
    for some, every in ((machines[:1], 0), (machines, 0), (machines, arguments.kill_every)):
        seconds.append(cohort.serve(address, arguments.sandbox, int(bool(every)), some, every))
        found = cohort.results()
        expected = expected or found
        for name in [name for name, result in found.items() if result != expected[name]]:
            different += 1
            print(f"- {name} has {found[name]}, expected {expected[name]}")
        print(f"workers: {len(some)}, killed every {every:.0f} s: {seconds[-1]:.1f} s", flush=True)
    ratio = seconds[0] / seconds[1]
    print(
        f"{len(cohort.cases)} pushes of week {arguments.week}, load average {os.getloadavg()[2]:.0f}: two workers are "
        f"{ratio:.2f} times as fast as one ({seconds[0]:.0f} and {seconds[1]:.0f} s); with one killed every "
        f"{arguments.kill_every:.0f} s, {different or 'no'} results differ"
    )
    return 1 if different or ratio < arguments.least else 0


if __name__ == "__main__":
    sys.exit(main())
