"""Who may do what: the statements that make a database with its roles, and take them away again.

app       owns the database: the submission's role
course    a member of app, for what checks look up and write; never a superuser, because a trigger,
          a rule or a view of the submission runs with the rights of whoever touches its table
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
    """Return a password of 128 random bits, which a URL takes as it is."""
    return secrets.token_hex(16)


def make_roles(app: Login, course: Login, *, superuser: bool, reserved: bool, connections: int = CONNECTIONS) -> str:
    """Return the statements that make the two roles every database has.

    With *reserved* the server keeps some connections for roles such as the course's.
    """
    rights = "LOGIN NOCREATEDB NOCREATEROLE"
    statements = [
        f"CREATE ROLE {app.role} {rights} PASSWORD '{app.password}' CONNECTION LIMIT {connections}",
        f"CREATE ROLE {course.role} {rights} PASSWORD '{course.password}' CONNECTION LIMIT {CONNECTIONS}",
        f"ALTER ROLE {app.role} SET statement_timeout = '{STATEMENT_SECONDS}s'",
        f"GRANT {app.role} TO {course.role}",
    ]
    if superuser and reserved:
        statements.append(f"GRANT pg_use_reserved_connections TO {course.role}")
    if superuser:
        statements.append(f"ALTER ROLE {app.role} SET temp_file_limit = '{TEMP_FILES}'")
    else:
        # An ordinary provisioner has to be a member of a role to give it a database and to end its sessions.
        statements += [f"GRANT {app.role}, {course.role} TO CURRENT_USER"]
    return "; ".join(statements)


def make_database(name: str, app: Login, template: str, *, by_files: bool, tablespace: str | None = None) -> str:
    """Return the statement that makes a database into which nobody can get yet.

    *by_files* copies whole files between two checkpoints, a third of the work where nothing waits for the disk.
    """
    encoding = "ENCODING 'UTF8' " if template == "template0" else ""
    strategy = "STRATEGY file_copy " if by_files else ""
    place = f"TABLESPACE {tablespace} " if tablespace else ""
    options = f"{encoding}{strategy}{place}ALLOW_CONNECTIONS false"
    return f"CREATE DATABASE {name} OWNER {app.role} TEMPLATE {template} {options}"


def open_database(name: str) -> str:
    """Return the statements that let its own roles in, and no others."""
    return f"REVOKE ALL ON DATABASE {name} FROM PUBLIC; ALTER DATABASE {name} ALLOW_CONNECTIONS true"


def make_reader(name: str, reader: Login, *, superuser: bool, connections: int = CONNECTIONS) -> str:
    """Return the statements that make a role which can do nothing yet but come in."""
    statements = [
        f"CREATE ROLE {reader.role} LOGIN PASSWORD '{reader.password}' CONNECTION LIMIT {connections}",
        f"ALTER ROLE {reader.role} SET default_transaction_read_only = on",
        f"ALTER ROLE {reader.role} SET statement_timeout = '{STATEMENT_SECONDS}s'",
        f"GRANT CONNECT ON DATABASE {name} TO {reader.role}",
    ]
    if not superuser:
        statements.append(f"GRANT {reader.role} TO CURRENT_USER")
    return "; ".join(statements)


def let_read(app: str, reader: str) -> str:
    """Return the statements, for *app* itself to run, that let *reader* read what app has made and will make."""
    given = f"ALTER DEFAULT PRIVILEGES FOR ROLE {app} GRANT"
    return (
        f"GRANT USAGE ON SCHEMA public TO {reader}; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}; "
        f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {reader}; "
        f"{given} SELECT ON TABLES TO {reader}; {given} SELECT ON SEQUENCES TO {reader}; "
        f"{given} USAGE ON SCHEMAS TO {reader}"
    )
