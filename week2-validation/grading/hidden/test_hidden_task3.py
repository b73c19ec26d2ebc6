from classroom import expect, task


@task(3)
def test_each_of_many_products_is_answered(client, create, like):
    """GET /products/{id} returns the right product for several ids, and 404 for an id above the last one."""
    products = [create(client) for _ in range(5)]

    for product in reversed(products):
        expect(client.get(f"/products/{product['id']}")).ok(like(product))
    last = max(product["id"] for product in products)
    expect(client.get(f"/products/{last + 1}")).status(404).json({"detail": "Product not found"})


@task(3)
def test_id_that_is_no_whole_number_is_422(client, create, draw):
    """GET /products/{id} returns 422 for words, fractions and numbers followed by letters."""
    product = create(client)
    expect(client.get(f"/products/{product['id']}")).ok({"id": product["id"]})

    for malformed in (draw.word(), f"{product['id']}x", f"{product['id']}.5", "one", "null"):
        expect(client.get(f"/products/{malformed}")).refused(422)
