"""CommunityBridge."""


from fastapi import FastAPI, HTTPException, Query, Response
from sqlalchemy import text

from app.database import SessionDep, engine
from app.models import Base
from app.schemas import ReferralIn, ResourceChange, ResourceIn

app = FastAPI()
Base.metadata.create_all(engine)
SHOWN = "id, name, category, address, contact_email"


@app.get("/health")
def health():
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return {"status": "ok", "database": "ok"}


def one(session, resource_id):
    row = session.execute(text(f"SELECT {SHOWN} FROM resources WHERE id = :id"), {"id": resource_id}).mappings().first()
    if row is None:
        raise HTTPException(404, "Resource not found")
    return dict(row)


@app.post("/resources", status_code=201)
def create_resource(new: ResourceIn, session: SessionDep):
    insert = text(
        "INSERT INTO resources (name, category, address, contact_email)"
        f" VALUES (:name, :category, :address, :contact_email) RETURNING {SHOWN}"
    )
    row = dict(session.execute(insert, new.model_dump()).mappings().one())
    session.commit()
    return row


@app.get("/resources")
def list_resources(session: SessionDep, category: str | None = None, q: str | None = None, limit: int = Query(20, ge=1, le=100), offset: int = Query(0, ge=0)):
    where = (
        " FROM resources WHERE (CAST(:category AS text) IS NULL OR category = :category)"
        " AND (CAST(:q AS text) IS NULL OR position(lower(:q) in lower(name)) > 0)"
    )
    values = {"category": category, "q": q, "limit": limit, "offset": offset}
    total = session.execute(text("SELECT count(*)" + where), values).scalar_one()
    items = session.execute(text(f"SELECT {SHOWN} {where} ORDER BY id LIMIT :limit OFFSET :offset"), values).mappings()
    return {"total": total, "items": [dict(item) for item in items]}


@app.get("/resources/{resource_id}")
def read_resource(resource_id: int, session: SessionDep):
    resource = one(session, resource_id)
    of = text(
        "SELECT id, family_name, referral_date, notes FROM referrals WHERE resource_id = :id ORDER BY referral_date, id"
    )
    resource["referrals"] = [dict(row) for row in session.execute(of, {"id": resource_id}).mappings()]
    return resource


@app.patch("/resources/{resource_id}")
def change_resource(resource_id: int, change: ResourceChange, session: SessionDep):
    one(session, resource_id)
    values = change.model_dump(exclude_unset=True)
    if values:
        places = ", ".join(f"{name} = :{name}" for name in values)
        session.execute(text(f"UPDATE resources SET {places} WHERE id = :id"), {**values, "id": resource_id})
        session.commit()
    return one(session, resource_id)


@app.delete("/resources/{resource_id}")
def delete_resource(resource_id: int, session: SessionDep):
    session.execute(text("DELETE FROM referrals WHERE resource_id = :id"), {"id": resource_id})
    if not session.execute(text("DELETE FROM resources WHERE id = :id"), {"id": resource_id}).rowcount:
        raise HTTPException(404, "Resource not found")
    session.commit()
    return Response(status_code=204)


@app.post("/resources/{resource_id}/referrals", status_code=201)
def create_referral(resource_id: int, new: ReferralIn, session: SessionDep):
    one(session, resource_id)
    insert = text(
        "INSERT INTO referrals (family_name, resource_id, referral_date, notes)"
        " VALUES (:family_name, :resource_id, :referral_date, :notes) RETURNING *"
    )
    row = dict(session.execute(insert, {**new.model_dump(), "resource_id": resource_id}).mappings().one())
    session.commit()
    return row


@app.get("/referrals")
def list_referrals(session: SessionDep):
    listed = session.execute(
        text(
            "SELECT f.id, f.family_name, f.referral_date, f.notes, r.id AS resource_id, r.name"
            " FROM referrals f JOIN resources r ON r.id = f.resource_id ORDER BY f.id"
        )
    ).mappings()
    return [
        {
            **{name: row[name] for name in ("id", "family_name", "referral_date", "notes")},
            "resource": {"id": row["resource_id"], "name": row["name"]},
        }
        for row in listed
    ]


@app.get("/reports/categories")
def report(session: SessionDep):
    counts = session.execute(
        text(
            "SELECT category, count(*) AS resources,"
            " CAST(sum((SELECT count(*) FROM referrals f WHERE f.resource_id = r.id)) AS integer) AS referrals"
            " FROM resources r GROUP BY category ORDER BY category"
        )
    )
    return [dict(row) for row in counts.mappings()]
