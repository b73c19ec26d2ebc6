"""Remove databases and roles, no matter what a submission has done to keep them.

A submission may hold the row of its database or of its role, and grant rights in its own database to the roles of others,
which then cannot be dropped. What cannot be removed now can no longer be used, and is left for a later sweep.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from classroom.services.postgres.owner_connection import CONTENDED, END_HOLDERS, OwnerConnection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.services.postgres.admin import Admin
    from classroom.services.postgres.bounded_query import Refusal

LOCK_SECONDS = 1
LOCK = f"{LOCK_SECONDS}s"
IN_USE, DEPENDENT = "55006", "2BP01"
MOST_ELSEWHERE = 5  # databases to look into for one role
KNOWN = "SELECT oid, datconnlimit = -2 AS broken FROM pg_database WHERE datname = %s"
ELSEWHERE = (
    "SELECT DISTINCT datname AS name FROM pg_shdepend JOIN pg_database d ON d.oid = dbid"
    " WHERE refclassid = 'pg_authid'::regclass AND refobjid = (SELECT oid FROM pg_roles WHERE rolname = %s)"
    " AND datallowconn LIMIT %s"
)


class Removal:
    """Removes one database and its roles.

    Args:
        admin: the provisioner's connection to a database of its own.
        name: the database's name.
        roles: the names of its roles, whether they exist or not.
    """

    def __init__(self, admin: Admin, name: str, roles: Sequence[str]) -> None:
        self.admin = admin
        self.name = name
        self.roles = list(roles)

    def run(self) -> list[Refusal]:
        """Remove what can be removed, and return why the rest could not.

        Raises:
            CouldNotCheck: The server does not respond.
        """
        refused = [refusal for row in self.admin.ask(KNOWN, self.name) if (refusal := self._drop_database(row))]
        self.admin.ask(END_HOLDERS, self.name, self.roles)  # sessions in the databases of others
        together = f"SET LOCAL lock_timeout = '{LOCK}'; " + "; ".join(
            f"DROP ROLE IF EXISTS {role}" for role in self.roles
        )
        if self.admin.attempt(together)[1] is not None:
            refused += [refusal for role in self.roles if (refusal := self._drop_role(role))]
        return refused

    def _drop_database(self, row: dict[str, object]) -> Refusal | None:
        # A killed server may have half dropped it: then nothing but DROP is allowed. Else nobody comes back while
        # sessions are being ended.
        if not row["broken"] and (
            refusal := self._insist(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS false IS_TEMPLATE false")
        ):
            return refusal
        drop = f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)"
        refusal = self.admin.attempt(drop)[1]
        if refusal is not None and refusal.code == IN_USE:
            self._abandon_prepared()
            refusal = self.admin.attempt(drop)[1]
        # Keep the table of counted statements small: those of a database that is gone are of no use. Only a superuser
        # is allowed to.
        if schema := self.admin.statistics():
            self.admin.attempt(f"SELECT {schema}.pg_stat_statements_reset(0::oid, %s::oid, 0::bigint)", row["oid"])
        return refusal

    def _insist(self, sql: str) -> Refusal | None:
        return insist(self.admin, self.name, self.roles, sql)

    def _abandon_prepared(self) -> None:
        self._insist(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS true")
        try:
            with contextlib.closing(connection_to(self.admin, self.name, self.name, self.roles)) as inside:
                inside.abandon_prepared()
        finally:
            self._insist(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS false")

    def _drop_role(self, role: str) -> Refusal | None:
        drop = f"SET LOCAL lock_timeout = '{LOCK}'; DROP ROLE IF EXISTS {role}"
        refusal = self.admin.attempt(drop)[1]
        if refusal is not None and refusal.code == DEPENDENT:
            self._drop_owned(role)
            refusal = self.admin.attempt(drop)[1]
        if refusal is not None:
            self.admin.attempt(f"SET LOCAL lock_timeout = '{LOCK}'; ALTER ROLE {role} NOLOGIN")
        return refusal

    def _drop_owned(self, role: str) -> None:
        """Drop what a role has in other databases, and the rights that others gave it there."""
        drop = f"SET LOCAL lock_timeout = '{LOCK}'; DROP OWNED BY {role}"
        self.admin.attempt(drop)
        for row in self.admin.ask(ELSEWHERE, role, MOST_ELSEWHERE):
            with contextlib.closing(connection_to(self.admin, row["name"], self.name, self.roles)) as there:
                there.attempt(drop)


def insist(admin: Admin, name: str, roles: Sequence[str], sql: str) -> Refusal | None:
    """End all sessions of a database, and run a statement on it from another one, as some statements require.

    Args:
        admin: the provisioner's connection to a database of its own.
        name: the database.
        roles: the submission's roles in it.
        sql: what changes it.
    """
    admin.ask(END_HOLDERS, name, list(roles))
    refusal = admin.attempt(f"SET LOCAL lock_timeout = '{LOCK}'; {sql}")[1]
    if refusal is None or refusal.code not in CONTENDED:
        return refusal
    with contextlib.closing(connection_to(admin, name, name, roles)) as inside:
        inside.abandon_prepared()
    with contextlib.closing(connection_to(admin, admin.server.access.database, name, roles)) as outside:
        return outside.insist(sql)


def connection_to(admin: Admin, database: str, held: str, roles: Sequence[str]) -> OwnerConnection:
    """Return a connection to *database* that ends sessions of *roles*, and those in *held*, where they are in its way."""
    access = replace(admin.server.access, database=database)
    return OwnerConnection(admin, held, roles, lambda: admin.open(access, lock_s=LOCK_SECONDS))
