"""Task 8: DELETE deletes a resource, unless referrals point to it."""

from classroom import expect, task
from support.differences import rows_difference


def deleted_alone(hub, row, left, answer):
    """Check that this row is deleted, and no other."""
    other = f"{answer.exchange} returned 409, but no referral points to this resource. Is there a WHERE?"
    expect.that(answer.status != 409, other, answer)
    expect(answer).deleted()
    expect.that(not hub.resources(id=row["id"]), "The row is still in the table. Was the DELETE committed?", answer)
    mismatch = rows_difference(hub.resources(), left)
    expect.that(mismatch is None, f"Expected exactly one row to be deleted. The table: {mismatch}.", answer)


@task(8)
def test_delete_takes_one_row_away(client, hub):
    """DELETE /resources/{id} deletes this row and no other, and returns 204 with no body."""
    _, row, _ = hub.mixed([hub.new(), hub.new(), hub.new()])
    left = [one for one in hub.resources() if one["id"] != row["id"]]

    answer = client.delete(f"/resources/{row['id']}")

    deleted_alone(hub, row, left, answer)


@task(8)
def test_delete_leaves_similar_rows_alone(client, hub):
    """DELETE /resources/{id} deletes only this row, even if others have the same name, category, address or email."""
    for row in (hub.resource(), hub.resource(address=None, contact_email=None)):
        hub.neighbors(row)
        left = [one for one in hub.resources() if one["id"] != row["id"]]

        answer = client.delete(f"/resources/{row['id']}")

        deleted_alone(hub, row, left, answer)


@task(8)
def test_delete_a_second_time_is_404(client, hub):
    """DELETE /resources/{id} returns 404 for an already deleted resource, and for one that never existed."""
    row = hub.resource()
    unknown = hub.ids(1)[0]

    expect(client.delete(f"/resources/{row['id']}")).deleted()
    hub.refused(client.delete(f"/resources/{row['id']}"), 404)
    hub.refused(client.delete(f"/resources/{unknown}"), 404)


@task(8)
def test_delete_with_referrals_is_409(client, hub):
    """DELETE /resources/{id} returns 409 while referrals point to it, deletes nothing, and shows no database error."""
    row, free = hub.resource(), hub.resource()
    referral = hub.referral(row)

    expect(client.delete(f"/resources/{free['id']}")).deleted()
    before = hub.resources(), hub.referrals()
    refused = client.delete(f"/resources/{row['id']}")

    hub.refused(refused, 409)
    expect.that((hub.resources(), hub.referrals()) == before, "Something was deleted anyway.", refused)
    hub.remove("referrals", referral["id"])
    expect(client.delete(f"/resources/{row['id']}")).deleted()


@task(8)
def test_delete_is_committed_before_the_answer(client, database, hub):
    """When DELETE /resources/{id} returns 204, the row is already gone, even if the database is slow."""
    row = hub.resource()
    database.slow_commit("resources", 0.3)

    answer = client.delete(f"/resources/{row['id']}")

    expect(answer).deleted()
    expect.that(
        not hub.resources(id=row["id"]),
        "The response was sent, but the row is still in the table. Was the DELETE committed first?",
        answer,
    )


@task(8)
def test_delete_of_a_malformed_id_is_422(client, hub, draw):
    """DELETE /resources/{id} returns 422 if the id is a word."""
    row = hub.resource()

    expect(client.delete(f"/resources/{row['id']}")).deleted()
    hub.refused(client.delete(f"/resources/{draw.word()}"), 422)
