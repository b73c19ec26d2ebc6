"""The checks that you see. The items they speak of are different in each run: see support/catalog.py."""

from classroom import expect, task

CATEGORIES = ("food", "stationery", "tech")


@task(1)
def test_root_says_hello(client):
    """GET / answers {"message": "Hello World"}."""
    expect(client.get("/")).ok({"message": "Hello World"})


@task(2)
def test_health_is_ok(client):
    """GET /health answers {"status": "ok"}."""
    expect(client.get("/health")).ok({"status": "ok"})


@task(3, weight=2)
def test_item_has_all_its_fields(client, items):
    """GET /items/{item_id} answers the item's id, name, price and category."""
    item = items.any()

    expect(client.get(f"/items/{item['id']}")).ok(item)


@task(3, weight=2)
def test_word_as_id_is_422(client, items, draw):
    """GET /items/{item_id} refuses an id that is no whole number with 422."""
    known = client.get(f"/items/{items.any()['id']}")
    expect(known).ok()
    expect.that(items.named_in(known), "An id that is known must be answered with its item.", known)

    for malformed in ("abc", draw.word(), f"{items.any()['id']}.5"):
        expect(client.get(f"/items/{malformed}")).refused(422)


@task(4, weight=2)
def test_unknown_id_is_404(client, items):
    """GET /items/{item_id} answers 404 with {"detail": "Item not found"} where no item has the id."""
    expect(client.get(f"/items/{items.any()['id']}")).ground(task=3)

    expect(client.get(f"/items/{items.beyond()}")).refused(404).json({"detail": "Item not found"})
    expect(client.get(f"/items/{items.gap()}")).refused(404).json({"detail": "Item not found"})


@task(5)
def test_all_items_are_listed(client, items):
    """GET /items answers a list of every item, by id, each time it is asked."""
    expect(client.get("/items")).ok(items.all)
    expect(client.get("/items")).ok(items.all)


@task(6)
def test_cheapest_item_is_answered(client, items):
    """GET /items/cheapest answers the item with the lowest price."""
    expect(client.get("/items/cheapest")).ok(items.cheapest())


@task(6)
def test_lowest_id_wins_a_tie(client_with, small_catalog):
    """GET /items/cheapest returns the item with the lowest id where several have the lowest price."""
    client, items = client_with(small_catalog)

    expect(client.get("/items/cheapest")).ok(items.cheapest())


@task(7, weight=2)
def test_category_lists_its_items(client, items):
    """GET /categories/{category} answers the list of this category's items, by id."""
    for category in CATEGORIES:
        expect(client.get(f"/categories/{category}")).ok(items.of(category))


@task(7)
def test_other_word_as_category_is_422(client, items, draw):
    """GET /categories/{category} refuses every word but the three categories with 422."""
    category = draw.one_of(CATEGORIES)
    known = client.get(f"/categories/{category}")
    expect(known).ok()
    expect.that(items.named_in(known, category), f"The category {category} must be answered with its items.", known)

    expect(client.get(f"/categories/{draw.word()}")).refused(422)
    expect(client.get(f"/categories/{draw.word(3)}{category}")).refused(422)
    expect(client.get(f"/categories/{category}{draw.word(3)}")).refused(422)


@task(7)
def test_openapi_names_the_categories(client, items, description):
    """The entry of GET /categories/{category} in /openapi.json names the three words that are allowed."""
    known = client.get("/categories/food")
    expect(known).ok()
    expect.that(items.named_in(known, "food"), "The category food must be answered with its items.", known)

    described = description()
    choices = described.choices("/categories/{category}")
    for category in CATEGORIES:
        sentence = f"That entry has no enumeration, `Literal` or pattern with {category}."
        expect.that(category in choices, sentence, described.answer)


@task(8, weight=3)
def test_root_and_health_are_documented(documented):
    """GET / and GET /health show in /openapi.json with a tag and a description."""
    documented("/health")
    documented("/")


@task(8, weight=3)
def test_items_are_documented(documented):
    """GET /items and GET /items/{item_id} show in /openapi.json with a tag and a description."""
    documented("/items/{item_id}")
    documented("/items")


@task(8, weight=3)
def test_cheapest_and_categories_are_documented(documented):
    """GET /items/cheapest and GET /categories/{category} show in /openapi.json with a tag and a description."""
    documented("/items/cheapest")
    documented("/categories/{category}")
