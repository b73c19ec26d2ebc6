from fastapi import APIRouter

from app.models import ReferralWithName
from app.resources import Repo

router = APIRouter(tags=["referrals"])


@router.get("/referrals", response_model=list[ReferralWithName])
def index(repo: Repo):
    return repo.all(
        "SELECT referrals.*, resources.name AS resource_name FROM resources, referrals"
        " WHERE resources.id = referrals.resource_id ORDER BY referrals.id"
    )
