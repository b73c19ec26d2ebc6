import os
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import asyncpg
from fastapi import Depends, FastAPI, HTTPException, Path as PathParam, Query, Request, Response
from pydantic import AfterValidator, BaseModel

FOLDER = Path(__file__).resolve().parents[1]


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1, max_size=8) as pool:
        async with pool.acquire() as connection:
            await connection.execute((FOLDER / "schema" / "01_create_tables.sql").read_text("utf-8"))
            if not await connection.fetchval("SELECT EXISTS (SELECT FROM resources) OR EXISTS (SELECT FROM referrals)"):
                await connection.execute((FOLDER / "schema" / "02_seed_data.sql").read_text("utf-8"))
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


async def pool(request: Request) -> asyncpg.Pool:
    return request.app.state.pool


Pool = Annotated[asyncpg.Pool, Depends(pool)]


def filled(text: str) -> str:
    assert text.strip(), "must not be blank"
    return text


class Resource(BaseModel):
    name: Annotated[str, AfterValidator(filled)]
    category: Annotated[str, AfterValidator(filled)]
    address: str | None = None
    contact_email: str | None = None


class Referral(BaseModel):
    family_name: str
    referral_date: date
    notes: str | None = None


@app.get("/health")
async def health(pool: Pool):
    await pool.fetchval("SELECT 1")
    return {"status": "ok", "database": "ok"}


@app.get("/resources")
async def list_resources(pool: Pool, category: Annotated[str | None, Query()] = None, q: Annotated[str | None, Query()] = None):
    sql, values = "SELECT id, name, category, address, contact_email FROM resources", []
    where = []
    if category is not None:
        values.append(category)
        where.append(f"category = ${len(values)}")
    if q is not None:
        values.append(q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_"))
        where.append(f"name ILIKE '%' || ${len(values)} || '%'")
    if where:
        sql += " WHERE " + " AND ".join(where)
    return [dict(row) for row in await pool.fetch(sql + " ORDER BY id", *values)]


@app.get("/resources/{resource_id}")
async def read(pool: Pool, resource_id: Annotated[int, PathParam()]):
    row = await pool.fetchrow("SELECT * FROM resources WHERE id = $1", resource_id)
    if not row:
        raise HTTPException(404, "Resource not found")
    return dict(row)


@app.post("/resources")
async def create(pool: Pool, resource: Resource, response: Response):
    async with pool.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(
            "INSERT INTO resources (name, category, address, contact_email) VALUES ($1, $2, $3, $4) RETURNING *",
            *resource.model_dump().values(),
        )
    response.status_code = 201
    return dict(row)


@app.put("/resources/{resource_id}")
async def replace(pool: Pool, resource_id: int, resource: Resource):
    row = await pool.fetchrow(
        "UPDATE resources SET name = $2, category = $3, address = $4, contact_email = $5 WHERE id = $1 RETURNING *",
        resource_id,
        *resource.model_dump().values(),
    )
    if not row:
        raise HTTPException(404, "Resource not found")
    return dict(row)


@app.delete("/resources/{resource_id}")
async def delete(pool: Pool, resource_id: int):
    try:
        done = await pool.execute("DELETE FROM resources WHERE id = $1", resource_id)
    except asyncpg.ForeignKeyViolationError:
        raise HTTPException(409, "Referrals point here")
    if done == "DELETE 0":
        raise HTTPException(404, "Resource not found")
    return Response(status_code=204)


@app.post("/resources/{resource_id}/referrals", status_code=201)
async def refer(pool: Pool, resource_id: int, referral: Referral):
    try:
        row = await pool.fetchrow(
            "INSERT INTO referrals (family_name, resource_id, referral_date, notes) VALUES ($1, $2, $3, $4) RETURNING *",
            referral.family_name,
            resource_id,
            referral.referral_date,
            referral.notes,
        )
    except asyncpg.ForeignKeyViolationError:
        raise HTTPException(404, "Resource not found")
    return dict(row)


@app.get("/referrals")
async def list_referrals(pool: Pool):
    rows = await pool.fetch(
        "SELECT f.*, (SELECT r.name FROM resources r WHERE r.id = f.resource_id) AS resource_name FROM referrals f ORDER BY f.id"
    )
    return [dict(row) for row in rows]
