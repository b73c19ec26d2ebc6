"""CommunityBridge."""


from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query, Response
from sqlalchemy import func, select, text
from sqlalchemy.orm import selectinload

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


@asynccontextmanager
async def lifespan(app):
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


@app.get("/health")
async def health():
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
    return {"status": "ok", "database": "ok"}


async def found(session, resource_id, *options):
    resource = await session.get(Resource, resource_id, options=options)
    if resource is None:
        raise HTTPException(404)
    return resource


@app.post("/resources", status_code=201)
async def create_resource(new: ResourceIn, session: SessionDep) -> ResourceOut:
    resource = Resource(**new.model_dump())
    session.add(resource)
    await session.commit()
    return resource


@app.get("/resources")
async def list_resources(
    session: SessionDep,
    category: str | None = None,
    q: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> ResourcePage:
    where = []
    if category is not None:
        where.append(Resource.category == category)
    if q is not None:
        where.append(Resource.name.icontains(q, autoescape=True))
    total = await session.scalar(select(func.count(Resource.id)).where(*where))
    items = await session.scalars(select(Resource).where(*where).order_by(Resource.id).limit(limit).offset(offset))
    return ResourcePage(total=total, items=items.all())


@app.get("/resources/{resource_id}")
async def read_resource(resource_id: int, session: SessionDep) -> ResourceWithReferrals:
    return await found(session, resource_id, selectinload(Resource.referrals))


@app.patch("/resources/{resource_id}")
async def change_resource(resource_id: int, change: ResourceChange, session: SessionDep) -> ResourceOut:
    resource = await found(session, resource_id)
    for name in change.model_fields_set:
        setattr(resource, name, getattr(change, name))
    await session.commit()
    return resource


@app.delete("/resources/{resource_id}")
async def delete_resource(resource_id: int, session: SessionDep):
    await session.delete(await found(session, resource_id))
    await session.commit()
    return Response(status_code=204)


@app.post("/resources/{resource_id}/referrals", status_code=201)
async def create_referral(resource_id: int, new: ReferralIn, session: SessionDep) -> ReferralOut:
    await found(session, resource_id)
    referral = Referral(resource_id=resource_id, **new.model_dump())
    session.add(referral)
    await session.commit()
    return referral


@app.get("/referrals")
async def list_referrals(session: SessionDep) -> list[ReferralWithResource]:
    listed = await session.scalars(select(Referral).options(selectinload(Referral.resource)).order_by(Referral.id))
    return listed.all()


@app.get("/reports/categories")
async def report(session: SessionDep) -> list[CategoryCount]:
    counts = (
        select(
            Resource.category,
            func.count(func.distinct(Resource.id)).label("resources"),
            func.count(Referral.id).label("referrals"),
        )
        .join(Referral, isouter=True)
        .group_by(Resource.category)
        .order_by(Resource.category)
    )
    return (await session.execute(counts)).all()
