"""A PostgreSQL cluster as an archive: made once per version, unpacked for each submission in some 0.02 seconds."""

from __future__ import annotations

import hashlib
import importlib.metadata
import secrets
import tarfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.core.errors import CouldNotCheck
from classroom.core.folders import cache_folder, explained, make_folder, write_secret
from classroom.core.locks import owned
from classroom.core.scratch import ScratchDir
from classroom.services.postgres.access import ADMIN_ROLE
from classroom.services.postgres.servers import settings
from classroom.services.postgres.servers.binaries import WHEEL, find_programs, shell_safe

if TYPE_CHECKING:
    from classroom.services.postgres.servers.binaries import Programs

PORT = 5432
MAKE_SECONDS, KEPT_SECONDS = 170, 30 * 24 * 3600
FOLDER = "cluster"  # inside the archive
INITDB = (
    *("-D", FOLDER, "-U", ADMIN_ROLE, "-A", "scram-sha-256", "--encoding=UTF8"),
    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
    *("--no-sync", "--no-instructions", "--wal-segsize=1", "-c", "scram_iterations=1"),
)
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
    "CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA public",
    "REVOKE ALL ON DATABASE postgres FROM PUBLIC",
    # Databases are made from template0 alone: a third less to unpack.
    "UPDATE pg_database SET datistemplate = false WHERE datname = 'template1'",
    "DROP DATABASE template1",
    "CHECKPOINT",
)


def cluster_archive() -> tuple[Path, str]:
    """Return the archive, which is created if it does not exist, and the password of its superuser.

    Raises:
        CouldNotCheck: it cannot be made.
    """
    cache = make_folder(make_folder(shell_safe(cache_folder()), 0o755) / "clusters")
    configuration = settings.as_file(settings.ALL | settings.SINCE_16 | settings.SINCE_18 | PRIVATE)
    version = f"{importlib.metadata.version(WHEEL)}\n{configuration}\n".encode() + Path(__file__).read_bytes()
    archive = cache / f"{hashlib.sha256(version).hexdigest()[:16]}.tar"
    if not archive.exists():
        with owned(cache / "lock", MAKE_SECONDS):
            if not archive.exists():
                _make(archive, configuration)
    with explained(cache):
        return archive, _password(archive).read_text(encoding="ascii")


def _password(archive: Path) -> Path:
    return archive.with_suffix(".password")


def _make(archive: Path, configuration: str) -> None:
    """Make a cluster in a folder that is removed again, and pack it."""
    cache = archive.parent.parent  # the account of the database may enter it, but not every folder for temporary files
    programs = find_programs(cache)
    with explained(archive), ScratchDir("cluster", cache) as scratch:
        scratch.chmod(0o711)
        home = scratch / "home"
        home.mkdir(mode=0o700)
        programs.give(home)
        secret = secrets.token_hex(16)
        write_secret(home / "password", secret)
        programs.give(home / "password")
        _run(programs, home, "initdb", *INITDB, "--pwfile=password")
        data = home / FOLDER
        (data / "postgresql.conf").write_text(configuration, encoding="utf-8")
        # In single-user mode: there is no server that a kill could leave behind.
        _run(
            programs,
            home,
            "postgres",
            "--single",
            "-D",
            FOLDER,
            "postgres",
            stdin="".join(f"{sql}\n" for sql in PREPARE),
        )
        # The server keeps segments of the log for later; after this there is one.
        _run(programs, home, "pg_resetwal", "-f", "-D", FOLDER)
        write_secret(_password(archive), secret)
        half = archive.with_suffix(".half")
        write_secret(half, "")  # the archive holds the hash of the password: nobody else may read it
        with tarfile.open(half, "w") as packed:
            packed.add(data, FOLDER)
        half.rename(archive)
    for old in archive.parent.iterdir():
        if old.stat().st_mtime < time.time() - KEPT_SECONDS:  # of an earlier version; who still needs it makes it again
            old.unlink()


def _run(programs: Programs, home: Path, name: str, *arguments: str, stdin: str = "") -> None:
    """Run one of PostgreSQL's programs.

    Raises:
        CouldNotCheck: it failed.
    """
    done = programs.run(name, *arguments, cwd=home, seconds=MAKE_SECONDS, stdin=stdin)
    # Single-user mode reports an error and goes on.
    errors = [line for line in done.stderr.splitlines() if "ERROR:" in line or "FATAL:" in line]
    if done.returncode or errors:
        if known := programs.failure(done.stderr, home):
            raise known
        reason = errors[0] if errors else done.stderr.strip()[-300:]
        raise CouldNotCheck(f"PostgreSQL's {name} failed while a submission's server was being prepared: {reason}.")
