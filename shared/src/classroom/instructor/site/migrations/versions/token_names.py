"""What a token is for, so that its owner knows which one to revoke."""

import sqlalchemy as sa
from alembic import op

revision = "0003_token_names"
down_revision = "0002_acts_about"


def upgrade() -> None:
    """Add the column; tokens that are there have no name."""
    op.add_column("tokens", sa.Column("name", sa.String(100), server_default="", nullable=False))
