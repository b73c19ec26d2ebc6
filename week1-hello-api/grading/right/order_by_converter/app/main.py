import typing as t

import fastapi

import app.catalog as catalog

Category = t.Literal["food", "stationery", "tech"]
app = fastapi.FastAPI(openapi_tags=[{"name": "all", "description": "Everything"}])


@app.get("/items/{item_id:int}", tags=["all"])
def item(item_id: int):
    """An item."""
    return catalog.ITEMS.get(item_id) or fastapi.responses.JSONResponse({"detail": "Item not found"}, 404)


@app.get("/items/cheapest", tags=["all"])
def cheapest():
    """The cheapest."""
    prices = {number: item["price"] for number, item in catalog.ITEMS.items()}
    return catalog.ITEMS[min(prices, key=prices.get)]


@app.get("/items/{anything}", include_in_schema=False)
def no_number(anything: str):
    raise fastapi.HTTPException(422, {"wrong": anything})


@app.get("/items", tags=["all"])
def items():
    """The items."""
    return tuple(catalog.ITEMS.values())


@app.get("/categories/{category}", tags=["all"])
def items_of(category: Category):
    """The items of a category."""
    groups: dict[str, list] = {}
    for one in catalog.ITEMS.values():
        groups.setdefault(one["category"], []).append(one)
    return groups[category]


@app.get("/health", tags=["all"])
def health():
    """Health."""
    return {"status": "ok"}


@app.get("/", tags=["all"])
def root():
    """Root."""
    return {"message": "Hello World"}
