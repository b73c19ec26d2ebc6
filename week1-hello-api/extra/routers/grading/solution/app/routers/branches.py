"""The branches of the library."""

from fastapi import APIRouter

from app import library

router = APIRouter(prefix="/branches", tags=["branches"])


@router.get("")
def list_branches():
    """List the branches."""
    return library.all_branches()


@router.get("/{code}")
def read_branch(code: str):
    """Return one branch."""
    return library.find_branch(code)
