"""The office: what only the staff may see."""

from fastapi import APIRouter

from app.inventory import LOST_BADGES, MEMBERS

# TODO 6: let only the staff in.
router = APIRouter(prefix="/office", tags=["office"])


@router.get("/members")
def list_members():
    """List the names of all members. (provided)"""
    return [member["name"] for member in MEMBERS.values()]


@router.get("/lost-badges")
def list_lost_badges():
    """List the badges that were reported as lost. (provided)"""
    return LOST_BADGES
