from dataclasses import asdict, dataclass
from enum import Enum
from typing import Annotated, Literal

from fastapi import FastAPI, HTTPException, Path

from app.catalog import ITEMS


class Tag(Enum):
    service = "service"
    shop = "shop"


@dataclass
class Status:
    status: str


@dataclass(order=True)
class Item:
    price: float
    id: int
    name: str
    category: Literal["food", "stationery", "tech"]


store = [Item(**item) for item in ITEMS.values()]
app = FastAPI(generate_unique_id_function=lambda route: route.name)


@app.api_route("/", methods=["GET"], tags=[Tag.service])
def root() -> dict[str, str]:
    """Hello."""
    return {"message": "Hello World"}


@app.get("/health", tags=[Tag.service])
def health() -> Status:
    """Health."""
    return Status(status="ok")


@app.get("/items", tags=[Tag.shop])
def items() -> list[Item]:
    """Items."""
    return store


@app.get("/items/cheapest", tags=[Tag.shop])
def cheapest() -> Item:
    """The cheapest item."""
    return min(store)


@app.get("/items/{no}", tags=[Tag.shop])
def item(number: Annotated[int, Path(alias="no")]):
    """An item."""
    for one in store:
        if one.id == number:
            return asdict(one)
    raise HTTPException(404, detail="Item not found")


@app.get("/categories/{category}", tags=[Tag.shop])
def category(category: Annotated[Literal["food", "stationery", "tech"], Path()]) -> list[Item]:
    """A category."""
    return [one for one in store if one.category == category]
