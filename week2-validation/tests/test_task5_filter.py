from classroom import expect, task


@task(5)
def test_q_finds_a_part_of_the_name(client, create, listing, draw):
    """GET /products?q= answers the products with this text in their name, upper or lower case alike."""
    word = draw.word()
    found = [
        create(client, name=f"{word} tea"),
        create(client, name=f"Old {word.upper()}"),
        create(client, name=f"a{word.capitalize()}b"),
    ]
    create(client, description=word)
    expected = listing(client)([product["id"] for product in found])

    for q in (word, word.upper(), word.capitalize()):
        expect(client.get("/products", params={"q": q})).ok(expected)
    expect(client.get("/products", params={"q": f"{word} t"})).ok([{"id": found[0]["id"]}])


@task(5)
def test_price_range_includes_its_ends(fresh, create, listing, draw):
    """GET /products?min_price=&max_price= answers the products from one price to the other, both included."""
    low = draw.randint(10, 900)
    a, b, c, d = (create(fresh, price=low + more)["id"] for more in (20.25, 0.5, 40.75, 10.5))
    expected = listing(fresh)

    for asked, found in (
        ({"min_price": low + 10.5}, [a, c, d]),
        ({"max_price": low + 20.25}, [a, b, d]),
        ({"min_price": low + 10.5, "max_price": low + 20.25}, [a, d]),
        ({"min_price": low + 40.75, "max_price": low + 40.75}, [c]),
        ({"min_price": low + 41}, []),
    ):
        expect(fresh.get("/products", params=asked)).ok(expected(found))


@task(5)
def test_bound_of_0_is_a_bound(fresh, create, listing):
    """GET /products?max_price=0 returns an empty list, and min_price=0 alone leaves every product in it."""
    ids = [create(fresh)["id"] for _ in range(3)]

    expect(fresh.get("/products", params={"min_price": 0})).ok(listing(fresh)(ids))

    for asked in ({"max_price": 0}, {"min_price": 0, "max_price": 0}):
        expect(fresh.get("/products", params=asked)).ok([])


@task(5)
def test_min_price_above_max_price_is_422(client, create):
    """GET /products rejects a min_price above max_price with 422, also when max_price is 0; equal prices are fine."""
    create(client)
    expect(client.get("/products", params={"min_price": 8.5, "max_price": 8.5})).ok(list)

    for asked in ({"min_price": 8.75, "max_price": 8.5}, {"min_price": 8.5, "max_price": 0}):
        expect(client.get("/products", params=asked)).refused(422)


@task(5)
def test_tag_may_be_repeated(client, create, listing, draw):
    """GET /products?tag=a answers the products with this tag, ?tag=a&tag=b those with both."""
    a, b, c = draw.word(5), draw.word(6), draw.word(7)
    tagged = [create(client, tags=tags)["id"] for tags in ([a], [b], [c, b, a], [a, b], [c])]
    expected = listing(client)

    for tags, places in (([a], (0, 2, 3)), ([a, b], (2, 3)), ([b, a], (2, 3))):
        found = [tagged[place] for place in places]
        expect(client.get("/products", params=[("tag", tag) for tag in tags])).ok(expected(found))


@task(5)
def test_filters_work_together_before_paging(client, create, listing, draw):
    """GET /products applies all filters together, and takes limit and offset from what they left."""
    word, tag = draw.word(), draw.word(6)
    ids = []
    for change in ({}, {"tags": []}, {"price": 10.25}, {}, {"price": 30.75}, {"name": draw.word()}, {}):
        fits = {"name": f"{word} {draw.word()}", "price": 20.5, "tags": [tag]}
        ids.append(create(client, **fits | change)["id"])
    asked = {"q": word, "tag": tag, "min_price": 15, "max_price": 25}

    whole = client.get("/products", params=asked)
    expect(whole).ok(listing(client)([ids[0], ids[3], ids[6]]))
    # The pages are compared with the app's own order, so that a wrong one costs its own task alone.
    first, second, third = (product["id"] for product in whole.json)
    for page, found in (
        ({"limit": 2}, [first, second]),
        ({"limit": 1, "offset": 1}, [second]),
        ({"offset": 2}, [third]),
    ):
        expect(client.get("/products", params=asked | page)).ok([{"id": number} for number in found])
