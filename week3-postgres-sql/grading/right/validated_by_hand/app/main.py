import datetime
import os
from pathlib import Path

import psycopg2
from fastapi import Body, FastAPI, HTTPException
from psycopg2.extras import NamedTupleCursor

app = FastAPI()


def connect():
    return psycopg2.connect(os.environ["DATABASE_URL"], cursor_factory=NamedTupleCursor)


def ask(sql, values=None):
    connection = connect()
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return [row._asdict() for row in cursor.fetchall()] if cursor.description else []
    finally:
        connection.close()


@app.on_event("startup")
def start():
    folder = Path(__file__).absolute().parent.parent / "schema"
    ask((folder / "01_create_tables.sql").read_text())
    if not ask("SELECT 1 AS one FROM resources") and not ask("SELECT 1 AS one FROM referrals"):
        ask((folder / "02_seed_data.sql").read_text())


def invalid(what):
    raise HTTPException(422, what)


def resource_of(body):
    if not isinstance(body, dict):
        invalid("an object, please")
    for field in ("name", "category"):
        value = body.get(field)
        if not isinstance(value, str) or not value.strip():
            invalid(field)
    for field in ("address", "contact_email"):
        if body.get(field) is not None and not isinstance(body[field], str):
            invalid(field)
    return body["name"], body["category"], body.get("address"), body.get("contact_email")


@app.get("/health")
def health():
    ask("SELECT 1 AS one")
    return {"status": "ok", "database": "ok"}


@app.get("/resources")
def get_resources(category: str = None, q: str = None):
    rows = ask("SELECT * FROM resources ORDER BY id ASC")
    if category is not None:
        rows = [row for row in rows if row["category"] == category]
    if q is not None:
        rows = [row for row in rows if q.casefold() in row["name"].casefold()]
    return rows


@app.get("/resources/{resource_id}")
def get_resource(resource_id: int):
    rows = ask("SELECT * FROM resources WHERE id = %(id)s", {"id": resource_id})
    if not rows:
        raise HTTPException(404, "Resource not found")
    return rows[0]


@app.post("/resources", status_code=201)
def post_resource(body=Body()):
    values = resource_of(body)
    return ask("INSERT INTO resources (name, category, address, contact_email) VALUES %s RETURNING *", (values,))[0]


@app.put("/resources/{resource_id}")
def put_resource(resource_id: int, body=Body()):
    values = resource_of(body)
    get_resource(resource_id)
    ask("UPDATE resources SET name=%s, category=%s, address=%s, contact_email=%s WHERE id=%s", (*values, resource_id))
    return get_resource(resource_id)


@app.delete("/resources/{resource_id}", status_code=204)
def delete_resource(resource_id: int):
    get_resource(resource_id)
    if ask("SELECT 1 AS one FROM referrals WHERE resource_id = %s LIMIT 1", (resource_id,)):
        raise HTTPException(409, "Please move its referrals first")
    ask("DELETE FROM resources WHERE id = %s", (resource_id,))


@app.post("/resources/{resource_id}/referrals", status_code=201)
def post_referral(resource_id: int, body: dict):
    family = body.get("family_name")
    if not isinstance(family, str):
        invalid("family_name")
    try:
        day = datetime.date.fromisoformat(body.get("referral_date"))
    except (TypeError, ValueError):
        invalid("referral_date")
    get_resource(resource_id)
    return ask(
        "INSERT INTO referrals VALUES (DEFAULT, %s, %s, %s, %s) RETURNING *",
        (family, resource_id, day, body.get("notes")),
    )[0]


@app.get("/referrals")
def get_referrals():
    names = {row["id"]: row["name"] for row in ask("SELECT * FROM resources")}
    return [{**row, "resource_name": names[row["resource_id"]]} for row in ask("SELECT * FROM referrals ORDER BY id")]
