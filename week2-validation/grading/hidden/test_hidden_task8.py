from classroom import expect, ground, task


@task(8)
def test_deleted_products_leave_every_page(fresh, shelve, order):
    """Deleted products are not in the list, and the pages have no gaps where they were."""
    ids = {shelve(fresh)["id"] for _ in range(5)}
    before = order(fresh)
    ground(ids <= set(before), task=4)
    paged = order(fresh, limit=2, offset=1) == before[1:3]  # where it is not, that is a mistake in task 4

    gone = {before[0], before[2]}
    for number in gone:
        expect(fresh.delete(f"/products/{number}")).status(200, 204)

    left = [number for number in before if number not in gone]
    expect.that(order(fresh) == left, f"The list must contain exactly the products {left}.")
    expect.that(
        not paged or order(fresh, limit=2, offset=1) == left[1:3], "A page has a gap where a product was deleted."
    )


@task(8)
def test_ids_go_on_after_everything_is_deleted(fresh, shelve):
    """After every product has been deleted, a new product still gets a new id."""
    ids = [shelve(fresh)["id"] for _ in range(3)]

    for gone in (ids[1], ids[2], ids[0]):
        expect(fresh.delete(f"/products/{gone}")).deleted()
        expect(fresh.delete(f"/products/{gone}")).refused(404)

    new = shelve(fresh)["id"]
    expect.that(new not in ids, f"The id {new} was used again.")


@task(8)
def test_deleting_all_but_one_leaves_it_alone(fresh, among, stored, absent):
    """DELETE /products/{id} deletes one product at a time, even if others have the same name or price."""
    stays, neighbors = among(fresh)

    for neighbor in neighbors:
        expect(fresh.delete(f"/products/{neighbor['id']}")).status(200, 204)
        absent(fresh, neighbor["id"])
        stored(fresh, stays)


@task(8)
def test_delete_of_no_product_is_404_or_422(client, shelve, draw, stored):
    """DELETE /products/{id} returns 404 for an unknown id and 422 for a malformed one, and deletes nothing."""
    gone, stays = shelve(client), shelve(client)
    expect(client.delete(f"/products/{gone['id']}")).deleted()

    expect(client.delete(f"/products/{draw.randint(100_000, 900_000)}")).refused(404)
    expect(client.delete("/products/abc")).refused(422)
    stored(client, stays)
