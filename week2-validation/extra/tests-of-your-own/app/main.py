"""The parcel desk that your tests are for (provided, read-only).

Start it in this folder with: uvicorn app.main:app --reload
"""

from typing import Annotated, Literal

from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel, Field, StringConstraints

from app.desk import Desk, Parcel
from app.prices import price

Grams = Annotated[int, Field(ge=1, le=20000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]

app = FastAPI(title="Parcel desk")
desk = Desk()


class NewParcel(BaseModel):
    """What a client sends to hand in a parcel."""

    recipient: Name
    grams: Grams
    express: bool = False


class PickUp(BaseModel):
    """What a client sends to pick up a parcel."""

    code: str


def find_parcel(parcel_id: int) -> Parcel:
    """Return a parcel, or end the request with 404."""
    parcel = desk.find(parcel_id)
    if parcel is None:
        raise HTTPException(404, "There is no such parcel")
    return parcel


@app.get("/")
def read_root():
    """Return the desk's name."""
    return {"desk": "Harbor Street"}


@app.get("/price")
def read_price(grams: Grams, express: bool = False):
    """Return what a parcel would cost."""
    return {"grams": grams, "express": express, "cents": price(grams, express=express)}


@app.post("/parcels", status_code=201)
def create_parcel(new: NewParcel, response: Response):
    """Accept a parcel; only this response has its code."""
    parcel = desk.accept(new.recipient, new.grams, express=new.express)
    response.headers["Location"] = f"/parcels/{parcel['id']}"
    return parcel | {"code": desk.codes[parcel["id"]]}


@app.get("/parcels")
def list_parcels(status: Literal["waiting", "picked-up"] | None = None):
    """List the parcels, the oldest first."""
    return desk.with_status(status)


@app.get("/parcels/{parcel_id}")
def read_parcel(parcel_id: int):
    """Return one parcel."""
    return find_parcel(parcel_id)


@app.post("/parcels/{parcel_id}/pick-up")
def pick_up_parcel(parcel_id: int, order: PickUp):
    """Hand a parcel to someone who knows its code."""
    parcel = find_parcel(parcel_id)
    if parcel["status"] == "picked-up":
        raise HTTPException(409, "This parcel was picked up already")
    if order.code != desk.codes[parcel_id]:
        raise HTTPException(403, "This is not the code of the parcel")
    desk.hand_out(parcel_id)
    return parcel
