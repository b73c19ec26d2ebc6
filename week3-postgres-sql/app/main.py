"""CommunityBridge: places that help, and the families that are sent to them."""

import traceback
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg2
from fastapi import FastAPI, Request
from pydantic import BaseModel

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
    # TODO 10: what does a stranger need to know, and what is nobody's business?
    raise NotImplementedError("TODO 10: answer for a database that failed (the terminal shows what it said)")


class ResourceIn(BaseModel):
    """What a client sends to create or to replace a resource."""

    # TODO 6: the four fields; name and category may be neither empty nor blank


class ReferralIn(BaseModel):
    """What a client sends to refer a family to a resource."""

    # TODO 9: the three fields; notes may be left out


@app.get("/health")
def health():
    """Answer once the database has answered (provided)."""
    with get_connection() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"status": "ok", "database": "ok"}


@app.get("/resources")
def list_resources(category: str | None = None, q: str | None = None):
    """List the resources by id: all of them, or those of a category, or those with `q` in their name."""
    # TODO 5: % and _ in q stand for themselves; where category and q are both given, both must hold
    raise NotImplementedError("TODO 5: list the resources")


@app.get("/resources/{resource_id}")
def read_resource(resource_id: int):
    """Answer one resource."""
    # TODO 5: where there is none: 404 with the detail "Resource not found"
    raise NotImplementedError("TODO 5: answer the resource with this id")


@app.post("/resources")
def create_resource(resource: ResourceIn):
    """Store a new resource."""
    # TODO 6: 201 with the row as it is stored, once it is stored for good
    raise NotImplementedError("TODO 6: store the resource")


@app.put("/resources/{resource_id}")
def replace_resource(resource_id: int, resource: ResourceIn):
    """Replace one resource as a whole."""
    # TODO 7: this row and no other; 200 with the new row, or 404
    raise NotImplementedError("TODO 7: replace the resource")


@app.delete("/resources/{resource_id}")
def delete_resource(resource_id: int):
    """Delete one resource that no referral points to."""
    # TODO 8: 204, or 404, or 409 while referrals point to it
    raise NotImplementedError("TODO 8: delete the resource")


@app.post("/resources/{resource_id}/referrals")
def create_referral(resource_id: int, referral: ReferralIn):
    """Refer a family to a resource."""
    # TODO 9: 201 with the row as it is stored, or 404 where there is no such resource
    raise NotImplementedError("TODO 9: store the referral")


@app.get("/referrals")
def list_referrals():
    """List all referrals by id, each with the name of its resource."""
    # TODO 9: id, family_name, resource_id, resource_name, referral_date, notes
    raise NotImplementedError("TODO 9: list the referrals")
