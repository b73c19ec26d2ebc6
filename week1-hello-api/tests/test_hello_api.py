"""The visible checks. Their items are different in each run: see support/catalog.py."""

from classroom import expect, task

CATEGORIES = ("food", "stationery", "tech")


@task(1)
def test_root_says_hello(client):
    """GET / returns {"message": "Hello World"}."""
    expect(client.get("/")).ok({"message": "Hello World"})


@task(2)
def test_health_is_ok(client):
    """GET /health returns {"status": "ok"}."""
    expect(client.get("/health")).ok({"status": "ok"})


@task(3, weight=2)
def test_item_has_all_its_fields(client, items, found):
    """GET /items/{item_id} returns the item's id, name, price and category."""
    item = items.any()

    answer = client.get(f"/items/{item['id']}")

    found(answer, item)
    expect(answer).ok(item)


@task(3, weight=2)
def test_word_as_id_is_422(client, items, draw, found):
    """GET /items/{item_id} returns 422 for an id that is not an integer."""
    item = items.any()
    known = client.get(f"/items/{item['id']}")
    found(known, item)
    expect(known).ok()
    expect.that(items.named_in(known), f"GET /items/{item['id']} must return that item.", known)

    for malformed in ("abc", draw.word(), f"{items.any()['id']}.5"):
        expect(client.get(f"/items/{malformed}")).refused(422)


@task(4, weight=2)
def test_unknown_id_is_404(client, items):
    """GET /items/{item_id} returns 404 with {"detail": "Item not found"} if no item has this id."""
    expect(client.get(f"/items/{items.any()['id']}")).ground(task=3)

    expect(client.get(f"/items/{items.beyond()}")).refused(404).json({"detail": "Item not found"})
    expect(client.get(f"/items/{items.gap()}")).refused(404).json({"detail": "Item not found"})


@task(5)
def test_all_items_are_listed(client, items):
    """GET /items returns a list of all items in id order, each time it is requested."""
    expect(client.get("/items")).ok(items.all)
    expect(client.get("/items")).ok(items.all)


@task(6)
def test_cheapest_item_is_answered(client, items, cheapest):
    """GET /items/cheapest returns the item with the lowest price."""
    cheapest(client, items)


@task(6)
def test_lowest_id_wins_a_tie(client_with, small_catalog, cheapest):
    """GET /items/cheapest returns the item with the lowest id if several items share the lowest price."""
    client, items = client_with(small_catalog)

    cheapest(client, items)


@task(7, weight=2)
def test_category_lists_its_items(client, items):
    """GET /categories/{category} returns a list of the items in this category, in id order."""
    for category in CATEGORIES:
        expect(client.get(f"/categories/{category}")).ok(items.of(category))


@task(7)
def test_other_word_as_category_is_422(client, items, draw):
    """GET /categories/{category} returns 422 for any word except the three categories."""
    known = {category: client.get(f"/categories/{category}") for category in CATEGORIES}
    working = [category for category in CATEGORIES if known[category].status == 200]
    category = draw.one_of(working or CATEGORIES)
    expect(known[category]).ok()
    expect.that(
        items.named_in(known[category], category),
        f"GET /categories/{category} must return the items of this category.",
        known[category],
    )

    expect(client.get(f"/categories/{draw.word()}")).refused(422)
    expect(client.get(f"/categories/{draw.word(3)}{category}")).refused(422)
    expect(client.get(f"/categories/{category}{draw.word(3)}")).refused(422)


@task(7)
def test_openapi_names_the_categories(client, items, description):
    """In /openapi.json, the entry for GET /categories/{category} lists the three allowed words."""
    known = client.get("/categories/food")
    expect(known).ok()
    expect.that(items.named_in(known, "food"), "GET /categories/food must return the items of this category.", known)

    described = description()
    choices = described.choices("/categories/{category}")
    for category in CATEGORIES:
        sentence = (
            f"In /openapi.json, GET /categories/{{category}} does not name `{category}` as a value of its parameter "
            "(as an enum, a Literal or a pattern)."
        )
        expect.that(category in choices, sentence, described.answer)


@task(8, weight=3)
def test_root_and_health_are_documented(documented):
    """In /openapi.json, GET / and GET /health have a tag and a description."""
    documented("/health")
    documented("/")


@task(8, weight=3)
def test_items_are_documented(documented):
    """In /openapi.json, GET /items and GET /items/{item_id} have a tag and a description."""
    documented("/items/{item_id}")
    documented("/items")


@task(8, weight=3)
def test_cheapest_and_categories_are_documented(documented):
    """In /openapi.json, GET /items/cheapest and GET /categories/{category} have a tag and a description."""
    documented("/items/cheapest")
    documented("/categories/{category}")
