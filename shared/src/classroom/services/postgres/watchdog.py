"""Limits that a role could lift for itself (statement time, size), enforced from outside.

A role may set its own statement_timeout to zero, and PostgreSQL has no limit for the size of a database. Temporary files
(sorted rows, held cursors) belong to no database and are limited for each session only, so they are added to the size of
the database that their session is in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classroom.services.postgres.admin import Admin

SECONDS = 60
MEGABYTES = 500
LOCK, ATTEMPTS = "100ms", 5
LONG = (
    "SELECT datname AS name, pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE starts_with(datname, %s) AND NOT starts_with(datname, %s) AND backend_type = 'client backend'"
    " AND usename <> current_user AND pg_has_role(usesysid, 'USAGE')"
    " AND state IN ('active', 'idle in transaction', 'idle in transaction (aborted)') AND xact_start < now() - %s * interval '1 second'"
)
# Only a superuser may look at temporary files.
TEMPORARY = (
    "SELECT datid, sum(size) AS bytes FROM pg_tablespace t, pg_ls_tmpdir(t.oid) file"
    " JOIN pg_stat_activity ON pid = substring(file.name FROM '^pgsql_tmp([0-9]+)')::int"
    " WHERE spcname <> 'pg_global' GROUP BY datid"
)
NO_TEMPORARY = "SELECT 0::oid AS datid, 0 AS bytes"
BIG = (
    "WITH temporary AS ({temporary}), held AS ("
    " SELECT datname AS name, pg_database_size(d.oid) + coalesce(temporary.bytes, 0) AS bytes"
    " FROM pg_database d LEFT JOIN temporary ON datid = d.oid"
    " WHERE starts_with(datname, %s) AND NOT starts_with(datname, %s) AND datallowconn)"
    " SELECT name, (bytes / 1048576)::bigint AS megabytes FROM held WHERE bytes > %s * 1048576::bigint"
)
# It is waited for: a session that is on its way out would run one more statement, and drop it.
END_SESSIONS = (
    "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
    " AND usename <> current_user AND pg_has_role(usesysid, 'USAGE')"
)


def oversee(
    admin: Admin, prefix: str, kept: str, seconds: float, megabytes: int, *, superuser: bool = True
) -> list[str]:
    """End what runs too long, shut what has grown too large, and return what was done, one sentence each.

    Args:
        admin: the provisioner's connection.
        prefix: how the names of the databases begin.
        kept: how the names of those begin that a person keeps, and that have no limit.
        seconds: for one transaction.
        megabytes: for one database, with the temporary files of its sessions.
        superuser: whether *admin* is one.
    """
    done = []
    for row in admin.ask(LONG, prefix, kept, seconds):
        done.append(f"A session of {row['name']} was closed: its transaction took more than {seconds:.0f} seconds.")
    big = BIG.format(temporary=TEMPORARY if superuser else NO_TEMPORARY)
    for row in admin.ask(big, prefix, kept, megabytes):
        if shut(admin, row["name"]):
            done.append(
                f"{row['name']} was closed: it contains {row['megabytes']} MB, and the limit is {megabytes} MB."
            )
    return done


def shut(admin: Admin, name: str) -> bool:
    """End the sessions of a database and let no more in; return whether it could be closed to new ones.

    A session that holds the database's row delays that. It is ended first, and at the next look, a second later, again.
    """
    for _ in range(ATTEMPTS):
        admin.ask(END_SESSIONS, name)
        if admin.attempt(f"SET LOCAL lock_timeout = '{LOCK}'; ALTER DATABASE {name} CONNECTION LIMIT 0")[1] is None:
            admin.ask(END_SESSIONS, name)
            return True
    return False
