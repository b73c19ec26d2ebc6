"""The rules of the visible checks, with more data, edge cases and ties."""

import pytest
from classroom import expect, task

CATEGORIES = ("food", "stationery", "tech")


@pytest.fixture(scope="session")
def tied_catalog(small_catalog, session_draw):
    """The small catalog with other prices: the first item and another one share the lowest."""
    low = session_draw.price(200, 900)
    lowest = (0, session_draw.randrange(1, len(small_catalog)))
    return [
        item | {"price": low if place in lowest else round(low + 0.01, 2)} for place, item in enumerate(small_catalog)
    ]


@task(2)
def test_health_stays_ok(client, draw):
    """GET /health returns the same response each time, no matter what else is requested in between."""
    expect(client.get("/health")).ok({"status": "ok"})
    client.get(f"/{draw.word()}")
    client.get(f"/items/{draw.word()}")
    expect(client.get("/health")).ok({"status": "ok"})


@task(3, weight=2)
def test_every_item_is_answered(client, items):
    """GET /items/{item_id} returns each of the items, and does so again when requested a second time."""
    for item in [*items.all, *items.all]:
        expect(client.get(f"/items/{item['id']}")).ok(item)


@task(3)
def test_malformed_ids_are_422(client, items, draw):
    """GET /items/{item_id} returns 422 for anything that is not an integer, including 12abc and abc12."""
    item = items.any()
    known = item["id"]

    expect(client.get(f"/items/{known}")).ok(item)
    for malformed in (f"{known}{draw.word(2)}", f"{draw.word(2)}{known}", f"{known}.5", draw.word(1)):
        expect(client.get(f"/items/{malformed}")).refused(422)


@task(4)
def test_every_unknown_id_is_404(client, items):
    """GET /items/{item_id} returns 404 for every unknown id, and 200 for known ids afterwards."""
    known = items.any()["id"]
    expect(client.get(f"/items/{known}")).ground(task=3)

    for unknown in (items.gap(), items.beyond(), 1, 2, 1_000_000, items.gap()):
        expect(client.get(f"/items/{unknown}")).refused(404).json({"detail": "Item not found"})
    expect(client.get(f"/items/{known}")).status(200)


@task(5)
def test_other_catalog_is_listed(client_with, small_catalog):
    """GET /items lists the items in a different catalog, and does so again when requested a second time."""
    client, items = client_with(small_catalog)

    expect(client.get("/items")).ok(items.all)
    expect(client.get("/items")).ok(items.all)


@task(6)
def test_lowest_id_wins_another_tie(client_with, tied_catalog, cheapest):
    """GET /items/cheapest returns the item with the lowest id if the first item and another one share the lowest price."""
    client, items = client_with(tied_catalog)

    cheapest(client, items)


@task(7)
def test_category_of_other_catalog(client_with, tied_catalog):
    """GET /categories/{category} lists the items of another catalog, and returns 422 for a word such as foods or foo."""
    client, items = client_with(tied_catalog)  # of the app that is running already

    for category in CATEGORIES:
        expect(client.get(f"/categories/{category}")).ok(items.of(category))
        expect(client.get(f"/categories/{category}s")).refused(422)
        expect(client.get(f"/categories/{category[:-1]}")).refused(422)


@task(8)
def test_all_six_are_documented(documented):
    """In /openapi.json, each of the six endpoints has a tag and a description."""
    for path in ("/", "/health", "/items/{item_id}", "/items", "/items/cheapest", "/categories/{category}"):
        documented(path)
