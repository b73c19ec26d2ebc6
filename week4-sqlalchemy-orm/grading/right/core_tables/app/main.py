"""CommunityBridge."""


import datetime
from typing import Annotated

from fastapi import Body, Depends, FastAPI, HTTPException, Query
from pydantic import BaseModel
from sqlalchemy import Connection, func, select, text

from app.database import engine, transaction
from app.models import metadata, referrals, resources

app = FastAPI()
metadata.create_all(engine)
Db = Annotated[Connection, Depends(transaction, scope="function")]


@app.get("/health")
def health():
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return {"status": "ok", "database": "ok"}


class NewResource(BaseModel):
    name: str
    category: str
    address: str | None = None
    contact_email: str | None = None


def row_of(db, resource_id):
    row = db.execute(select(resources).where(resources.c.id == resource_id)).mappings().one_or_none()
    if row is None:
        raise HTTPException(404)
    return dict(row)


@app.post("/resources", status_code=201)
def create(new: NewResource, db: Db):
    made = db.execute(resources.insert().values(**new.model_dump()).returning(resources))
    return dict(made.mappings().one())


@app.get("/resources")
def page(db: Db, category: str = None, q: str = None, limit: int = Query(20, ge=1, le=100), offset: int = Query(0, ge=0)):
    wanted = select(resources)
    if category:
        wanted = wanted.where(resources.c.category == category)
    if q:
        wanted = wanted.where(resources.c.name.icontains(q, autoescape=True))
    rows = db.execute(wanted.order_by(resources.c.id)).mappings().all()
    return {"total": len(rows), "items": [dict(row) for row in rows[offset : offset + limit]]}


@app.get("/resources/{key}")
def one(key: int, db: Db):
    found = row_of(db, key)
    of = select(referrals).where(referrals.c.resource_id == key).order_by(referrals.c.referral_date, referrals.c.id)
    found["referrals"] = [dict(row) for row in db.execute(of).mappings()]
    return found


@app.patch("/resources/{key}")
def change(key: int, change: Annotated[dict, Body()], db: Db):
    before = row_of(db, key)
    known = {name: change[name] for name in ("name", "category", "address", "contact_email") if name in change}
    for name, value in known.items():
        if not (isinstance(value, str) or (value is None and name in ("address", "contact_email"))):
            raise HTTPException(422, f"{name} is not valid")
    if known:
        db.execute(resources.update().where(resources.c.id == key).values(**known))
    return before | known


@app.delete("/resources/{key}", status_code=204)
def delete(key: int, db: Db):
    row_of(db, key)
    db.execute(resources.delete().where(resources.c.id == key))


class NewReferral(BaseModel):
    family_name: str
    referral_date: datetime.date
    notes: str | None = None


@app.post("/resources/{key}/referrals", status_code=201)
def refer(key: int, new: NewReferral, db: Db):
    row_of(db, key)
    made = db.execute(referrals.insert().values(resource_id=key, **new.model_dump()).returning(referrals))
    return dict(made.mappings().one())


@app.get("/referrals")
def all_referrals(db: Db):
    names = dict(db.execute(select(resources.c.id, resources.c.name)).tuples().all())
    return [
        {**row, "resource": {"id": row["resource_id"], "name": names[row["resource_id"]]}}
        for row in db.execute(select(referrals).order_by(referrals.c.id)).mappings()
    ]


@app.get("/reports/categories")
def report(db: Db):
    counts = (
        select(
            resources.c.category,
            func.count(resources.c.id.distinct()).label("resources"),
            func.count(referrals.c.id).label("referrals"),
        )
        .select_from(resources.outerjoin(referrals))
        .group_by(resources.c.category)
        .order_by(resources.c.category)
    )
    return [dict(row) for row in db.execute(counts).mappings()]
