"""The role as which the site works in its own database: it owns nothing, and cannot change the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql
from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection

NAME = "classroom_site"
GRANTS = (
    f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {NAME}",
    f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {NAME}",
    f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {NAME}",
    f"REVOKE UPDATE, DELETE ON acts FROM {NAME}",
    f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {NAME}",
)


def prepare_role(connection: Connection, password: str) -> None:
    """Make the role if it does not exist, and give it its rights on the tables of now; `connection` is the owner's."""
    if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": NAME}):
        connection.exec_driver_sql(f"CREATE ROLE {NAME}")
    rights = sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD {}")
    connection.exec_driver_sql(rights.format(sql.Identifier(NAME), sql.Literal(password)).as_string())
    for statement in GRANTS:
        connection.exec_driver_sql(statement)
    connection.commit()
