from classroom import expect, one_of, task


@task(7, weight=2)
def test_patch_changes_only_what_is_sent(client, shelve, product, like, stored):
    """PATCH /products/{id} changes only the fields that were sent and returns 200 with the whole product."""
    now = shelve(client)

    for name, value in product().items():
        now |= {name: value}
        expect(client.patch(f"/products/{now['id']}", json={name: value})).ok(like(now))
        stored(client, now)


@task(7)
def test_patch_changes_no_other_product(fresh, among, product, stored, in_place):
    """PATCH /products/{id} changes no other product, even one with the same name or price, and keeps the list's order."""
    now, neighbors = among(fresh)
    settled = in_place(fresh)

    for name, value in product().items():
        now |= {name: value}
        expect(fresh.patch(f"/products/{now['id']}", json={name: value})).ok({"id": now["id"]})

    stored(fresh, now)
    for neighbor in neighbors:
        stored(fresh, neighbor)
    settled("PATCH")


@task(7)
def test_patch_takes_a_name_that_another_has(client, shelve, like, stored):
    """PATCH /products/{id} accepts a name that another product has: names need not be unique."""
    now, other = shelve(client), shelve(client)
    change = {"name": other["name"]}

    expect(client.patch(f"/products/{now['id']}", json=change)).ok(like(now, **change))

    stored(client, now, **change)
    stored(client, other)


@task(7)
def test_empty_patch_changes_nothing(client, shelve, like, stored):
    """PATCH /products/{id} with {} returns 200 with the unchanged product."""
    product = shelve(client)

    expect(client.patch(f"/products/{product['id']}", json={})).ok(like(product))

    stored(client, product)


@task(7)
def test_null_clears_the_description(client, shelve, like, stored):
    """PATCH /products/{id} with "description": null clears the description and nothing else."""
    product = shelve(client)

    expect(client.patch(f"/products/{product['id']}", json={"description": None})).ok(like(product, description=None))

    stored(client, product, description=None)


@task(7)
def test_patch_empties_tags_and_description(client, shelve, stored):
    """PATCH /products/{id} with "tags": [] or "description": "" empties that field; "" may be returned as null."""
    product = shelve(client)

    expect(client.patch(f"/products/{product['id']}", json={"tags": []})).ok({"tags": []})
    stored(client, product, tags=[])

    empty = one_of("", None)
    expect(client.patch(f"/products/{product['id']}", json={"description": ""})).ok({"description": empty})
    stored(client, product, tags=[], description=empty)


@task(7)
def test_null_for_a_required_field_is_422(client, shelve, draw, stored, rejected):
    """PATCH /products/{id} rejects a null name and a null price with 422."""
    product = shelve(client)
    name = draw.word()
    expect(client.patch(f"/products/{product['id']}", json={"name": name})).status(200).json({"id": product["id"]})

    for field in ("name", "price"):
        rejected(client.patch(f"/products/{product['id']}", json={field: None}), **{field: None})

    stored(client, product, name=name)


@task(7)
def test_patch_keeps_the_field_rules(client, shelve, broken_rules, draw, rejected):
    """PATCH /products/{id} rejects with 422 each value that POST /products rejects."""
    product = shelve(client)
    expect(client.patch(f"/products/{product['id']}", json={"name": draw.word()})).status(200).json(
        {"id": product["id"]}
    )

    for change in broken_rules:
        rejected(client.patch(f"/products/{product['id']}", json=change), **change)


@task(7)
def test_invalid_patch_changes_nothing_at_all(client, shelve, draw, stored, rejected):
    """PATCH /products/{id} with one valid and one invalid field is rejected with 422 and changes neither."""
    product = shelve(client)
    name = draw.word()
    expect(client.patch(f"/products/{product['id']}", json={"name": name})).status(200).json({"id": product["id"]})

    for change in (
        {"name": draw.word(), "price": 0},
        {"price": 5, "description": draw.word(), "tags": ["twice", "twice"]},
        {"description": None, "name": "  "},
        {"tags": [], "colour": "blue"},
    ):
        rejected(client.patch(f"/products/{product['id']}", json=change), **change)
        stored(client, product, name=name)


@task(7)
def test_patch_of_an_unknown_product_is_404(client, shelve, draw):
    """PATCH /products/{id} returns 404 if no product has that id, and 422 if the id is not an integer."""
    product = shelve(client)
    body = {"name": draw.word()}
    expect(client.patch(f"/products/{product['id']}", json=body)).status(200).json({"id": product["id"]})

    expect(client.patch(f"/products/{draw.randint(100_000, 900_000)}", json=body)).refused(404)
    expect(client.patch(f"/products/{draw.word()}", json=body)).refused(422)
