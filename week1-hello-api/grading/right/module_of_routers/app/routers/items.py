from fastapi import APIRouter, HTTPException, status

from .. import catalog

router = APIRouter(prefix="/items", tags=["items", "shop"])


@router.get("")
async def every_item() -> list[dict]:
    """All items."""
    return [catalog.ITEMS[key] for key in sorted(catalog.ITEMS)]


@router.get("/cheapest")
async def cheapest() -> dict:
    """The bargain of the day."""
    return sorted(catalog.ITEMS.values(), key=lambda item: (item["price"], item["id"]))[0]


@router.get("/{number}")
async def one_item(number: int) -> dict:
    """One item."""
    try:
        return catalog.ITEMS[number]
    except KeyError:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "Item not found") from None
