from classroom import expect, task


@task(8)
def test_deleted_product_leaves_the_list(fresh, shelve, draw):
    """A deleted product is not in the list, and the pages close up behind it."""
    ids = sorted(shelve(fresh)["id"] for _ in range(5))
    expect(fresh.get("/products")).ground(task=4)

    for gone in (ids[0], ids[2]):
        expect(fresh.delete(f"/products/{gone}")).status(200, 204)
        ids.remove(gone)

    expect(fresh.get("/products")).ok([{"id": number} for number in ids])
    expect(fresh.get("/products", params={"limit": 2, "offset": 1})).ok([{"id": number} for number in ids[1:3]])


@task(8)
def test_ids_go_on_after_everything_is_deleted(fresh, shelve):
    """When every product is deleted, a new one still gets a new id."""
    ids = [shelve(fresh)["id"] for _ in range(3)]

    for gone in (ids[1], ids[2], ids[0]):
        expect(fresh.delete(f"/products/{gone}")).deleted()
        expect(fresh.delete(f"/products/{gone}")).refused(404)

    new = shelve(fresh)["id"]
    expect.that(new not in ids, f"The id {new} was given again.")


@task(8)
def test_deleted_product_stays_away(client, shelve, product):
    """A product that is deleted does not come back with a PUT or a PATCH."""
    path = f"/products/{shelve(client)['id']}"

    expect(client.delete(path)).deleted()

    for answer in (client.put(path, json=product()), client.patch(path, json={"price": 5})):
        expect.that(answer.status >= 400, "A deleted product was changed.", answer)
    expect(client.get(path)).refused(404)


@task(8)
def test_delete_of_no_product_is_404_or_422(client, shelve, draw, stands):
    """DELETE /products/{id} is 404 for an unknown id and 422 for a malformed one, and takes nothing away."""
    gone, stays = shelve(client), shelve(client)
    expect(client.delete(f"/products/{gone['id']}")).deleted()

    expect(client.delete(f"/products/{draw.randint(100_000, 900_000)}")).refused(404)
    expect(client.delete("/products/abc")).refused(422)
    stands(client, stays)
