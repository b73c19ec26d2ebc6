"""A phone number."""

import sqlalchemy as sa
from alembic import op

revision = "b2"
down_revision = "a1"


def upgrade():
    with op.batch_alter_table("resources") as batch:
        batch.add_column(sa.Column("phone", sa.Text(), nullable=False, server_default=""))


def downgrade():
    with op.batch_alter_table("resources") as batch:
        batch.drop_column("phone")
