from classroom import expect, one_of, task


@task(6, weight=2)
def test_put_replaces_the_whole_product(client, shelve, product, like, stored):
    """PUT /products/{id} stores the new product under the old id and returns it with 200."""
    old, new = shelve(client), product()

    answer = client.put(f"/products/{old['id']}", json=new)

    expect(answer).ok(like(new, id=old["id"]))
    stored(client, new, id=old["id"])


@task(6)
def test_put_sets_left_out_fields_to_their_defaults(client, shelve, product, stored):
    """PUT /products/{id} without tags or a description sets them to [] and null."""
    old, new = shelve(client), product()
    del new["tags"], new["description"]

    answer = client.put(f"/products/{old['id']}", json=new)

    expect(answer).ok({**new, "id": old["id"], "tags": [], "description": None})
    stored(client, new, id=old["id"], tags=[], description=None)


@task(6)
def test_same_put_twice_leaves_the_same_product(client, shelve, product, like, stored):
    """PUT /products/{id} returns and stores the same product if the same body is sent twice."""
    old, new = shelve(client), product()

    for _ in range(2):
        expect(client.put(f"/products/{old['id']}", json=new)).ok(like(new, id=old["id"]))
        stored(client, new, id=old["id"])


@task(6)
def test_put_changes_no_other_product(fresh, among, product, put_alone):
    """PUT /products/{id} changes no other product, even one with the same name or price, and keeps the list's order."""
    old, neighbors = among(fresh)

    put_alone(fresh, old, product(), neighbors)


@task(6)
def test_put_accepts_an_empty_description_and_no_tags(client, shelve, product, stored):
    """PUT /products/{id} accepts an empty description and no tags; "" may be returned as null."""
    old, new = shelve(client), product(tags=[], description="")

    expect(client.put(f"/products/{old['id']}", json=new)).ok({"id": old["id"]})

    stored(client, new, id=old["id"], description=one_of("", None))


@task(6)
def test_put_takes_a_name_that_another_has(client, shelve, product, like, stored):
    """PUT /products/{id} accepts a name that another product has: names need not be unique."""
    old, other = shelve(client), shelve(client)
    new = product(name=other["name"])

    expect(client.put(f"/products/{old['id']}", json=new)).ok(like(new, id=old["id"]))

    stored(client, new, id=old["id"])
    stored(client, other)


@task(6)
def test_put_without_a_required_field_is_422(client, shelve, product, stored, rejected):
    """PUT /products/{id} without a name or a price is rejected with 422 and changes nothing."""
    old, new = shelve(client), product()
    expect(client.put(f"/products/{old['id']}", json=new)).status(200).json({"id": old["id"]})

    for missing in ("name", "price"):
        body = {name: value for name, value in product().items() if name != missing}
        rejected(client.put(f"/products/{old['id']}", json=body), f"a product without {missing}")

    stored(client, new, id=old["id"])


@task(6)
def test_put_keeps_the_field_rules(client, shelve, product, broken_rules, stored, rejected):
    """PUT /products/{id} rejects with 422 everything that POST /products rejects, and changes nothing."""
    old, new = shelve(client), product()
    expect(client.put(f"/products/{old['id']}", json=new)).status(200).json({"id": old["id"]})

    for change in broken_rules:
        rejected(client.put(f"/products/{old['id']}", json=product() | change), **change)

    stored(client, new, id=old["id"])


@task(6)
def test_put_of_an_unknown_product_is_404(client, shelve, product, draw):
    """PUT /products/{id} returns 404 if no product has that id, and 422 if the id is not an integer."""
    old = shelve(client)
    expect(client.put(f"/products/{old['id']}", json=product())).status(200).json({"id": old["id"]})

    expect(client.put(f"/products/{draw.randint(100_000, 900_000)}", json=product())).refused(404)
    expect(client.put(f"/products/{draw.word()}", json=product())).refused(422)
