"""The role as which workers use the classroom's database: it reaches the tables of the queue, and nothing of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection

NAME = "classroom_worker"
# A worker may take a job, keep it, give it back, and write its result. What the job is, only the server decides.
GRANTS = (
    f"GRANT USAGE ON SCHEMA public TO {NAME}",
    f"GRANT SELECT ON served_kit, week_parcels, grading_workers, grading_jobs TO {NAME}",
    f"GRANT INSERT, UPDATE, DELETE ON grading_workers TO {NAME}",
    f"GRANT UPDATE (worker_id, held_until, takes, task, result) ON grading_jobs TO {NAME}",
)


def grant_queue(connection: Connection) -> None:
    """Let the role of workers use the queue, if it exists; `connection` is the tables' owner's."""
    if connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": NAME}):
        for statement in GRANTS:
            connection.exec_driver_sql(statement)
    connection.commit()
