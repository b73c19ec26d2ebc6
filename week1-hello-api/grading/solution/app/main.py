"""Hello, API: a small shop that answers over HTTP.

Start it in this week's folder with: uvicorn app.main:app --reload
"""

from typing import Literal

from fastapi import FastAPI, HTTPException

from app import errors
from app.catalog import ITEMS

app = FastAPI(title="Hello, API")
errors.install(app)


@app.get("/", tags=["service"])
def read_root():
    """Say hello."""
    return {"message": "Hello World"}


@app.get("/health", tags=["service"])
def read_health():
    """Say that the app is well."""
    return {"status": "ok"}


# Above /items/{item_id}: FastAPI takes the first endpoint whose path fits, and "cheapest" fits {item_id} too.
@app.get("/items/cheapest", tags=["items"])
def read_cheapest_item():
    """Answer the item with the lowest price, the one with the lower id where two cost the same."""
    # min() keeps the first of equals, and the items stand in the order of their ids.
    return min(ITEMS.values(), key=lambda item: item["price"])


@app.get("/items/{item_id}", tags=["items"])
def read_item(item_id: int):
    """Answer the item with this id, or 404 where there is none."""
    if item_id not in ITEMS:
        raise HTTPException(status_code=404, detail="Item not found")
    return ITEMS[item_id]


@app.get("/items", tags=["items"])
def list_items():
    """List every item, by id."""
    return list(ITEMS.values())


# The type is both the rule and the documentation: another word is refused, and the docs page offers these three.
@app.get("/categories/{category}", tags=["categories"])
def list_category(category: Literal["food", "stationery", "tech"]):
    """List the items of one category, by id."""
    return [item for item in ITEMS.values() if item["category"] == category]
