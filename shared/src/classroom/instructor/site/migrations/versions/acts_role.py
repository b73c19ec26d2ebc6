"""The role of who did something: a student may be called like one of the staff."""

import sqlalchemy as sa
from alembic import op

revision = "0008_acts_role"
down_revision = "0007_unused_links"


def upgrade() -> None:
    """Add the column; of lines that are there the role is not known."""
    op.add_column("acts", sa.Column("role", sa.String(20)))
