"""PostgreSQL in its own folder, for data that is kept: what was committed outlives a crash and a power cut."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import psutil

from classroom.core.errors import CouldNotCheck, UsageError
from classroom.core.folders import cache_folder, explained, make_folder, write_secret
from classroom.core.load import under_load
from classroom.core.locks import Lock, load_or_create_secret
from classroom.core.ports import HOST
from classroom.core.processes import WITH_PDEATHSIG, popen_with_pdeathsig
from classroom.services.postgres.access import Access
from classroom.services.postgres.connect import connect, reaches
from classroom.services.postgres.servers import settings
from classroom.services.postgres.servers.binaries import find_programs, plain_environment, shell_safe
from classroom.services.postgres.servers.embedded import free_port
from classroom.services.postgres.servers.socket_folder import socket_folder

if TYPE_CHECKING:
    from pathlib import Path

ROLE = DATABASE = "classroom"
PORT = 5432  # of the socket; no other server uses its folder
PASSWORD_BYTES = 16
INITDB_SECONDS, START_SECONDS, STOP_SECONDS, LOCK_SECONDS = 170, 60, 30, 60
ATTEMPTS, PAUSE = 100, 0.1
RETRY_SECONDS = 10  # after a start that failed
# fsync, full_page_writes and synchronous_commit keep PostgreSQL's own values: nothing may be lost.
KEPT = {
    "shared_buffers": "32MB",
    "max_connections": "60",
    "max_wal_size": "128MB",
    "min_wal_size": "8MB",
    "unix_socket_permissions": "0700",
    **settings.SINCE_18,
    **settings.MEANING,
}

log = logging.getLogger(__name__)


def _process_name(number: str) -> str:
    """Return the name of the process with this number; empty if it does not exist."""
    try:
        return psutil.Process(int(number)).name()
    except (psutil.NoSuchProcess, ValueError):
        return ""


class KeptServer:
    """The server of one cluster, which ends with this process; use it as a context manager.

    If it ends by itself, it is started again. While it runs, no other process can start it: `kept_access.py` finds it.

    Args:
        folder: where the cluster is, or is to be made.
    """

    def __init__(self, folder: Path) -> None:
        self.programs = find_programs(make_folder(shell_safe(cache_folder()), 0o755))
        self.folder = make_folder(folder, 0o711)
        self.data = folder / "data"
        self.log = folder / "log.txt"
        self._lock = Lock(self.folder / "lock")
        self._process: subprocess.Popen[Any] | None = None
        self._closing = threading.Event()
        self._starting = threading.Lock()

    def __enter__(self) -> Access:
        """Start the server and return how to log in as its superuser."""
        self._ensure_reachable()
        try:
            self._lock.own(under_load(LOCK_SECONDS))
            return self._started()
        except BaseException:
            self.close()
            raise

    def _started(self) -> Access:
        self._stop_leftover()
        password = load_or_create_secret(self.folder / "password", PASSWORD_BYTES)
        if not (self.data / "PG_VERSION").exists():
            self._make_data(password)
        socket_dir = socket_folder(self.folder, self.programs)
        port = free_port(0) if socket_dir is None else PORT
        first = Access(HOST, port, ROLE, password, "postgres", socket_dir)
        self._configure(port, socket_dir)
        self._start(first)
        with connect(first) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")
        threading.Thread(target=self._keep, args=(first,), name="database", daemon=True).start()
        return Access(HOST, port, ROLE, password, DATABASE, socket_dir)

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the server; sessions that are still open are closed."""
        self._closing.set()
        with self._starting:
            self._stop()
        self._lock.close()

    def _keep(self, access: Access) -> None:
        """Restart the server whenever it exits, until it is closed."""
        while not self._closing.is_set():
            if self._process is not None:
                self._process.wait()
            with self._starting:
                if self._closing.is_set():
                    return
                log.warning("The classroom's database has exited and is being restarted.")
                try:
                    self._start(access)
                except (CouldNotCheck, OSError) as error:  # such as a full disk
                    log.error("%s The next attempt is in %d seconds.", error, RETRY_SECONDS)  # noqa: TRY400
                    self._closing.wait(RETRY_SECONDS)

    def _stop(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGINT if sys.platform != "win32" else signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:  # the log is replayed at the next start
            self._process.kill()
            self._process.wait()

    def _ensure_reachable(self) -> None:
        """Raise UsageError if the account that runs PostgreSQL for root cannot enter the folder."""
        if not self.programs.account:
            return
        done = subprocess.run(
            ["/bin/ls", "-d", self.folder / "."], check=False, capture_output=True, **self.programs.account
        )
        if done.returncode:
            raise UsageError(
                f"PostgreSQL does not run as root, and its own account cannot enter {self.folder}. "
                "Run `serve` as the ordinary user that owns the classroom, or specify a server with --database."
            )

    def _stop_leftover(self) -> None:
        """Stop a server that outlived its starter, as it does on macOS."""
        note = self.data / "postmaster.pid"
        if not note.exists():
            return
        name = _process_name(note.read_text(encoding="utf-8", errors="replace").partition("\n")[0])
        if name.startswith("postgres"):
            arguments = ("stop", "-D", os.fspath(self.data), "-m", "fast", "-t", str(STOP_SECONDS), "-s")
            self.programs.run("pg_ctl", *arguments, cwd=self.folder, seconds=START_SECONDS)
        elif name:
            # After a power cut or in a new container, another process may have the number: neither end nor wait for it.
            note.unlink()

    def _make_data(self, password: str) -> None:
        """Run initdb next to the data folder and rename the result, so that a data folder is always complete."""
        place = make_folder(self.folder / "new", 0o711)
        self.programs.give(place)
        new, secret = place / "data", place / "password"
        shutil.rmtree(new, ignore_errors=True)
        write_secret(secret, password)
        self.programs.give(secret)
        done = self.programs.run(
            "initdb", "-D", os.fspath(new), "-U", ROLE, "-A", "scram-sha-256", f"--pwfile={secret}",
            "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
            "--no-instructions", "--wal-segsize=4", cwd=self.folder, seconds=INITDB_SECONDS,
        )  # fmt: skip
        secret.unlink(missing_ok=True)
        if done.returncode != 0:
            shutil.rmtree(place, ignore_errors=True)
            raise self._trouble(done.stderr)
        with explained(self.folder):
            new.rename(self.data)
            place.rmdir()

    def _configure(self, port: int, socket_dir: str | None) -> None:
        here = {"listen_addresses": HOST, "port": str(port)}
        if socket_dir is not None:
            here |= {"listen_addresses": "", "unix_socket_directories": f'"{socket_dir}"'}
        file = self.data / "postgresql.conf"
        write_secret(file, settings.as_file(KEPT | here))
        self.programs.give(file)

    def _start(self, access: Access) -> None:
        """Start the server; one that a kill left without its parent may hold the cluster for a moment."""
        for _ in range(ATTEMPTS):
            with self.log.open("wb") as log:
                self._process = popen_with_pdeathsig(
                    [self.programs.path("postgres"), "-D", os.fspath(self.data)],
                    cwd=self.folder, env=plain_environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    **WITH_PDEATHSIG, **self.programs.account,
                )  # fmt: skip
            end = time.monotonic() + under_load(START_SECONDS)
            while self._process.poll() is None and time.monotonic() < end:
                if reaches(access):
                    return
                time.sleep(PAUSE / 2)
            said = self.log.read_text(errors="replace")
            if "still in use" not in said and "already exists" not in said:
                break
            time.sleep(PAUSE)
        raise self._trouble(said)

    def _trouble(self, said: str) -> CouldNotCheck:
        if known := self.programs.failure(said, self.folder):
            return known
        lines = [line for line in said.strip().splitlines() if "FATAL" in line or "error" in line] or [said.strip()]
        return CouldNotCheck(f"The classroom's database did not start ({lines[-1][:300]}): see {self.log}.")
