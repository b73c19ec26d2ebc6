"""The warehouse: knows what is in stock, and handles the orders of the store (provided, nothing to do here)."""

from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

from app import errors, work
from app.database import create_tables, writing
from app.streams import ORDERS, REPLIES
from app.warehouse.models import Item
from app.warehouse.orders import handle_order


class Stock(BaseModel):
    """How many pieces of a product are in stock."""

    quantity: int = Field(ge=0, le=1_000_000)


@asynccontextmanager
async def lifespan(app: FastAPI):
    """Start the work that goes on beside the requests."""
    create_tables()
    work.start(work.sending(REPLIES), work.receiving(ORDERS, "warehouse", handle_order))
    yield


app = FastAPI(title="Warehouse", lifespan=lifespan)
errors.install(app)


# Task 1 is already done.
@app.get("/")
def read_root():
    return {"service": "warehouse"}


@app.put("/stock/{product}")
def set_stock(product: str, stock: Stock):
    """Set how many pieces of a product are in stock."""
    with writing() as session:
        session.merge(Item(product=product, quantity=stock.quantity))
    return {"product": product, "quantity": stock.quantity}


@app.get("/stock/{product}")
def read_stock(product: str):
    """Return how many pieces of a product are in stock."""
    with writing() as session:
        item = session.get(Item, product)
    if item is None:
        raise HTTPException(404, "There is no such product")
    return {"product": item.product, "quantity": item.quantity}
