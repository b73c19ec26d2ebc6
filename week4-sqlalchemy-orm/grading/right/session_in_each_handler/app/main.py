"""CommunityBridge."""


from fastapi import FastAPI, HTTPException, Query
from sqlalchemy import func, select, text
from sqlalchemy.orm import joinedload

from app.database import SessionFactory, engine
from app.models import Base, Referral, Resource
from app.schemas import (
    CategoryCount,
    ReferralIn,
    ReferralOut,
    ReferralWithResource,
    ResourceChange,
    ResourceIn,
    ResourceOut,
    ResourcePage,
    ResourceWithReferrals,
)

app = FastAPI()
Base.metadata.create_all(engine)


@app.get("/health")
def health():
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return {"status": "ok", "database": "ok"}


def must(session, resource_id):
    if resource := session.get(Resource, resource_id):
        return resource
    raise HTTPException(404, "Resource not found")


@app.post("/resources", status_code=201)
def create_resource(new: ResourceIn):
    with SessionFactory.begin() as session:
        session.add(resource := Resource(**dict(new)))
        session.flush()
        answer = ResourceOut.model_validate(resource)
    return answer


@app.get("/resources")
def list_resources(category: str | None = None, q: str | None = None, limit: int = Query(20, ge=1, le=100), offset: int = Query(0, ge=0)):
    chosen = select(Resource, func.count().over().label("total"))
    if category is not None:
        chosen = chosen.filter_by(category=category)
    if q is not None:
        chosen = chosen.filter(func.strpos(func.lower(Resource.name), q.lower()) > 0)
    with SessionFactory.begin() as session:
        rows = session.execute(chosen.order_by(Resource.id).limit(limit).offset(offset)).all()
        # The window function has no row to stand in beyond the last page.
        total = rows[0].total if rows else session.scalar(select(func.count()).select_from(chosen.subquery()))
        return ResourcePage(total=total, items=[row[0] for row in rows])


@app.get("/resources/{resource_id}")
def read_resource(resource_id: int):
    with SessionFactory.begin() as session:
        return ResourceWithReferrals.model_validate(must(session, resource_id))


@app.patch("/resources/{resource_id}")
def change_resource(resource_id: int, change: ResourceChange):
    with SessionFactory.begin() as session:
        resource = must(session, resource_id)
        for name, value in change.model_dump(exclude_unset=True).items():
            setattr(resource, name, value)
        answer = ResourceOut.model_validate(resource)
    return answer


@app.delete("/resources/{resource_id}", status_code=204)
def delete_resource(resource_id: int):
    with SessionFactory.begin() as session:
        session.delete(must(session, resource_id))


@app.post("/resources/{resource_id}/referrals", status_code=201)
def create_referral(resource_id: int, new: ReferralIn):
    with SessionFactory.begin() as session:
        resource = must(session, resource_id)
        resource.referrals.append(referral := Referral(**dict(new)))
        session.flush()
        answer = ReferralOut.model_validate(referral)
    return answer


@app.get("/referrals")
def list_referrals() -> list[ReferralWithResource]:
    with SessionFactory.begin() as session:
        listed = session.scalars(select(Referral).options(joinedload("*")).order_by(Referral.id)).unique()
        return [ReferralWithResource.model_validate(referral) for referral in listed]


@app.get("/reports/categories")
def report() -> list[CategoryCount]:
    of = (
        select(Referral.resource_id, func.count().label("number")).group_by(Referral.resource_id).subquery()
    )
    counts = (
        select(
            Resource.category,
            func.count().label("resources"),
            func.coalesce(func.sum(of.c.number), 0).label("referrals"),
        )
        .outerjoin(of, of.c.resource_id == Resource.id)
        .group_by(Resource.category)
        .order_by(Resource.category)
    )
    with SessionFactory() as session:
        return [CategoryCount.model_validate(row) for row in session.execute(counts)]
