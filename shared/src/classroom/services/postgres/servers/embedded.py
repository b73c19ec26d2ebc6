"""Embedded PostgreSQL from a wheel: no Docker, no root, nothing to set up."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from typing import Any

from classroom.core.errors import CouldNotCheck
from classroom.core.folders import cache_folder, explained, full_disk, make_folder, room_left, write_secret
from classroom.core.ports import HOST, bound
from classroom.services.postgres.access import ADMIN_ROLE, Access
from classroom.services.postgres.connect import connect, first_line, reaches
from classroom.services.postgres.servers import ramdisk, settings
from classroom.services.postgres.servers.binaries import find_programs, shell_safe
from classroom.services.postgres.servers.shared import Note, SharedServer
from classroom.services.postgres.servers.socket_folder import socket_folder

MAJOR = 18
ATTEMPTS = 20
PAUSE = 0.1
ROOM = 32 << 20  # bytes that the server needs to work: two segments of its log
INITDB_SECONDS, START_SECONDS = 170, 60
PREPARE = (
    "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC",
    "CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA public",
)


class Embedded(SharedServer):
    """A share in the server that all processes of this account use."""

    way = "embedded"

    def __init__(self) -> None:
        engine = Engine()
        super().__init__(engine)
        self.programs = engine.programs.folder
        self.places = (engine.folder,)

    def trouble(self, error: Exception) -> str:
        """Return one sentence: the server does not respond, and what to do."""
        if room_left(self.places[0]) < ROOM:
            return str(full_disk(self.places[0]))
        return f"The embedded PostgreSQL does not respond ({first_line(error)}): run the command again."


class Engine:
    """Creates, starts and stops the embedded server. The caller of `start` must hold the start lock."""

    def __init__(self) -> None:
        cache = make_folder(shell_safe(cache_folder()), 0o755)
        self.folder = cache / f"postgres-{MAJOR}"
        self.programs = find_programs(cache)
        self.home = self.folder / "server"  # belongs to the server's account, everything else to ours
        self.data = self.home / "data"
        self.log = self.home / "log.txt"

    def start(self) -> Note:
        """Start the server, creating its data folder if it does not exist; return how to log in."""
        make_folder(self.home, 0o711)
        self.programs.give(self.home)
        self._stop_leftover()
        password = self._password()
        if not (self.data / "PG_VERSION").exists():
            self._make_data(password)
        socket_dir = socket_folder(self.home, self.programs)
        place = ramdisk.RamTablespace(self.data, self.programs.give)
        try:
            port = self._start_at_a_port(socket_dir, settings.RUINS if place.lost else {}, place.descriptors)
            access = Access(HOST, port, ADMIN_ROLE, password, "postgres", socket_dir)
            with connect(access) as connection:
                for statement in PREPARE:
                    connection.execute(statement)
                place.make(connection)
        finally:
            place.close()
        return access.to_note()

    def answers(self, note: Note) -> bool:
        """Return whether the server accepts the provisioner."""
        return reaches(Access.of_note(note))

    def stopping(self) -> dict[str, Any]:
        """Return how the reaper stops the server."""
        command = [self.programs.path("pg_ctl"), "stop", "-D", os.fspath(self.data), "-m", "fast", "-t", "30", "-s"]
        return {"command": command, "folder": os.fspath(self.home), "account": self.programs.account}

    def _stop_leftover(self) -> None:
        """Stop a server whose starter was killed before it could record the address."""
        if (self.data / "postmaster.pid").exists():
            arguments = ("stop", "-D", os.fspath(self.data), "-m", "immediate", "-t", "20", "-s")
            self.programs.run("pg_ctl", *arguments, cwd=self.home, seconds=START_SECONDS)

    def _password(self) -> str:
        """Return the provisioner's password, which only this account can read."""
        file = self.folder / "password"
        if not file.exists():
            write_secret(file, secrets.token_hex(16))
        with explained(self.folder):
            return file.read_text(encoding="utf-8")

    def _make_data(self, password: str) -> None:
        """Run initdb next to the data folder and rename the result, so that a data folder is always complete."""
        new, secret = self.home / "data.new", self.home / "password.new"
        shutil.rmtree(new, ignore_errors=True)
        write_secret(secret, password)
        self.programs.give(secret)
        done = self.programs.run(
            "initdb", "-D", os.fspath(new), "-U", ADMIN_ROLE, "-A", "scram-sha-256", f"--pwfile={secret}",
            "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
            "--no-sync", "--no-instructions", "-c", "scram_iterations=1", cwd=self.home, seconds=INITDB_SECONDS,
        )  # fmt: skip
        secret.unlink(missing_ok=True)
        if done.returncode != 0:
            shutil.rmtree(new, ignore_errors=True)
            raise self._trouble(done.stderr)
        with explained(self.home):
            new.rename(self.data)

    def _start_at_a_port(self, socket_dir: str | None, more: dict[str, str], inherited: list[int]) -> int:
        """Start the server on its last port, or on another free one."""
        remembered = self.folder / "port"
        port = int(remembered.read_text()) if remembered.exists() else 0
        for _ in range(ATTEMPTS):
            port = free_port(port)
            self._configure(port, socket_dir, more)
            self.log.unlink(missing_ok=True)
            arguments = ("-D", os.fspath(self.data), "-l", os.fspath(self.log), "-w", "-t", "60", "-s")
            if self.programs.launch(*arguments, cwd=self.home, seconds=START_SECONDS + 10, inherited=inherited):
                write_secret(remembered, str(port))
                return port
            said = self.log.read_text(errors="replace") if self.log.exists() else ""
            if "still in use" in said:  # by sessions that have not yet seen their server die
                time.sleep(PAUSE)
            elif "already in use" in said:
                port = 0
            else:
                break
        raise self._trouble(said)

    def _configure(self, port: int, socket_dir: str | None, more: dict[str, str]) -> None:
        sockets = {} if socket_dir is None else {"unix_socket_directories": f'"{socket_dir}"'}
        across = settings.ACROSS if ramdisk.has_room(ramdisk.PLACE) else {}
        here = {"listen_addresses": HOST, "port": str(port), **sockets, **across, **more}
        file = self.data / "postgresql.conf"
        write_secret(file, settings.as_file(settings.ALL | settings.SINCE_16 | settings.SINCE_18 | here))
        self.programs.give(file)

    def _trouble(self, said: str) -> CouldNotCheck:
        if known := self.programs.failure(said, self.folder):
            return known
        lines = [line for line in said.strip().splitlines() if "FATAL" in line or "error" in line] or [said.strip()]
        return CouldNotCheck(
            f"The embedded PostgreSQL did not start ({lines[-1][:300]}): see {self.log}, or set DATABASE_URL to a server."
        )


def free_port(wanted: int) -> int:
    """Return *wanted* if the port is free, otherwise a port that the system picks."""
    for port in (wanted, 0):
        with contextlib.suppress(OSError), bound(port) as trial:
            return int(trial.getsockname()[1])
    raise CouldNotCheck(f"There is no free port on {HOST} for the database: close some programs and try again.")
