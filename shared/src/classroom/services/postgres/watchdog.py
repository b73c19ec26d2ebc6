"""Limits that a role could lift for itself (statement time, database size), enforced from outside.

A role may set its own statement_timeout to zero, and PostgreSQL has no limit for the size of a database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classroom.services.postgres.admin import Admin

SECONDS = 60
MEGABYTES = 500
LONG = (
    "SELECT datname AS name, pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE starts_with(datname, %s) AND NOT starts_with(datname, %s) AND backend_type = 'client backend'"
    " AND state IN ('active', 'idle in transaction', 'idle in transaction (aborted)') AND xact_start < now() - %s * interval '1 second'"
)
BIG = (
    "SELECT datname AS name, pg_database_size(oid) / 1048576 AS megabytes FROM pg_database"
    " WHERE starts_with(datname, %s) AND NOT starts_with(datname, %s) AND datallowconn"
    " AND pg_database_size(oid) > %s * 1048576::bigint"
)
# It is waited for: a session that is on its way out would take one more statement, and drop it.
END = "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE datname = %s"


def oversee(admin: Admin, prefix: str, kept: str, seconds: float, megabytes: int) -> list[str]:
    """End what runs too long, shut what has grown too big, and say what was done, a sentence each."""
    done = []
    for row in admin.ask(LONG, prefix, kept, seconds):
        done.append(f"A session of {row['name']} was ended: its transaction took more than {seconds:.0f} seconds.")
    for row in admin.ask(BIG, prefix, kept, megabytes):
        admin.ask(f"ALTER DATABASE {row['name']} CONNECTION LIMIT 0")
        admin.ask(END, row["name"])
        done.append(f"{row['name']} was shut: it holds {row['megabytes']} MB, the limit is {megabytes} MB.")
    return done
