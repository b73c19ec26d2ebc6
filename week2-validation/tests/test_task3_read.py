from classroom import expect, task


@task(3)
def test_product_is_answered_by_its_id(client, create, like):
    """GET /products/{id} returns the product with this id."""
    one, two = create(client), create(client)

    for product in (two, one):
        expect(client.get(f"/products/{product['id']}")).ok(like(product))


@task(3)
def test_unknown_product_is_404(client, create, draw):
    """GET /products/{id} returns 404 with {"detail": "Product not found"} for an unknown id."""
    product = create(client)
    expect(client.get(f"/products/{product['id']}")).ok({"id": product["id"]})

    unknown = client.get(f"/products/{draw.randint(100_000, 900_000)}")

    expect(unknown).status(404).json({"detail": "Product not found"})


@task(3)
def test_malformed_id_is_422(client, create):
    """GET /products/{id} returns 422 if the id is not an integer."""
    product = create(client)
    expect(client.get(f"/products/{product['id']}")).ok({"id": product["id"]})

    for malformed in ("abc", "1.5"):
        expect(client.get(f"/products/{malformed}")).refused(422)
