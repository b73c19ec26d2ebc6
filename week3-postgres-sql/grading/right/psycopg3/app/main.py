import datetime
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
from fastapi import FastAPI, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, field_validator

from app.db import get_connection

HERE = Path(__file__).parent.parent


def prepare():
    with get_connection() as conn:
        conn.execute((HERE / "schema/01_create_tables.sql").read_text())
        count = conn.execute("select (select count(*) from resources) + (select count(*) from referrals) as n").fetchone()
        if count["n"] == 0:
            conn.execute((HERE / "schema/02_seed_data.sql").read_text())


@asynccontextmanager
async def lifespan(app):
    prepare()
    yield


app = FastAPI(lifespan=lifespan)


@app.exception_handler(psycopg.Error)
def failed(request, error):
    return JSONResponse({"detail": "something went wrong"}, 500)


class ResourceIn(BaseModel):
    name: str = Field(min_length=1, max_length=200)
    category: str = Field(min_length=1, max_length=200)
    address: str | None = None
    contact_email: str | None = None

    @field_validator("name", "category")
    @classmethod
    def not_blank(cls, value):
        if not value.strip():
            raise ValueError("may not be blank")
        return value


class ReferralIn(BaseModel):
    family_name: str
    referral_date: datetime.date
    notes: str | None = None


@app.get("/health")
def health():
    with get_connection() as conn:
        conn.execute("SELECT 1")
    return {"status": "ok", "database": "ok"}


@app.get("/resources")
def resources(category: str | None = None, q: str | None = None):
    with get_connection() as conn:
        return conn.execute(
            """
            SELECT * FROM resources
            WHERE (%(category)s::text IS NULL OR category = %(category)s)
              AND (%(q)s::text IS NULL OR position(lower(%(q)s) in lower(name)) > 0)
            ORDER BY id
            """,
            {"category": category, "q": q},
        ).fetchall()


def one(sql, values):
    with get_connection() as conn:
        row = conn.execute(sql, values).fetchone()
    if row is None:
        raise HTTPException(status_code=404, detail="Resource not found")
    return row


@app.get("/resources/{id}")
def resource(id: int):
    return one("SELECT * FROM resources WHERE id = %s", [id])


@app.post("/resources", status_code=201)
def create(body: ResourceIn):
    return one(
        "INSERT INTO resources (name, category, address, contact_email)"
        " VALUES (%(name)s, %(category)s, %(address)s, %(contact_email)s) RETURNING *",
        body.model_dump(),
    )


@app.put("/resources/{id}")
def replace(id: int, body: ResourceIn):
    return one(
        "UPDATE resources SET (name, category, address, contact_email)"
        " = (%(name)s, %(category)s, %(address)s, %(contact_email)s) WHERE id = %(id)s RETURNING *",
        body.model_dump() | {"id": id},
    )


@app.delete("/resources/{id}", status_code=204)
def delete(id: int):
    try:
        one("DELETE FROM resources WHERE id = %s RETURNING id", [id])
    except psycopg.errors.IntegrityError:
        raise HTTPException(409, "still referred to")


@app.post("/resources/{id}/referrals", status_code=201)
def refer(id: int, body: ReferralIn):
    try:
        return one(
            "INSERT INTO referrals (resource_id, family_name, referral_date, notes) VALUES (%s, %s, %s, %s) RETURNING *",
            [id, body.family_name, body.referral_date, body.notes],
        )
    except psycopg.errors.ForeignKeyViolation:
        raise HTTPException(404, "no such resource")


@app.get("/referrals")
def referrals():
    with get_connection() as conn, conn.cursor() as cur:
        cur.execute(
            "SELECT f.*, r.name AS resource_name FROM referrals f JOIN resources r ON f.resource_id = r.id ORDER BY f.id"
        )
        return list(cur)
