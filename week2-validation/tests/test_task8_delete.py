from classroom import expect, task


@task(8)
def test_deleted_product_is_gone(client, shelve, stands):
    """DELETE /products/{id} answers 204 with no body and takes this product away; the second time it is 404."""
    other, product = shelve(client), shelve(client)
    path = f"/products/{product['id']}"

    expect(client.delete(path)).deleted()

    expect(client.get(path)).refused(404)
    expect(client.delete(path)).refused(404)
    stands(client, other)


@task(8)
def test_id_of_a_deleted_product_is_not_given_again(fresh, shelve):
    """POST /products gives no product the id of one that was deleted."""
    ids = [shelve(fresh)["id"] for _ in range(3)]

    for gone in (ids[2], ids[0]):
        expect(fresh.delete(f"/products/{gone}")).status(200, 204)
        expect(fresh.get(f"/products/{gone}")).refused(404)
        ids.append(shelve(fresh)["id"])

    expect.that(len(set(ids)) == len(ids), f"An id was given twice: {ids}.")
