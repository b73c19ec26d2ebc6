"""CommunityBridge."""


from typing import Annotated

from fastapi import FastAPI, HTTPException, Query
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

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

app = FastAPI()
Base.metadata.create_all(engine)
GONE = HTTPException(404, "Resource not found")


@app.get("/health")
def health():
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return {"status": "ok", "database": "ok"}


@app.post("/resources", response_model=ResourceOut, status_code=201)
def create_resource(new: ResourceIn, session: SessionDep):
    made = session.execute(insert(Resource).values(**new.model_dump()).returning(Resource)).scalar_one()
    answer = ResourceOut.model_validate(made)
    session.commit()
    return answer


@app.get("/resources", response_model=ResourcePage)
def list_resources(
    session: SessionDep,
    category: str | None = None,
    q: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0)] = 0,
):
    conditions = [Resource.category == category] if category is not None else []
    conditions += [Resource.name.icontains(q, autoescape=True)] if q is not None else []
    found = select(Resource).where(*conditions)
    return {
        "total": session.execute(found.with_only_columns(func.count(), maintain_column_froms=True)).scalar_one(),
        "items": session.scalars(found.order_by(Resource.id).fetch(limit).offset(offset)).all(),
    }


@app.get("/resources/{resource_id}", response_model=ResourceWithReferrals)
def read_resource(resource_id: int, session: SessionDep):
    found = select(Resource).options(joinedload(Resource.referrals)).where(Resource.id == resource_id)
    resource = session.scalars(found).unique().one_or_none()
    if resource is None:
        raise GONE
    return resource


@app.patch("/resources/{resource_id}", response_model=ResourceOut)
def change_resource(resource_id: int, change: ResourceChange, session: SessionDep):
    values = change.model_dump(exclude_unset=True) or {"id": resource_id}
    changed = session.execute(
        update(Resource).where(Resource.id == resource_id).values(values).returning(Resource)
    ).scalar_one_or_none()
    if changed is None:
        raise GONE
    session.commit()
    return changed


@app.delete("/resources/{resource_id}", status_code=204)
def delete_resource(resource_id: int, session: SessionDep):
    if session.scalar(delete(Resource).where(Resource.id == resource_id).returning(Resource.id)) is None:
        raise GONE
    session.commit()


@app.post("/resources/{resource_id}/referrals", response_model=ReferralOut, status_code=201)
def create_referral(resource_id: int, new: ReferralIn, session: SessionDep):
    # No look beforehand: the foreign key knows.
    try:
        made = session.scalars(insert(Referral).values(resource_id=resource_id, **new.model_dump()).returning(Referral)).one()
        answer = ReferralOut.model_validate(made)
        session.commit()
    except IntegrityError:
        raise GONE from None
    return answer


@app.get("/referrals", response_model=list[ReferralWithResource])
def list_referrals(session: SessionDep):
    pairs = session.execute(select(Referral, Resource).join(Resource, Referral.resource_id == Resource.id).order_by(Referral.id))
    return [
        {**ReferralOut.model_validate(referral).model_dump(), "resource": {"id": resource.id, "name": resource.name}}
        for referral, resource in pairs
    ]


@app.get("/reports/categories", response_model=list[CategoryCount])
def report(session: SessionDep):
    sent = select(func.count(Referral.id)).where(Referral.resource_id == Resource.id).correlate(Resource).scalar_subquery()
    each = select(Resource.category, sent.label("sent")).subquery()
    return session.execute(
        select(each.c.category, func.count().label("resources"), func.sum(each.c.sent).label("referrals"))
        .group_by(each.c.category)
        .order_by(each.c.category)
    ).all()
