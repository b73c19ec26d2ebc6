"""The office: what only the staff may see."""

from fastapi import APIRouter, Depends

from app.dependencies import staff_only
from app.inventory import LOST_BADGES, MEMBERS

router = APIRouter(prefix="/office", tags=["office"], dependencies=[Depends(staff_only)])


@router.get("/members")
def list_members():
    """List the names of all members. (provided)"""
    return [member["name"] for member in MEMBERS.values()]


@router.get("/lost-badges")
def list_lost_badges():
    """List the badges that were reported as lost. (provided)"""
    return LOST_BADGES
