from typing import Annotated, List, Optional

from fastapi import APIRouter, Depends, HTTPException, status
from psycopg2 import errorcodes, IntegrityError

from app.models import Referral, ReferralOut, Resource, ResourceOut
from app.repository import Repository, repository

router = APIRouter()
Repo = Annotated[Repository, Depends(repository)]


def found(row):
    if row is None:
        raise HTTPException(status_code=status.HTTP_404_NOT_FOUND, detail="Resource not found")
    return row


@router.get("/", response_model=List[ResourceOut])
def index(repo: Repo, category: Optional[str] = None, q: Optional[str] = None):
    rows = repo.all("SELECT * FROM resources ORDER BY id")
    return [
        row
        for row in rows
        if (category is None or row["category"] == category) and (q is None or q.lower() in row["name"].lower())
    ]


@router.get("/{resource_id}", response_model=ResourceOut)
def show(resource_id: int, repo: Repo):
    return found(repo.first("SELECT * FROM resources WHERE id = %s", resource_id))


@router.post("/", response_model=ResourceOut, status_code=status.HTTP_201_CREATED)
def create(new: Resource, repo: Repo):
    return repo.first(
        "INSERT INTO resources (name, category, address, contact_email) VALUES (%s, %s, %s, %s) RETURNING *",
        new.name,
        new.category,
        new.address,
        new.contact_email,
    )


@router.put("/{resource_id}", response_model=ResourceOut)
def replace(resource_id: int, new: Resource, repo: Repo):
    return found(
        repo.first(
            "UPDATE resources SET name = %s, category = %s, address = %s, contact_email = %s WHERE id = %s RETURNING *",
            new.name,
            new.category,
            new.address,
            new.contact_email,
            resource_id,
        )
    )


@router.delete("/{resource_id}", status_code=status.HTTP_204_NO_CONTENT)
def destroy(resource_id: int, repo: Repo):
    try:
        found(repo.first("DELETE FROM resources WHERE id = %s RETURNING *", resource_id))
    except IntegrityError as error:
        if error.pgcode != errorcodes.FOREIGN_KEY_VIOLATION:
            raise
        raise HTTPException(status_code=status.HTTP_409_CONFLICT, detail="Resource has referrals")


@router.post("/{resource_id}/referrals", response_model=ReferralOut, status_code=status.HTTP_201_CREATED)
def refer(resource_id: int, new: Referral, repo: Repo):
    found(repo.first("SELECT id FROM resources WHERE id = %s", resource_id))
    return repo.first(
        "INSERT INTO referrals (family_name, resource_id, referral_date, notes) VALUES (%s, %s, %s, %s) RETURNING *",
        new.family_name,
        resource_id,
        new.referral_date,
        new.notes,
    )
