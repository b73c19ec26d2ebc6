"""Whom a line of the log is about, so that the page of a student can show it."""

import sqlalchemy as sa
from alembic import op

revision = "0002_acts_about"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; lines that are there already are about nobody in particular."""
    op.add_column("acts", sa.Column("about", sa.String(200)))
    op.create_index("ix_acts_about", "acts", ["about"])
