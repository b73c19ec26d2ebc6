from classroom import expect, task


@task(7)
def test_patches_add_up(client, shelve, product, like, stored):
    """The changes from several PATCH requests, each with one or two fields, accumulate."""
    now, other = shelve(client), product()

    for fields in (("price", "name"), ("tags",), ("description", "price"), ("name",)):
        change = {field: other[field] for field in fields}
        now |= change
        expect(client.patch(f"/products/{now['id']}", json=change)).ok(like(now))
        other = product()
    expect(client.patch(f"/products/{now['id']}", json={})).ok(like(now))

    stored(client, now)


@task(7)
def test_patch_takes_the_values_at_the_bounds(client, shelve, draw, like, stored):
    """PATCH /products/{id} accepts what POST /products accepts, right up to each limit, and trims the name."""
    now = shelve(client)

    for change in (
        {"name": draw.word(1)},
        {"name": draw.word(100)},
        {"price": 0.01},
        {"price": 10000},
        {"price": 19.99},
        {"tags": [draw.word(length) for length in (1, 2, 3, 4, 20)]},
        {"tags": []},
        {"description": "d" * 1000},
        {"description": None},
        {"description": None},
    ):
        now |= change
        expect(client.patch(f"/products/{now['id']}", json=change)).ok(like(now))
    name = draw.word()
    expect(client.patch(f"/products/{now['id']}", json={"name": f"  {name} "})).ok(like(now, name=name))

    stored(client, now, name=name)


@task(7)
def test_null_clears_the_description_with_other_changes(client, shelve, product, like, stored):
    """PATCH /products/{id} accepts a null description together with other changes, and a new description afterwards."""
    old, new = shelve(client), product()
    change = {"description": None, "price": new["price"]}

    expect(client.patch(f"/products/{old['id']}", json=change)).ok(like(old, **change))
    stored(client, old, **change)

    again = {"description": new["description"]}
    expect(client.patch(f"/products/{old['id']}", json=again)).ok(like(old, **change | again))


@task(7)
def test_patch_that_is_not_valid_changes_nothing(client, shelve, product, broken_rules, draw, stored):
    """PATCH /products/{id} with valid fields and one invalid value is rejected with 422 and changes nothing."""
    now = shelve(client)
    good = product()
    expect(client.patch(f"/products/{now['id']}", json={"price": good["price"]})).ok({"id": now["id"]})

    for change in (*broken_rules, {"name": 5}, {"price": "cheap"}, {"tags": "tea"}, {"tags": [5]}, {"description": 5}):
        expect(client.patch(f"/products/{now['id']}", json=good | change)).refused(422)
    last = {"price": 0, "name": good["name"], "tags": [], "description": None}
    expect(client.patch(f"/products/{now['id']}", json=last)).refused(422)
    for body in ([], "text", {draw.word(): None}, {"id": now["id"]}):
        expect(client.patch(f"/products/{now['id']}", json=body)).refused(422)

    stored(client, now, price=good["price"])


@task(7)
def test_patch_leaves_the_others_alone(fresh, among, product, stored, in_place):
    """PATCH /products/{id} with a value shared by other products leaves those products unchanged."""
    new = product()
    now, neighbors = among(fresh, new)
    settled = in_place(fresh)

    for name, value in new.items():
        now |= {name: value}
        expect(fresh.patch(f"/products/{now['id']}", json={name: value})).ok({"id": now["id"]})
        stored(fresh, now)

    for neighbor in neighbors:
        stored(fresh, neighbor)
    settled("PATCH")


@task(7)
def test_patch_without_a_product_is_404_or_422(client, shelve, draw, absent):
    """PATCH /products/{id} returns 404 for the id after the last one and stores nothing; a malformed id gives 422."""
    product = shelve(client)
    body = {"name": draw.word()}
    expect(client.patch(f"/products/{product['id']}", json=body)).ok(body)

    expect(client.patch(f"/products/{product['id'] + 1}", json=body)).refused(404)
    expect(client.patch(f"/products/{product['id'] + 1}", json={})).refused(404)
    absent(client, product["id"] + 1)
    expect(client.patch("/products/abc", json=body)).refused(422)
