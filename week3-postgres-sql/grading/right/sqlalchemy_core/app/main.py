import os
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

from fastapi import FastAPI, HTTPException
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, constr
from sqlalchemy import MetaData, Table, create_engine, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

engine = create_engine(os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg2://"), pool_size=5, max_overflow=5)
meta = MetaData()


def run(path):
    with engine.begin() as connection:
        connection.exec_driver_sql((Path(__file__).parents[1] / path).read_text().replace("%", "%%"))


@asynccontextmanager
async def lifespan(app):
    run("schema/01_create_tables.sql")
    with engine.connect() as connection:
        empty = not connection.scalar(text("SELECT count(*) FROM resources, LATERAL (SELECT 1) x"))
    if empty:
        run("schema/02_seed_data.sql")
    meta.reflect(engine, only=["resources", "referrals"])
    yield


app = FastAPI(lifespan=lifespan)
Text = constr(strip_whitespace=True, min_length=1)


class ResourceIn(BaseModel):
    name: Text
    category: Text
    address: str | None = None
    contact_email: str | None = None


class ReferralIn(BaseModel):
    family_name: str
    referral_date: date
    notes: str | None = None


def resources() -> Table:
    return meta.tables["resources"]


@app.exception_handler(SQLAlchemyError)
async def sorry(request, error):
    return PlainTextResponse("Sorry", 500)


@app.get("/health")
def health():
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return {"status": "ok", "database": "ok"}


@app.get("/resources")
def list_resources(category: str | None = None, q: str | None = None):
    table = resources()
    query = select(table).order_by(table.c.id)
    if category is not None:
        query = query.where(table.c.category == category)
    if q is not None:
        query = query.where(func.lower(table.c.name).contains(q.lower(), autoescape=True))
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def answer(statement):
    with engine.begin() as connection:
        row = connection.execute(statement).mappings().first()
    if row is None:
        raise HTTPException(404, "Resource not found")
    return dict(row)


@app.get("/resources/{number}")
def read(number: int):
    return answer(select(resources()).where(resources().c.id == number))


@app.post("/resources", status_code=201)
def create(body: ResourceIn):
    return answer(insert(resources()).values(**body.model_dump()).returning(resources()))


@app.put("/resources/{number}")
def replace(number: int, body: ResourceIn):
    table = resources()
    return answer(update(table).where(table.c.id == number).values(**body.model_dump()).returning(table))


@app.delete("/resources/{number}", status_code=204)
def remove(number: int):
    table = resources()
    try:
        answer(delete(table).where(table.c.id == number).returning(table.c.id))
    except IntegrityError:
        raise HTTPException(409, "in use")


@app.post("/resources/{number}/referrals", status_code=201)
def refer(number: int, body: ReferralIn):
    table = meta.tables["referrals"]
    try:
        return answer(insert(table).values(resource_id=number, **body.model_dump()).returning(table))
    except IntegrityError:
        raise HTTPException(404, "unknown")


@app.get("/referrals")
def referrals():
    table, other = meta.tables["referrals"], resources()
    query = select(table, other.c.name.label("resource_name")).join(other).order_by(table.c.id)
    with engine.connect() as connection:
        return connection.execute(query).mappings().all()
