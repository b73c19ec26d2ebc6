"""CommunityBridge: places that help, and the families that are referred to them. Week 4, through an ORM."""

from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import errors
from app.database import SessionDep, engine
from app.models import Base, Resource
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

# (provided) Creates the tables that are missing. It never changes a table that exists.
Base.metadata.create_all(engine)


@app.get("/health")
def health() -> dict[str, str]:
    """Return ok once the database has responded (provided)."""
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return {"status": "ok", "database": "ok"}


def find_resource(session: Session, resource_id: int) -> Resource:
    """Return the resource with this id; end the request with 404 if there is none."""
    # TODO 3: look up the resource. To end the request with an error, raise FastAPI's HTTPException.
    raise NotImplementedError("TODO 3: look up a resource by its id")


@app.post("/resources", response_model=ResourceOut)
def create_resource(new: ResourceIn, session: SessionDep):
    """Store a new resource and return it."""
    # TODO 3: store it, and commit before you return it (201).
    raise NotImplementedError("TODO 3: store a resource")


@app.get("/resources", response_model=ResourcePage)
def list_resources(session: SessionDep):
    """List resources, page by page."""
    # TODO 4: category, q, limit and offset are query parameters; total counts all resources that match.
    raise NotImplementedError("TODO 4: list resources")


@app.get("/resources/{resource_id}", response_model=ResourceWithReferrals)
def read_resource(resource_id: int, session: SessionDep):
    """Return one resource, with its referrals."""
    # TODO 3: return the resource, or 404.
    raise NotImplementedError("TODO 3: return a resource")


@app.patch("/resources/{resource_id}", response_model=ResourceOut)
def change_resource(resource_id: int, change: ResourceChange, session: SessionDep):
    """Change only the fields that are sent."""
    # TODO 5: a field that is not sent keeps its value; a field that is sent as null is cleared.
    raise NotImplementedError("TODO 5: change a resource")


@app.delete("/resources/{resource_id}")
def delete_resource(resource_id: int, session: SessionDep) -> None:
    """Delete a resource together with its referrals."""
    # TODO 8: delete all of it or nothing. The response has no body (204).
    raise NotImplementedError("TODO 8: delete a resource")


@app.post("/resources/{resource_id}/referrals", response_model=ReferralOut)
def create_referral(resource_id: int, new: ReferralIn, session: SessionDep):
    """Refer a family to a resource."""
    # TODO 6: store the referral and return it (201), or 404 if there is no such resource.
    raise NotImplementedError("TODO 6: store a referral")


@app.get("/referrals", response_model=list[ReferralWithResource])
def list_referrals(session: SessionDep):
    """List all referrals, each with its resource."""
    # TODO 7: by id, with the same number of SQL statements for two hundred referrals as for one.
    raise NotImplementedError("TODO 7: list referrals")


@app.get("/reports/categories", response_model=list[CategoryCount])
def report_categories(session: SessionDep):
    """Count the resources and referrals of each category."""
    # TODO 9: let the database count, in one statement that returns one row for each category.
    raise NotImplementedError("TODO 9: count by category")
