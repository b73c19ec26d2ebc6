"""CommunityBridge: places that help, and the families that are sent to them. Week 4, through an ORM."""

from typing import Annotated

from fastapi import FastAPI, HTTPException, Query
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, joinedload

from app import errors
from app.database import SessionDep, engine
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

app = FastAPI(title="CommunityBridge")
errors.install(app)

# (provided) Makes the tables that are missing. A table that is there already stays as it is.
Base.metadata.create_all(engine)


@app.get("/health")
def health() -> dict[str, str]:
    """Answer once the database has answered (provided)."""
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return {"status": "ok", "database": "ok"}


def find_resource(session: Session, resource_id: int) -> Resource:
    """Return the resource with this id; the request ends with 404 where there is none."""
    resource = session.get(Resource, resource_id)
    if resource is None:
        raise HTTPException(404, "Resource not found")
    return resource


@app.post("/resources", response_model=ResourceOut, status_code=201)
def create_resource(new: ResourceIn, session: SessionDep):
    """Store a new resource and answer it."""
    resource = Resource(**new.model_dump())
    session.add(resource)
    session.commit()
    return resource


@app.get("/resources", response_model=ResourcePage)
def list_resources(
    session: SessionDep,
    category: str | None = None,
    q: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0)] = 0,
):
    """List resources, page by page."""
    matching = select(Resource)
    if category is not None:
        matching = matching.where(Resource.category == category)
    if q is not None:
        matching = matching.where(Resource.name.icontains(q, autoescape=True))
    total = session.scalar(select(func.count()).select_from(matching.subquery()))
    items = session.scalars(matching.order_by(Resource.id).limit(limit).offset(offset)).all()
    return {"total": total, "items": items}


@app.get("/resources/{resource_id}", response_model=ResourceWithReferrals)
def read_resource(resource_id: int, session: SessionDep):
    """Answer one resource, with its referrals."""
    return find_resource(session, resource_id)


@app.patch("/resources/{resource_id}", response_model=ResourceOut)
def change_resource(resource_id: int, change: ResourceChange, session: SessionDep):
    """Change the fields that are sent, and no others."""
    resource = find_resource(session, resource_id)
    for name, value in change.model_dump(exclude_unset=True).items():
        setattr(resource, name, value)
    session.commit()
    return resource


@app.delete("/resources/{resource_id}", status_code=204)
def delete_resource(resource_id: int, session: SessionDep) -> None:
    """Delete a resource, and its referrals with it."""
    session.delete(find_resource(session, resource_id))
    session.commit()


@app.post("/resources/{resource_id}/referrals", response_model=ReferralOut, status_code=201)
def create_referral(resource_id: int, new: ReferralIn, session: SessionDep):
    """Send a family to a resource."""
    referral = Referral(**new.model_dump(), resource=find_resource(session, resource_id))
    session.add(referral)
    session.commit()
    return referral


@app.get("/referrals", response_model=list[ReferralWithResource])
def list_referrals(session: SessionDep):
    """List all referrals, each with its resource."""
    return session.scalars(select(Referral).options(joinedload(Referral.resource)).order_by(Referral.id)).all()


@app.get("/reports/categories", response_model=list[CategoryCount])
def report_categories(session: SessionDep):
    """Count the resources and the referrals of each category."""
    # A resource with three referrals stands in three rows of the join, so resources are counted by their ids, once each.
    # The join is an outer one: a resource without referrals keeps a row.
    counts = (
        select(
            Resource.category,
            func.count(Resource.id.distinct()).label("resources"),
            func.count(Referral.id).label("referrals"),
        )
        .outerjoin(Resource.referrals)
        .group_by(Resource.category)
        .order_by(Resource.category)
    )
    return session.execute(counts).all()
