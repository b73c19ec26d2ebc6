"""Students whose personal link was never opened have not joined; making the link used to count as joining."""

from alembic import op

revision = "0007_unused_links"
down_revision = "0006_grading_jobs"

CORRECT = """
UPDATE people SET joined = NULL
WHERE role = 'student' AND joined IS NOT NULL
AND EXISTS (SELECT FROM tokens WHERE person_id = people.id AND kind = 'link' AND revoked IS NULL)
AND NOT EXISTS (SELECT FROM tokens WHERE person_id = people.id AND (kind <> 'link' OR used IS NOT NULL))
AND NOT EXISTS (SELECT FROM acceptances WHERE person_id = people.id)
"""


def upgrade() -> None:
    """Correct these students' rows."""
    op.execute(CORRECT)
