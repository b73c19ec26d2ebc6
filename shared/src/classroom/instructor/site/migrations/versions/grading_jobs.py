"""Jobs for workers on other machines, and what they need for them."""

import sqlalchemy as sa
from alembic import op

revision = "0006_grading_jobs"
down_revision = "0005_comments"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "served_kit",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("description", sa.Text, nullable=False),
    )
    op.create_table(
        "week_parcels",
        sa.Column("week", sa.String(200), primary_key=True),
        sa.Column("edition", sa.String(64), primary_key=True),
        sa.Column("parcel", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "grading_workers",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("slots", sa.Integer, nullable=False),
        sa.Column("seen", MOMENT, nullable=False),
    )
    op.create_table(
        "grading_jobs",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("week", sa.String(200), nullable=False),
        sa.Column("username", sa.String(200), nullable=False),
        sa.Column("commit_name", sa.String(64), nullable=False),
        sa.Column("edition", sa.String(64), nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("parcel", sa.LargeBinary, nullable=False),
        sa.Column("worker_id", sa.String(32)),
        sa.Column("held_until", MOMENT),
        sa.Column("takes", sa.Integer, server_default="0", nullable=False),
        sa.Column("task", sa.Integer),
        sa.Column("result", sa.Text),
        sa.UniqueConstraint("week", "username", name="uq_grading_jobs_week_username"),
    )
