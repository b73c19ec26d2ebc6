"""Task 10, up, down, and up again."""

from classroom import expect, task


@task(10)
def test_migration_goes_there_and_back_again(old_hub, database):
    """`alembic upgrade head` works again after `alembic downgrade -1`, and no row, column or key is lost."""
    before, columns = old_hub.rows(), old_hub.columns()

    for words, there in ((("upgrade", "head"), True), (("downgrade", "-1"), False), (("upgrade", "head"), True)):
        command = f"alembic {' '.join(words)}"
        old_hub.alembic(*words)
        found = "no" if there else "still a"
        expect.that(("phone" in old_hub.columns()) is there, f"After {command} there is {found} column phone.")
        expect.that(columns <= old_hub.columns(), f"{command} removed another column, too.")
        expect.that(old_hub.rows() == before, f"{command} changed existing rows.")

    refused = database.refuses("UPDATE resources SET phone = '+15550100'")
    expect.that(refused is None, f"The database rejected a phone number: {refused}.")
    refused = database.refuses("UPDATE referrals SET resource_id = %s", 999_999)
    expect.that(refused, "After the migration, a referral can belong to a resource that does not exist.")
