from classroom import expect, task


@task(6)
def test_put_takes_the_values_at_the_bounds(client, shelve, product, draw, like):
    """PUT /products/{id} accepts what POST /products accepts, right up to each limit, and trims the name."""
    old = shelve(client)

    for change in (
        {"name": draw.word(1)},
        {"name": draw.word(100)},
        {"price": 0.01},
        {"price": 10000},
        {"price": 19.99},
        {"tags": [draw.word(length) for length in (1, 2, 3, 4, 20)]},
        {"description": "d" * 1000},
        {"description": None},
    ):
        new = product(**change)
        expect(client.put(f"/products/{old['id']}", json=new)).ok(like(new, id=old["id"]))
    name = draw.word()
    trimmed = client.put(f"/products/{old['id']}", json=product(name=f"  {name} "))
    expect(trimmed).ok({"id": old["id"], "name": name})


@task(6)
def test_put_leaves_the_others_alone(fresh, among, product, put_alone):
    """PUT /products/{id} with values shared by other products leaves those products unchanged, even if sent twice."""
    new = product()
    old, neighbors = among(fresh, new)

    put_alone(fresh, old, new, neighbors, times=2)


@task(6)
def test_put_makes_no_product(client, shelve, product, absent):
    """PUT /products/{id} returns 404 for an unknown id, even for the next unused one, and stores nothing."""
    old = shelve(client)
    expect(client.put(f"/products/{old['id']}", json=product())).ok({"id": old["id"]})

    for unknown in (old["id"] + 1, old["id"] + 500):
        expect(client.put(f"/products/{unknown}", json=product())).refused(404)
        absent(client, unknown)


@task(6)
def test_put_that_is_not_valid_is_422(client, shelve, product, stored, draw):
    """PUT /products/{id} rejects wrong types, a body that is not a product and a malformed id with 422."""
    old, new = shelve(client), product()
    path = f"/products/{old['id']}"
    expect(client.put(path, json=new)).ok({"id": old["id"]})

    for change in ({"name": 5}, {"price": "cheap"}, {"price": -1}, {"tags": "tea"}, {"tags": [""]}, {"description": 5}):
        expect(client.put(path, json=product() | change)).refused(422)
    for body in ({}, [], None, {"description": draw.word()}, product() | {"id": old["id"]}):
        expect(client.put(path, json=body)).refused(422)
    expect(client.put(path, content=b"{", headers={"Content-Type": "application/json"})).refused(422)
    expect(client.put("/products/abc", json=product())).refused(422)

    stored(client, new, id=old["id"])
