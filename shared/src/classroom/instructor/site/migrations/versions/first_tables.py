"""People, tokens, join codes, acceptances, and a log that cannot be edited."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NOW = sa.func.now()
MOMENT = sa.DateTime(timezone=True)
# A trigger for each statement also rejects one that would change no row.
APPEND_ONLY = """
CREATE FUNCTION reject_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the log of acts is append-only'; END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON acts
FOR EACH STATEMENT EXECUTE FUNCTION reject_change();
"""


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "people",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("username", sa.String(200), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("created", MOMENT, server_default=NOW, nullable=False),
        sa.Column("joined", MOMENT),
        sa.UniqueConstraint("role", "username", name="uq_people_role_username"),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("people.id", name="fk_tokens_person_id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("created", MOMENT, server_default=NOW, nullable=False),
        sa.Column("used", MOMENT),
        sa.Column("revoked", MOMENT),
        sa.UniqueConstraint("digest", name="uq_tokens_digest"),
    )
    op.create_index("ix_tokens_person_id", "tokens", ["person_id"])
    op.create_table(
        "join_codes",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("created", MOMENT, server_default=NOW, nullable=False),
        sa.Column("replaced", MOMENT),
        sa.UniqueConstraint("code", name="uq_join_codes_code"),
    )
    op.create_table(
        "acceptances",
        sa.Column(
            "person_id", sa.Integer, sa.ForeignKey("people.id", name="fk_acceptances_person_id"), primary_key=True
        ),
        sa.Column("week", sa.String(200), primary_key=True),
        sa.Column("accepted", MOMENT, server_default=NOW, nullable=False),
    )
    op.create_table(
        "acts",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("what", sa.String(1000), nullable=False),
    )
    op.execute(APPEND_ONLY)
