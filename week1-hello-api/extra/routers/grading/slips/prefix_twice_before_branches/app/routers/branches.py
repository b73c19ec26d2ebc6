"""The branches of the library."""

from fastapi import APIRouter

# TODO 3: give the router the prefix /branches and the tag branches.
router = APIRouter()


@router.get("")
def list_branches():
    """List the branches."""
    # TODO 3: return all branches.
    raise NotImplementedError("TODO 3: return all branches")


@router.get("/{code}")
def read_branch(code: str):
    """Return one branch."""
    # TODO 3: return the branch with this code.
    raise NotImplementedError("TODO 3: return the branch with this code")
