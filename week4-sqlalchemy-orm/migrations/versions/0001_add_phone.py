"""A resource has a phone number."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the older shape to the newer."""
    # TODO 10: the table `resources` gets a column `phone`; the rows that are there stay.
    raise NotImplementedError("TODO 10: add the column")


def downgrade() -> None:
    """Back again."""
    # TODO 10: the column goes away again, and nothing else does.
    raise NotImplementedError("TODO 10: take the column away")
