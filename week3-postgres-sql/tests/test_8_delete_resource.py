"""Task 8: DELETE takes a resource away, unless referrals point to it."""

from classroom import expect, task


@task(8)
def test_delete_takes_one_row_away(client, hub):
    """DELETE /resources/{id} answers 204 with no body, and deletes this row and no other."""
    _, row, _ = hub.mixed([hub.new(), hub.new(), hub.new()])
    left = [one for one in hub.resources() if one["id"] != row["id"]]

    answer = client.delete(f"/resources/{row['id']}")

    expect(answer).deleted()
    expect.that(hub.resources() == left, "The table does not hold all the other rows, and them alone.", answer)


@task(8)
def test_delete_leaves_similar_rows_alone(client, hub):
    """DELETE /resources/{id} deletes only this row, even if other rows have the same name, category, address or email."""
    for row in (hub.resource(), hub.resource(address=None, contact_email=None)):
        hub.neighbors(row)
        left = [one for one in hub.resources() if one["id"] != row["id"]]

        answer = client.delete(f"/resources/{row['id']}")

        expect(answer).deleted()
        expect.that(hub.resources() == left, "Expected exactly this row to be deleted.", answer)


@task(8)
def test_delete_a_second_time_is_404(client, hub):
    """DELETE /resources/{id} answers 404 for a resource that is already deleted, and for one that never was."""
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
    expect.that((hub.resources(), hub.referrals()) == before, "Something was deleted all the same.", refused)
    hub.remove("referrals", referral["id"])
    expect(client.delete(f"/resources/{row['id']}")).deleted()


@task(8)
def test_delete_is_committed_before_the_answer(client, database, hub):
    """When DELETE /resources/{id} answers 204, the row is gone for everybody, even if the database takes its time."""
    row = hub.resource()
    database.slow_commit("resources", 0.3)

    answer = client.delete(f"/resources/{row['id']}")

    expect(answer).deleted()
    expect.that(not hub.resources(id=row["id"]), "The answer came before the row was gone.", answer)


@task(8)
def test_delete_of_a_malformed_id_is_422(client, hub, draw):
    """DELETE /resources/{id} returns 422 if the id is a word."""
    row = hub.resource()

    expect(client.delete(f"/resources/{row['id']}")).deleted()
    hub.refused(client.delete(f"/resources/{draw.word()}"), 422)
