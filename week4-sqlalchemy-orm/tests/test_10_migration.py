"""Task 10, beyond the points: a migration."""

from classroom import expect, task


@task(10)
def test_migration_adds_phone_and_takes_it_away(old_hub):
    """`alembic upgrade head` adds phone to resources, `alembic downgrade -1` takes it away, and every row stays."""
    before = old_hub.rows()

    old_hub.alembic("upgrade", "head")
    expect.that("phone" in old_hub.columns(), "After alembic upgrade head there is no column phone in resources.")
    expect.that(old_hub.rows() == before, "alembic upgrade head has changed the rows that were there.")

    old_hub.alembic("downgrade", "-1")
    expect.that("phone" not in old_hub.columns(), "After alembic downgrade -1 the column phone is still there.")
    expect.that(old_hub.rows() == before, "alembic downgrade -1 has changed the rows that were there.")
