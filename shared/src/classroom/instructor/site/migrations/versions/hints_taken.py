"""How many hints of a task a student has been shown."""

import sqlalchemy as sa
from alembic import op

revision = "0004_hints_taken"
down_revision = "0003_token_names"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "hints_taken",
        sa.Column(
            "person_id", sa.Integer, sa.ForeignKey("people.id", name="fk_hints_taken_person_id"), primary_key=True
        ),
        sa.Column("week", sa.String(200), primary_key=True),
        sa.Column("task", sa.Integer, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
