from classroom import expect, task


@task(4, weight=2)
def test_list_holds_the_first_ten_whole(fresh, create, like):
    """GET /products returns the first ten products in id order, each with all its fields."""
    products = sorted((create(fresh) for _ in range(12)), key=lambda product: product["id"])

    expect(fresh.get("/products")).ok([like(product) for product in products[:10]])


@task(4, weight=2)
def test_limit_and_offset_pick_a_page(fresh, create, page_of):
    """GET /products skips the first `offset` products and returns at most `limit`; past the end, the list is empty."""
    ids = sorted(create(fresh)["id"] for _ in range(7))

    for limit, offset in ((3, 0), (3, 3), (3, 6), (2, 5), (1, 6), (5, 7), (1, 0)):
        page = ids[offset : offset + limit]
        answer = fresh.get("/products", params={"limit": limit, "offset": offset})
        page_of(answer, page).ok([{"id": number} for number in page])


@task(4)
def test_limit_is_1_to_100(client, create):
    """GET /products accepts limit=1 and limit=100, and rejects limit=0 and limit=101 with 422."""
    create(client)
    for limit in (1, 100):
        expect(client.get("/products", params={"limit": limit})).ok(list)

    for limit in (0, 101):
        expect(client.get("/products", params={"limit": limit})).refused(422)


@task(4)
def test_offset_starts_at_0(client, create):
    """GET /products accepts offset=0, and rejects offset=-1 with 422."""
    create(client)
    expect(client.get("/products", params={"offset": 0})).ok(list)

    expect(client.get("/products", params={"offset": -1})).refused(422)
