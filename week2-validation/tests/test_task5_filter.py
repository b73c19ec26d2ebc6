from classroom import expect, task


@task(5)
def test_q_finds_a_part_of_the_name(client, create, draw):
    """GET /products?q= answers the products with this text in their name, upper or lower case alike."""
    word = draw.word()
    found = [
        create(client, name=f"{word} tea"),
        create(client, name=f"Old {word.upper()}"),
        create(client, name=f"a{word.capitalize()}b"),
    ]
    create(client, description=word)
    expected = [{"id": product["id"]} for product in found]

    for q in (word, word.upper(), word.capitalize()):
        expect(client.get("/products", params={"q": q})).ok(expected)
    expect(client.get("/products", params={"q": f"{word} t"})).ok(expected[:1])


@task(5)
def test_price_range_includes_its_ends(fresh, create, draw):
    """GET /products?min_price=&max_price= answers the products from one price to the other, both included."""
    low = draw.randint(10, 900)
    a, b, c, d = (create(fresh, price=low + more)["id"] for more in (20.25, 0.5, 40.75, 10.5))

    for asked, found in (
        ({"min_price": low + 10.5}, [a, c, d]),
        ({"max_price": low + 20.25}, [a, b, d]),
        ({"min_price": low + 10.5, "max_price": low + 20.25}, [a, d]),
        ({"min_price": low + 40.75, "max_price": low + 40.75}, [c]),
        ({"min_price": low + 41}, []),
    ):
        expect(fresh.get("/products", params=asked)).ok([{"id": number} for number in sorted(found)])


@task(5)
def test_min_price_above_max_price_is_422(client, create):
    """GET /products answers 422 when min_price is above max_price; the same price for both is fine."""
    create(client)
    expect(client.get("/products", params={"min_price": 8.5, "max_price": 8.5})).ok(list)

    expect(client.get("/products", params={"min_price": 8.75, "max_price": 8.5})).refused(422)


@task(5)
def test_tag_may_be_repeated(client, create, draw):
    """GET /products?tag=a answers the products with this tag, ?tag=a&tag=b those with both."""
    a, b, c = draw.word(5), draw.word(6), draw.word(7)
    tagged = [create(client, tags=tags)["id"] for tags in ([a], [b], [c, b, a], [a, b], [c])]

    expect(client.get("/products", params=[("tag", a)])).ok([{"id": tagged[place]} for place in (0, 2, 3)])
    expect(client.get("/products", params=[("tag", a), ("tag", b)])).ok([{"id": tagged[place]} for place in (2, 3)])
    expect(client.get("/products", params=[("tag", b), ("tag", a)])).ok([{"id": tagged[place]} for place in (2, 3)])


@task(5)
def test_filters_work_together_before_paging(client, create, draw):
    """GET /products applies all filters together, and takes limit and offset from what they left."""
    word, tag = draw.word(), draw.word(6)
    ids = []
    for change in ({}, {"tags": []}, {"price": 10.25}, {}, {"price": 30.75}, {"name": draw.word()}, {}):
        fits = {"name": f"{word} {draw.word()}", "price": 20.5, "tags": [tag]}
        ids.append(create(client, **fits | change)["id"])
    first, second, third = ids[0], ids[3], ids[6]
    asked = {"q": word, "tag": tag, "min_price": 15, "max_price": 25}

    for page, found in (
        ({}, [first, second, third]),
        ({"limit": 2}, [first, second]),
        ({"limit": 1, "offset": 1}, [second]),
        ({"offset": 2}, [third]),
    ):
        expect(client.get("/products", params=asked | page)).ok([{"id": number} for number in found])
