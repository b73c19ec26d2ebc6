from classroom import expect, ground, task


@task(8)
def test_deleted_product_is_gone(client, shelve, stored, absent):
    """DELETE /products/{id} returns 204 with no body and deletes the product; a second DELETE returns 404."""
    other, product = shelve(client), shelve(client)
    path = f"/products/{product['id']}"

    expect(client.delete(path)).deleted()

    absent(client, product["id"])
    expect(client.delete(path)).refused(404)
    stored(client, other)


@task(8)
def test_deleted_product_leaves_the_list(fresh, shelve, order):
    """A deleted product is no longer in the list of products; the other products still are."""
    first, gone, last = (shelve(fresh)["id"] for _ in range(3))
    ground({first, gone, last} <= set(order(fresh)), task=4)

    expect(fresh.delete(f"/products/{gone}")).status(200, 204)

    left = order(fresh)
    expect.that(gone not in left, f"Product {gone} was deleted, but is still in the list.")
    expect.that({first, last} <= set(left), "Products that were not deleted are missing from the list.")


@task(8)
def test_delete_removes_no_other_product(fresh, among, stored, absent):
    """DELETE /products/{id} deletes no other product, even one with the same name or price."""
    product, neighbors = among(fresh)

    expect(fresh.delete(f"/products/{product['id']}")).status(200, 204)

    absent(fresh, product["id"])
    for neighbor in neighbors:
        stored(fresh, neighbor)


@task(8)
def test_others_keep_their_ids_after_a_delete(fresh, shelve, product, draw):
    """After another product is deleted, PUT and PATCH still change the product with the requested id."""
    paths = [f"/products/{shelve(fresh)['id']}" for _ in range(4)]

    def renames(ask, path, body):
        ask(path, json=body)
        found = fresh.get(path)
        return found.status == 200 and isinstance(found.json, dict) and found.json.get("name") == body["name"]

    # A PUT or PATCH that does not work before the DELETE is a mistake in task 6 or 7.
    put, patch = renames(fresh.put, paths[1], product()), renames(fresh.patch, paths[1], {"name": draw.word()})
    expect(fresh.delete(paths[0])).status(200, 204)

    expect.that(
        not put or renames(fresh.put, paths[3], product()), "A PUT after a DELETE did not change the requested product."
    )
    change = {"name": draw.word()}
    expect.that(
        not patch or renames(fresh.patch, paths[3], change),
        "A PATCH after a DELETE did not change the requested product.",
    )


@task(8)
def test_delete_of_an_unknown_product_is_404(client, shelve, draw):
    """DELETE /products/{id} returns 404 if no product has that id, and 422 if the id is not an integer."""
    expect(client.delete(f"/products/{shelve(client)['id']}")).status(200, 204)

    expect(client.delete(f"/products/{draw.randint(100_000, 900_000)}")).refused(404)
    expect(client.delete(f"/products/{draw.word()}")).refused(422)


@task(8)
def test_deleted_product_cannot_be_changed(client, shelve, product, draw, absent):
    """PUT and PATCH requests for a deleted product are rejected, and do not bring it back."""
    number, unknown = shelve(client)["id"], draw.randint(100_000, 900_000)

    expect(client.delete(f"/products/{number}")).status(200, 204)

    # If an id that never existed is not rejected either, that is a mistake in task 6 or 7.
    if client.put(f"/products/{unknown}", json=product()).status >= 400:
        expect.that(client.put(f"/products/{number}", json=product()).status >= 400, "PUT replaced a deleted product.")
    if client.patch(f"/products/{unknown}", json={"price": 5}).status >= 400:
        expect.that(
            client.patch(f"/products/{number}", json={"price": 5}).status >= 400, "PATCH changed a deleted product."
        )
    absent(client, number)


@task(8)
def test_id_of_a_deleted_product_is_not_given_again(fresh, shelve, absent):
    """POST /products never gives a new product the id of a deleted one."""
    ids = [shelve(fresh)["id"] for _ in range(3)]

    for gone in (ids[2], ids[0]):
        expect(fresh.delete(f"/products/{gone}")).status(200, 204)
        absent(fresh, gone)
        ids.append(shelve(fresh)["id"])

    expect.that(len(set(ids)) == len(ids), f"An id was used twice: {ids}.")
