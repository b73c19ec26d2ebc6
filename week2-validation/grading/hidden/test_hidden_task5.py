from classroom import expect, task


@task(5)
def test_q_stands_for_itself(client, create, listing, draw):
    """GET /products?q= matches special characters such as . % _ * and [ literally."""
    word = draw.word()
    endings = (" (small)", ".com", "% off", "_x", "++", "*", "[1]", "xcom")
    ids = [create(client, name=f"{word}{ending}")["id"] for ending in endings]

    for place, q in enumerate((" (s", ".c", "%", "_", "++", "*", "[1", "xc")):
        expect(client.get("/products", params={"q": word + q})).ok([{"id": ids[place]}])
    expect(client.get("/products", params={"q": word, "limit": len(ids)})).ok(listing(client)(ids))


@task(5)
def test_q_is_part_of_the_name_anywhere(client, create, listing, draw):
    """GET /products?q= finds the text at the start, in the middle and at the end of a name, but not in other fields."""
    word = draw.word(7)
    found = [
        create(client, name=name)["id"] for name in (word, f"{word}s", f"my {word} tea", f"tea {word}", f"x{word}")
    ]
    create(client, name=word[:-1], description=word, tags=[word])

    expect(client.get("/products", params={"q": word})).ok(listing(client)(found))
    expect(client.get("/products", params={"q": f"{word} tea".upper()})).ok([{"id": found[2]}])
    expect(client.get("/products", params={"q": f"{word} {word}"})).ok([])
    expect(client.get("/products", params={"q": word[:1]})).ok(list)


@task(5)
def test_one_bound_of_the_price_is_enough(fresh, create, listing, draw):
    """GET /products accepts min_price or max_price alone, and compares prices exactly, to the cent."""
    low = draw.randint(10, 900)
    a, b, c = (create(fresh, price=price)["id"] for price in (low + 5.5, low + 0.25, low + 9.75))
    expected = listing(fresh)

    for asked, found in (
        ({"min_price": low + 5.5}, [a, c]),
        ({"min_price": low + 5.51}, [c]),
        ({"min_price": low + 5.49}, [a, c]),
        ({"min_price": 0.01}, [a, b, c]),
        ({"min_price": 0, "max_price": low + 5.5}, [a, b]),
        ({"min_price": 0, "max_price": 0}, []),
        ({"max_price": 0.01}, []),
        ({"max_price": low + 5.5}, [a, b]),
        ({"max_price": low + 5.49}, [b]),
        ({"max_price": low + 5.51}, [a, b]),
        ({"max_price": 10000}, [a, b, c]),
        ({"min_price": low + 1, "max_price": low + 2}, []),
    ):
        expect(fresh.get("/products", params=asked)).ok(expected(found))


@task(5)
def test_bounds_that_cannot_be_are_422(client, create, draw):
    """GET /products returns 422 for a non-numeric bound or a min_price above max_price, even with other filters."""
    create(client)
    price = draw.randint(2, 9000) + 0.5
    for asked in ({"min_price": price, "max_price": price + 0.01}, {"q": draw.word(), "min_price": price}):
        expect(client.get("/products", params=asked)).ok(list)

    for asked in (
        {"min_price": price, "max_price": price - 0.01},
        {"min_price": 9999.99, "max_price": 0.01},
        {"min_price": 0.01, "max_price": 0},
        {"min_price": price, "max_price": price - 1, "q": draw.word()},
        {"min_price": price, "max_price": price - 1, "tag": draw.word(), "limit": 1, "offset": 3},
        {"min_price": "abc"},
        {"max_price": "abc"},
    ):
        expect(client.get("/products", params=asked)).refused(422)


@task(5)
def test_tag_is_compared_whole(client, create, listing, draw):
    """GET /products?tag=tea finds the tag tea, but neither green-tea nor teas."""
    word = draw.word(6)
    ids = [create(client, tags=tags)["id"] for tags in ([word], [f"{word}s"], [f"green-{word}"], ["x", word], [])]

    expect(client.get("/products", params={"tag": word})).ok(listing(client)([ids[0], ids[3]]))
    expect(client.get("/products", params={"tag": f"{word}s"})).ok([{"id": ids[1]}])
    expect(client.get("/products", params={"tag": word[:-1]})).ok([])


@task(5)
def test_every_repeated_tag_counts(client, create, listing, draw):
    """GET /products with three tags returns the products that have all three, whether or not they have others."""
    a, b, c, d = (draw.word(length) for length in (5, 6, 7, 8))
    ids = [create(client, tags=tags)["id"] for tags in ([a, b], [c, d, b, a], [b, c], [a, c, b], [a, c, d])]
    expected = listing(client)

    for tags, found in (([a, b, c], [ids[1], ids[3]]), ([c, d], [ids[1], ids[4]]), ([d, draw.word(9)], [])):
        expect(client.get("/products", params=[("tag", tag) for tag in tags])).ok(expected(found))


@task(5)
def test_any_two_filters_work_together(client, create, listing, draw):
    """GET /products applies any two filters together and paginates the products that match."""
    word, tag = draw.word(), draw.word(6)
    ids = []
    for change in ({}, {"name": draw.word()}, {"tags": []}, {"price": 20.25}, {"price": 80.75}, {}, {"tags": [tag]}):
        here = {"name": f"{draw.word()} {word}", "tags": [draw.word(5), tag], "price": 50.5}
        ids.append(create(client, **here | change)["id"])
    expected = listing(client)

    for asked, places in (
        ({"q": word, "tag": tag}, (0, 3, 4, 5, 6)),
        ({"q": word, "min_price": 50}, (0, 2, 4, 5, 6)),
        ({"q": word, "max_price": 51}, (0, 2, 3, 5, 6)),
        ({"tag": tag, "min_price": 50}, (0, 1, 4, 5, 6)),
        ({"tag": tag, "max_price": 51}, (0, 1, 3, 5, 6)),
        ({"q": word, "min_price": 50, "max_price": 51}, (0, 2, 5, 6)),
    ):
        whole = client.get("/products", params=asked)
        expect(whole).ok(expected([ids[place] for place in places]))
        found = [{"id": product["id"]} for product in whole.json]  # in the app's own order
        expect(client.get("/products", params=asked | {"limit": 2, "offset": 1})).ok(found[1:3])
        expect(client.get("/products", params=asked | {"offset": 3})).ok(found[3:])
