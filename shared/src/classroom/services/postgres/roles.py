"""SQL that makes a database with its roles, and says who may do what in it.

admin     owns the database: the provisioner's own role. Inside a submission's database it runs DDL only,
          so that no trigger, rule or view of the submission ever runs with its rights
app       the submission's role: owns the schema public and everything it makes, but not the database
course    a member of app, for what checks look up and write. A trigger of the submission runs with its rights,
          and may change its password: so it can log in only at the moment when the course does
reader    may read what app has made (week 5's replica)
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

CONNECTIONS = 30
STATEMENT_SECONDS = 30
TEMP_FILES = "256MB"


@dataclass(frozen=True)
class Login:
    """A role and its password."""

    role: str
    password: str


def new_password() -> str:
    """Return a password of 128 random bits that needs no quoting in a URL."""
    return secrets.token_hex(16)


def make_roles(app: Login, course: str, *, superuser: bool, reserved: bool, connections: int = CONNECTIONS) -> str:
    """Return the statements that make the two roles every database has.

    Args:
        app: the submission's role.
        course: the name of the course's role, which cannot log in until `let_in`.
        superuser: whether the provisioner is one.
        reserved: whether the server keeps some connections for roles such as the course's.
        connections: how many sessions the submission's role may have.
    """
    rights = "NOCREATEDB NOCREATEROLE"
    statements = [
        f"CREATE ROLE {app.role} LOGIN {rights} PASSWORD '{app.password}' CONNECTION LIMIT {connections}",
        f"CREATE ROLE {course} NOLOGIN {rights} CONNECTION LIMIT {CONNECTIONS}",
        f"GRANT {app.role} TO {course}",
        limit_role(app.role, superuser=superuser),
    ]
    if superuser and reserved:
        statements.append(f"GRANT pg_use_reserved_connections TO {course}")
    if not superuser:
        # An ordinary provisioner has to be a member of a role to give it a schema and to end its sessions.
        statements.append(f"GRANT {app.role}, {course} TO CURRENT_USER")
    return "; ".join(statements)


def limit_role(role: str, *, superuser: bool) -> str:
    """Return the statements that limit what a session of *role* takes; only a superuser can limit its files."""
    statements = [f"ALTER ROLE {role} SET statement_timeout = '{STATEMENT_SECONDS}s'"]
    if superuser:
        statements.append(f"ALTER ROLE {role} SET temp_file_limit = '{TEMP_FILES}'")
    return "; ".join(statements)


def let_in(login: Login, database: str) -> str:
    """Return the statements that let a role log in with a new password, with nothing set by an earlier session."""
    return (
        f"ALTER ROLE {login.role} RESET ALL; ALTER ROLE {login.role} IN DATABASE {database} RESET ALL; "
        f"ALTER ROLE {login.role} LOGIN PASSWORD '{login.password}'"
    )


def keep_out(role: str) -> str:
    """Return the statement after which *role* cannot log in, no matter what its password is; its sessions continue."""
    return f"ALTER ROLE {role} NOLOGIN"


def readmit(role: str) -> str:
    """Return the statement after which *role* can log in again."""
    return f"ALTER ROLE {role} LOGIN"


def make_database(name: str, template: str, *, by_files: bool, tablespace: str | None = None) -> str:
    """Return the statement that makes a database of the provisioner's own, to which nobody can connect yet.

    *by_files* copies whole files between two checkpoints, a third of the work where nothing waits for the disk.
    """
    encoding = "ENCODING 'UTF8' " if template == "template0" else ""
    strategy = "STRATEGY file_copy " if by_files else ""
    stored = f"TABLESPACE {tablespace} " if tablespace else ""
    return f"CREATE DATABASE {name} TEMPLATE {template} {encoding}{strategy}{stored}ALLOW_CONNECTIONS false"


def open_database(name: str, app: str) -> str:
    """Return the statements that let *app* connect, and no other role of a submission."""
    return f"REVOKE ALL ON DATABASE {name} FROM PUBLIC; {grant_database(name, app)}; ALTER DATABASE {name} ALLOW_CONNECTIONS true"


def grant_database(name: str, app: str) -> str:
    """Return the statement that gives *app* what it needs of a database: schemas, extensions, temporary tables."""
    return f"GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {name} TO {app}"


def own_public(app: str) -> str:
    """Return the statements that make *app* the owner of the schema public, which is made if it is missing."""
    return (
        f"CREATE SCHEMA IF NOT EXISTS public; ALTER SCHEMA public OWNER TO {app}; "
        "REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC"
    )


def make_reader(reader: Login, *, superuser: bool, connections: int = CONNECTIONS) -> str:
    """Return the statements that make a role without any right."""
    statements = [
        f"CREATE ROLE {reader.role} LOGIN PASSWORD '{reader.password}' CONNECTION LIMIT {connections}",
        f"ALTER ROLE {reader.role} SET default_transaction_read_only = on",
        limit_role(reader.role, superuser=superuser),
    ]
    if not superuser:
        statements.append(f"GRANT {reader.role} TO CURRENT_USER")
    return "; ".join(statements)


def let_read(name: str, app: str, reader: str) -> str:
    """Return the statements that let *reader* connect to a database, and read what *app* has made and will make."""
    defaults = f"ALTER DEFAULT PRIVILEGES FOR ROLE {app} GRANT"
    return (
        f"GRANT CONNECT ON DATABASE {name} TO {reader}; "
        f"GRANT USAGE ON SCHEMA public TO {reader}; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}; "
        f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {reader}; "
        f"{defaults} SELECT ON TABLES TO {reader}; {defaults} SELECT ON SEQUENCES TO {reader}; "
        f"{defaults} USAGE ON SCHEMAS TO {reader}"
    )
