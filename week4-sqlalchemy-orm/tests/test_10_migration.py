"""Task 10, a bonus: a migration."""

from classroom import expect, task


@task(10)
def test_migration_adds_phone_and_takes_it_away(old_hub):
    """`alembic upgrade head` adds the phone column, `alembic downgrade -1` removes it; no row is lost or changed."""
    before = old_hub.rows()

    old_hub.alembic("upgrade", "head")
    expect.that("phone" in old_hub.columns(), "alembic upgrade head succeeded, but resources has no column phone.")
    expect.that(old_hub.rows() == before, "alembic upgrade head changed existing rows.")

    old_hub.alembic("downgrade", "-1")
    expect.that(
        "phone" not in old_hub.columns(), "alembic downgrade -1 succeeded, but resources still has the column phone."
    )
    expect.that(old_hub.rows() == before, "alembic downgrade -1 changed existing rows.")
