"""A PostgreSQL cluster as an archive: made once per version, unpacked for each submission in some 0.02 seconds."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import secrets
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.core.errors import CouldNotCheck
from classroom.core.folders import cache_folder, explained, make_folder
from classroom.core.locks import owned
from classroom.services.postgres.access import Access
from classroom.services.postgres.connect import connect
from classroom.services.postgres.servers import settings
from classroom.services.postgres.servers.binaries import WHEEL, find_programs

if TYPE_CHECKING:
    from classroom.services.postgres.servers.binaries import Programs

ADMIN_ROLE = "classroom_keeper"
PORT = 5432
MAKE_SECONDS = 170
FOLDER = "cluster"  # inside the archive
PRIVATE = {
    "shared_buffers": "16MB",
    "max_wal_size": "64MB",
    "min_wal_size": "2MB",
    "checkpoint_completion_target": "0",  # at once: the log must never fill its file system
    "max_connections": "200",
    "max_locks_per_transaction": "128",
    "io_method": "sync",  # no workers that wait for disks
    "max_logical_replication_workers": "0",
    "listen_addresses": "",
    "port": str(PORT),
    "reserved_connections": "20",
    "superuser_reserved_connections": "10",
}
PREPARE = (
    "CREATE EXTENSION IF NOT EXISTS pg_stat_statements",
    "REVOKE ALL ON DATABASE postgres FROM PUBLIC",
    # Databases are made from template0 alone: a third less to unpack.
    "UPDATE pg_database SET datistemplate = false WHERE datname = 'template1'",
    "DROP DATABASE template1",
    "CHECKPOINT",
)


def cluster_archive() -> tuple[Path, str]:
    """Return the archive, which is made where there is none, and the password of its superuser.

    Raises:
        CouldNotCheck: it cannot be made.
    """
    cache = make_folder(make_folder(cache_folder(), 0o755) / "clusters")
    configuration = settings.as_file(settings.ALL | settings.SINCE_16 | settings.SINCE_18 | PRIVATE)
    version = f"{importlib.metadata.version(WHEEL)}\n{configuration}\n".encode() + Path(__file__).read_bytes()
    archive = cache / f"{hashlib.sha256(version).hexdigest()[:16]}.tar"
    password = archive.with_suffix(".password")
    if not archive.exists():
        with owned(cache / "lock", MAKE_SECONDS):
            if not archive.exists():
                _make(archive, password, configuration)
    with explained(cache):
        return archive, password.read_text(encoding="ascii")


def _make(archive: Path, password: Path, configuration: str) -> None:
    """Make a cluster in a folder for a while, and pack it."""
    programs = find_programs(make_folder(cache_folder(), 0o755))
    # Not in the cache: a Unix socket needs a short path, and the server's account a way there.
    with explained(archive), tempfile.TemporaryDirectory(prefix="classroom-", dir="/tmp") as folder:
        home = Path(folder)
        programs.give(home)
        secret = secrets.token_hex(16)
        _initialize(programs, home, secret)
        data = home / FOLDER
        (data / "postgresql.conf").write_text(configuration, encoding="utf-8")
        _prepare(programs, home, secret)
        password.touch(mode=0o600)
        password.write_text(secret, encoding="ascii")
        half = archive.with_suffix(".half")
        half.unlink(missing_ok=True)
        half.touch(mode=0o600)  # it holds the hash of the password
        with tarfile.open(half, "w") as packed:
            packed.add(data, FOLDER)
        half.rename(archive)
    for stale in archive.parent.glob("*.tar"):
        if stale != archive:
            stale.unlink(missing_ok=True)


def _initialize(programs: Programs, home: Path, secret: str) -> None:
    file = home / "password"
    file.write_text(secret, encoding="ascii")
    programs.give(file)
    done = programs.run(
        "initdb", "-D", os.fspath(home / FOLDER), "-U", ADMIN_ROLE, "-A", "scram-sha-256", f"--pwfile={file}",
        "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
        "--no-sync", "--no-instructions", "--wal-segsize=1", "-c", "scram_iterations=1",
        cwd=home, seconds=MAKE_SECONDS,
    )  # fmt: skip
    file.unlink()
    if done.returncode != 0:
        raise CouldNotCheck(f"PostgreSQL's initdb failed: {done.stderr.strip()[-300:]}.")


def _prepare(programs: Programs, home: Path, secret: str) -> None:
    """Start the server once, for what only SQL can do."""
    data = os.fspath(home / FOLDER)
    # Durable this once: what is packed must be whole.
    arguments = ["-D", data, "-w", "-s", "-o", f"-k {home}", "-l", os.fspath(home / "log.txt")]
    if not programs.launch(*arguments, cwd=home, seconds=MAKE_SECONDS):
        log = home / "log.txt"
        said = log.read_text(errors="replace").strip()[-300:] if log.exists() else ""
        raise CouldNotCheck(f"The PostgreSQL of a submission cannot be prepared: {said}.")
    try:
        access = Access("127.0.0.1", PORT, ADMIN_ROLE, secret, "postgres", os.fspath(home))
        with connect(access) as connection:
            for statement in PREPARE:
                connection.execute(statement)
    finally:
        programs.run("pg_ctl", "stop", "-D", data, "-m", "fast", "-s", cwd=home, seconds=MAKE_SECONDS)
    # The server keeps segments of the log for later; after this there is one.
    programs.run("pg_resetwal", "-f", "-D", data, cwd=home, seconds=MAKE_SECONDS)
