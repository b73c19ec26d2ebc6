"""CommunityBridge: places that help, and the families that are sent to them."""

import traceback
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import psycopg2
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from psycopg2.errors import ForeignKeyViolation
from pydantic import BaseModel, StringConstraints

from app import errors
from app.db import get_connection

FOLDER = Path(__file__).resolve().parent.parent


def run_file(path: str) -> None:
    """Run a .sql file; where it fails, print what the database says and go on (provided)."""
    with get_connection() as connection, connection.cursor() as cursor:
        try:
            cursor.execute((FOLDER / path).read_text(encoding="utf-8-sig"))
            connection.commit()
        except (psycopg2.Error, OSError) as error:
            # psycopg2 has a word of its own for a file that holds nothing but comments.
            if str(error) != "can't execute an empty query":
                print(f"{path}: {error}")


def tables_are_empty() -> bool:
    """Say whether both tables are there and hold no row (provided)."""
    with get_connection() as connection, connection.cursor() as cursor:
        try:
            cursor.execute("SELECT 1 FROM resources UNION ALL SELECT 1 FROM referrals LIMIT 1")
            return cursor.fetchone() is None
        except psycopg2.Error:
            return False


@asynccontextmanager
async def lifespan(app: FastAPI):
    """Make the tables before the first request, and fill them while they are empty (provided)."""
    run_file("schema/01_create_tables.sql")
    if tables_are_empty():
        run_file("schema/02_seed_data.sql")
    yield


app = FastAPI(title="CommunityBridge", lifespan=lifespan)
errors.install(app)


@app.exception_handler(psycopg2.Error)
def database_failed(request: Request, error: psycopg2.Error):
    """Answer a request in which the database refused a statement and no route caught it."""
    traceback.print_exception(error)  # (provided) for you, in the terminal
    return JSONResponse({"detail": "This did not work. Nothing was changed, please try again."}, status_code=503)


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class ResourceIn(BaseModel):
    """What a client sends to create or to replace a resource."""

    name: Text
    category: Text
    address: str | None = None
    contact_email: str | None = None


class ReferralIn(BaseModel):
    """What a client sends to refer a family to a resource."""

    family_name: Text
    referral_date: date
    notes: str | None = None


@app.get("/health")
def health():
    """Answer once the database has answered (provided)."""
    with get_connection() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"status": "ok", "database": "ok"}


@app.get("/resources")
def list_resources(category: str | None = None, q: str | None = None):
    """List the resources by id: all of them, or those of a category, or those with `q` in their name."""
    statement = "SELECT id, name, category, address, contact_email FROM resources WHERE true"
    values = []
    if category is not None:
        statement += " AND category = %s"
        values.append(category)
    if q is not None:
        # strpos knows no wildcards, so % and _ are letters like any other.
        statement += " AND strpos(lower(name), lower(%s)) > 0"
        values.append(q)
    statement += " ORDER BY id"
    with get_connection() as connection, connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


@app.get("/resources/{resource_id}")
def read_resource(resource_id: int):
    """Answer one resource."""
    with get_connection() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, name, category, address, contact_email FROM resources WHERE id = %s",
            (resource_id,),
        )
        found = cursor.fetchone()
    if found is None:
        raise HTTPException(404, "Resource not found")
    return found


@app.post("/resources", status_code=201)
def create_resource(resource: ResourceIn):
    """Store a new resource."""
    with get_connection() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO resources (name, category, address, contact_email)"
            " VALUES (%s, %s, %s, %s)"
            " RETURNING id, name, category, address, contact_email",
            (resource.name, resource.category, resource.address, resource.contact_email),
        )
        created = cursor.fetchone()
        connection.commit()
    return created


@app.put("/resources/{resource_id}")
def replace_resource(resource_id: int, resource: ResourceIn):
    """Replace one resource as a whole."""
    with get_connection() as connection, connection.cursor() as cursor:
        cursor.execute(
            "UPDATE resources SET name = %s, category = %s, address = %s, contact_email = %s"
            " WHERE id = %s"
            " RETURNING id, name, category, address, contact_email",
            (resource.name, resource.category, resource.address, resource.contact_email, resource_id),
        )
        replaced = cursor.fetchone()
        connection.commit()
    if replaced is None:
        raise HTTPException(404, "Resource not found")
    return replaced


@app.delete("/resources/{resource_id}", status_code=204)
def delete_resource(resource_id: int):
    """Delete one resource that no referral points to."""
    with get_connection() as connection, connection.cursor() as cursor:
        try:
            cursor.execute("DELETE FROM resources WHERE id = %s", (resource_id,))
        except ForeignKeyViolation:
            # The foreign key guards this even when a referral arrives at the same moment; a look beforehand would not.
            raise HTTPException(409, "Referrals point to this resource") from None
        deleted = cursor.rowcount
        connection.commit()
    if deleted == 0:
        raise HTTPException(404, "Resource not found")


@app.post("/resources/{resource_id}/referrals", status_code=201)
def create_referral(resource_id: int, referral: ReferralIn):
    """Refer a family to a resource."""
    with get_connection() as connection, connection.cursor() as cursor:
        try:
            cursor.execute(
                "INSERT INTO referrals (family_name, resource_id, referral_date, notes)"
                " VALUES (%s, %s, %s, %s)"
                " RETURNING id, family_name, resource_id, referral_date, notes",
                (referral.family_name, resource_id, referral.referral_date, referral.notes),
            )
        except ForeignKeyViolation:
            raise HTTPException(404, "Resource not found") from None
        created = cursor.fetchone()
        connection.commit()
    return created


@app.get("/referrals")
def list_referrals():
    """List all referrals by id, each with the name of its resource."""
    with get_connection() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT referrals.id, referrals.family_name, referrals.resource_id, resources.name AS resource_name,"
            " referrals.referral_date, referrals.notes"
            " FROM referrals JOIN resources ON resources.id = referrals.resource_id"
            " ORDER BY referrals.id"
        )
        return cursor.fetchall()
