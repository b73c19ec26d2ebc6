from classroom import expect, task


@task(4)
def test_hundred_fit_on_a_page(fresh, create):
    """GET /products?limit=100 returns 100 of 103 products; with offset=100 it returns the rest."""
    ids = sorted(create(fresh)["id"] for _ in range(103))

    for limit, offset in ((100, 0), (100, 100), (99, 2), (5, 101), (5, 1000)):
        page = [{"id": number} for number in ids[offset : offset + limit]]
        expect(fresh.get("/products", params={"limit": limit, "offset": offset})).ok(page)


@task(4)
def test_pages_put_together_are_the_whole(fresh, create, draw):
    """Page by page, GET /products returns each product once, in id order; with no products, it returns []."""
    empty = fresh.get("/products")
    ids = sorted(create(fresh)["id"] for _ in range(draw.randint(13, 19)))
    limit = draw.randint(2, 4)

    expect(empty).ok([])
    for offset in range(0, len(ids) + limit, limit):
        page = [{"id": number} for number in ids[offset : offset + limit]]
        expect(fresh.get("/products", params={"limit": limit, "offset": offset})).ok(page)
    expect(fresh.get("/products", params={"offset": 1})).ok([{"id": number} for number in ids[1:11]])
    expect(fresh.get("/products", params={"limit": 11})).ok([{"id": number} for number in ids[:11]])


@task(4)
def test_page_that_cannot_be_is_422(client, create, draw):
    """GET /products rejects with 422 a limit or offset that is out of bounds or not an integer."""
    create(client)
    for asked in ({"limit": draw.randint(2, 99)}, {"offset": draw.randint(1, 5)}, {"limit": 100, "offset": 0}):
        expect(client.get("/products", params=asked)).ok(list)

    for asked in (
        {"limit": 0},
        {"limit": -1},
        {"limit": 101},
        {"limit": 1000},
        {"limit": "abc"},
        {"limit": "2.5"},
        {"offset": -1},
        {"offset": -10},
        {"offset": "abc"},
        {"limit": 5, "offset": -1},
        {"limit": 101, "offset": 0},
    ):
        expect(client.get("/products", params=asked)).refused(422)
