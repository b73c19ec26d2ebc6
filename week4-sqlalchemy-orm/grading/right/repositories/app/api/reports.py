from fastapi import APIRouter

from app.api.resources import Unit
from app.dto import referral_dict

router = APIRouter()


@router.get("/referrals")
def referrals(unit: Unit):
    return [
        {**referral_dict(each), "resource": {"id": each.resource.id, "name": each.resource.name}}
        for each in unit.referrals.all()
    ]


@router.get("/reports/categories")
def categories(unit: Unit):
    return [dict(row) for row in unit.resources.counts()]
