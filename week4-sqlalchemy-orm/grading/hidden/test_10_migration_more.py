"""Task 10, there and back and there."""

from classroom import expect, task


@task(10)
def test_migration_goes_there_and_back_again(old_hub, database):
    """`alembic upgrade head` works again after `alembic downgrade -1`, and rows, columns and keys are still there."""
    before, columns = old_hub.rows(), old_hub.columns()

    for words, there in ((("upgrade", "head"), True), (("downgrade", "-1"), False), (("upgrade", "head"), True)):
        told = f"alembic {' '.join(words)}"
        old_hub.alembic(*words)
        expect.that(("phone" in old_hub.columns()) is there, f"After {told} the column phone is {'not ' * there}there.")
        expect.that(columns <= old_hub.columns(), f"{told} has taken away a column that was there before.")
        expect.that(old_hub.rows() == before, f"{told} has changed the rows that were there.")

    refused = database.refuses("UPDATE resources SET phone = '+15550100'")
    expect.that(refused is None, f"A phone number is refused: {refused}.")
    refused = database.refuses("UPDATE referrals SET resource_id = %s", 999_999)
    expect.that(refused, "After the migration a referral can lead to a resource that does not exist.")
