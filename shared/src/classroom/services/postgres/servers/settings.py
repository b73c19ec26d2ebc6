"""Settings of our own servers: fast, because nothing in them needs to survive, and hard to abuse."""

from __future__ import annotations

import sys

QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    # Not synchronous_commit: without fsync it costs next to nothing, and what was committed outlives a crash.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "shared_buffers": "64MB",
    "bgwriter_lru_maxpages": "0",
    "max_parallel_workers_per_gather": "0",
}
COUNTING = {
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.max": "20000",
    "pg_stat_statements.track": "top",
    "pg_stat_statements.save": "off",
}
LIMITS = {
    "max_connections": "1000",  # thirty submissions at once may each take all that their role gets
    "superuser_reserved_connections": "20",
    "max_locks_per_transaction": "256",
    "client_connection_check_interval": "2s",
    "log_min_messages": "fatal",  # a submission must not be able to fill the log
    "log_min_error_statement": "panic",
}
MEANING = {
    "timezone": "UTC",
    "log_timezone": "UTC",
    "datestyle": "ISO, MDY",
}
ALL = QUICK | COUNTING | LIMITS | MEANING
SINCE_16 = {
    "scram_iterations": "1",  # passwords are 128 random bits: no need to make each connection slow
    "reserved_connections": "50",  # for the course's roles, should submissions take all others
}
# Cloning a database asks the file system to do it. On Windows the server does not know the setting.
CLONE = {} if sys.platform == "win32" else {"file_copy_method": "clone"}
# A checkpoint writes the state of replication origins to a new file, and ends the whole server if the disk is full;
# without any there is no such file.
SINCE_18 = {"max_active_replication_origins": "0"} | CLONE
ACROSS = {"file_copy_method": "copy"}  # no file system clones into another one

# For the one start after what lay in memory was lost: the log may tell of pages that are not there anymore.
RUINS = {"ignore_invalid_pages": "on"}


def quoted(value: str) -> str:
    """Return a value quoted for postgresql.conf."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def as_file(settings: dict[str, str]) -> str:
    """Return settings as a postgresql.conf."""
    return "".join(f"{name} = {quoted(value)}\n" for name, value in settings.items())


def as_arguments(settings: dict[str, str]) -> list[str]:
    """Return settings as arguments of `postgres`."""
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
