"""Comments of the staff on a task or a line of a student's code."""

import sqlalchemy as sa
from alembic import op

revision = "0005_comments"
down_revision = "0004_hints_taken"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "comments",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("author_id", sa.Integer, sa.ForeignKey("people.id", name="fk_comments_author_id"), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("username", sa.String(200), nullable=False),
        sa.Column("week", sa.String(200), nullable=False),
        sa.Column("commit_name", sa.String(64), nullable=False),
        sa.Column("task", sa.Integer),
        sa.Column("file", sa.String(500)),
        sa.Column("line", sa.Integer),
        sa.Column("quote", sa.String(500)),
        sa.Column("text", sa.String(4000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("removed", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_comments_username", "comments", ["username"])
