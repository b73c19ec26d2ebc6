from enum import Enum

from fastapi import FastAPI, HTTPException, Path
from pydantic import BaseModel, ConfigDict, Field

from app import catalog, errors


class Category(str, Enum):
    FOOD = "food"
    STATIONERY = "stationery"
    TECH = "tech"


class Message(BaseModel):
    message: str


class Health(BaseModel):
    status: str = "ok"


class Item(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: int = Field(ge=1)
    name: str
    price: float = Field(ge=0)
    category: Category


app = FastAPI(title="Shop", version="1.0")
errors.install(app)
STOCK = {number: Item.model_validate(raw) for number, raw in catalog.ITEMS.items()}


@app.get("/", response_model=Message, tags=["misc"])
def root():
    """Hello."""
    return Message(message="Hello World")


@app.get("/health", tags=["misc"])
def health() -> Health:
    """Health."""
    return Health()


@app.get("/items", response_model=list[Item], tags=["items"])
def items():
    """
    Every item.

    They come in the order of their ids.
    """
    return sorted(STOCK.values(), key=lambda item: item.id)


@app.get("/items/cheapest", tags=["items"])
def cheapest() -> Item:
    """The item with the lowest price."""
    lowest = min(item.price for item in STOCK.values())
    return next(item for item in STOCK.values() if item.price == lowest)


@app.get("/items/{id}", response_model=Item, responses={404: {"description": "There is no such item"}}, tags=["items"])
def item(id: int = Path(..., title="The id", ge=1)):
    """One item."""
    if id in STOCK:
        return STOCK[id]
    raise HTTPException(404, "Item not found")


@app.get("/categories/{name}", tags=["items"])
def category(name: Category) -> list[Item]:
    """The items of one category."""
    return [item for item in STOCK.values() if item.category is name]
