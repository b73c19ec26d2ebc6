from enum import StrEnum

from fastapi import APIRouter

from ..catalog import ITEMS


class Category(StrEnum):
    """The shelves of the shop."""

    food = "food"
    stationery = "stationery"
    tech = "tech"


router = APIRouter()


@router.get("/{category}")
async def shelf(category: Category) -> list[dict]:
    """What stands on one shelf."""
    return [item for item in ITEMS.values() if item["category"] == category]
