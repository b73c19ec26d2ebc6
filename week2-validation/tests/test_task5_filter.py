from classroom import expect, task


@task(5)
def test_q_finds_a_part_of_the_name(client, create, listing, draw, selects):
    """GET /products?q= returns the products whose names contain the given text, ignoring case."""
    word = draw.word()
    found = [
        create(client, name=f"{word} tea"),
        create(client, name=f"Old {word.upper()}"),
        create(client, name=f"a{word.capitalize()}b"),
    ]
    other = create(client, description=word)
    expected = listing(client)([product["id"] for product in found])

    for q in (word, word.upper(), word.capitalize()):
        selects(client.get("/products", params={"q": q}), "name", found, [other]).ok(expected)
    expect(client.get("/products", params={"q": f"{word} t"})).ok([{"id": found[0]["id"]}])


@task(5)
def test_price_range_includes_its_ends(fresh, create, listing, draw, selects):
    """GET /products?min_price=&max_price= returns the products priced from min_price to max_price, inclusive."""
    low = draw.randint(10, 900)
    a, b, c, d = products = [create(fresh, price=low + more) for more in (20.25, 0.5, 40.75, 10.5)]
    expected = listing(fresh)

    for asked, found in (
        ({"min_price": low + 10.5}, [a, c, d]),
        ({"max_price": low + 20.25}, [a, b, d]),
        ({"min_price": low + 10.5, "max_price": low + 20.25}, [a, d]),
        ({"min_price": low + 40.75, "max_price": low + 40.75}, [c]),
        ({"min_price": low + 41}, []),
    ):
        answer = fresh.get("/products", params=asked)
        selects(answer, "price", found, products).ok(expected([product["id"] for product in found]))


@task(5)
def test_bound_of_0_is_a_bound(fresh, create, listing, selects):
    """GET /products?max_price=0 returns an empty list; min_price=0 alone returns every product."""
    products = [create(fresh) for _ in range(3)]

    answer = fresh.get("/products", params={"min_price": 0})
    selects(answer, "price", products).ok(listing(fresh)([product["id"] for product in products]))

    for asked in ({"max_price": 0}, {"min_price": 0, "max_price": 0}):
        selects(fresh.get("/products", params=asked), "price", [], products).ok([])


@task(5)
def test_min_price_above_max_price_is_422(client, create):
    """GET /products rejects a min_price above max_price with 422, even if max_price is 0; equal prices are accepted."""
    create(client)
    expect(client.get("/products", params={"min_price": 8.5, "max_price": 8.5})).ok(list)

    for asked in ({"min_price": 8.75, "max_price": 8.5}, {"min_price": 8.5, "max_price": 0}):
        expect(client.get("/products", params=asked)).refused(422)


@task(5)
def test_tag_may_be_repeated(client, create, listing, draw, selects):
    """GET /products?tag=a returns the products with that tag; ?tag=a&tag=b returns those with both."""
    a, b, c = draw.word(5), draw.word(6), draw.word(7)
    tagged = [create(client, tags=tags) for tags in ([a], [b], [c, b, a], [a, b], [c])]
    expected = listing(client)

    for tags, places in (([a], (0, 2, 3)), ([a, b], (2, 3)), ([b, a], (2, 3))):
        found = [tagged[place] for place in places]
        answer = client.get("/products", params=[("tag", tag) for tag in tags])
        selects(answer, "tags", found, tagged).ok(expected([product["id"] for product in found]))


@task(5)
def test_filters_work_together_before_paging(client, create, listing, draw, selects):
    """GET /products applies all filters together, and then limit and offset to the products that match."""
    word, tag = draw.word(), draw.word(6)
    products = []
    for change in ({}, {"tags": []}, {"price": 10.25}, {}, {"price": 30.75}, {"name": draw.word()}, {}):
        fits = {"name": f"{word} {draw.word()}", "price": 20.5, "tags": [tag]}
        products.append(create(client, **fits | change))
    asked = {"q": word, "tag": tag, "min_price": 15, "max_price": 25}

    whole = client.get("/products", params=asked)
    fitting = [products[0], products[3], products[6]]
    selects(whole, "whole", fitting, products).ok(listing(client)([product["id"] for product in fitting]))
    # The pages are compared with the app's own order, because a wrong order only costs its own task.
    first, second, third = (product["id"] for product in whole.json)
    for page, found in (
        ({"limit": 2}, [first, second]),
        ({"limit": 1, "offset": 1}, [second]),
        ({"offset": 2}, [third]),
    ):
        expect(client.get("/products", params=asked | page)).ok([{"id": number} for number in found])
