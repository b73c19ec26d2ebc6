from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Response, status
from pydantic import BaseModel

from ..schemas import ProductIn, ProductPatch
from ..store import products

router = APIRouter()


class ProductOut(ProductIn):
    id: int


class Page(BaseModel):
    limit: int
    offset: int


async def page(limit: int = Query(default=10, ge=1, le=100), offset: int = Query(default=0, ge=0)) -> Page:
    return Page(limit=limit, offset=offset)


async def existing(product_id: int) -> dict:
    if (product := products.get(product_id)) is None:
        raise HTTPException(status_code=status.HTTP_404_NOT_FOUND, detail="Product not found")
    return product


Existing = Annotated[dict, Depends(existing)]


def matching(q: str, low: float, high: float, tags: set[str]) -> Iterator[dict]:
    for product in products.all():
        if q.casefold() not in product["name"].casefold():
            continue
        if not low <= product["price"] <= high or tags - set(product["tags"]):
            continue
        yield product


@router.post("", status_code=status.HTTP_201_CREATED)
async def create(body: ProductIn, response: Response) -> ProductOut:
    product = ProductOut(**products.add(body.model_dump()))
    response.headers["Location"] = f"/products/{product.id}"
    return product


@router.get("")
async def search(
    page: Annotated[Page, Depends(page)],
    q: str = "",
    min_price: float = 0,
    max_price: float = float("inf"),
    tag: Annotated[list[str] | None, Query()] = None,
) -> list[ProductOut]:
    if min_price > max_price:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, "min_price must not be above max_price")
    found = list(matching(q, min_price, max_price, set(tag or ())))
    return [ProductOut(**product) for product in found[page.offset :][: page.limit]]


@router.get("/{product_id}", name="read")
async def read(product: Existing) -> ProductOut:
    return ProductOut(**product)


@router.put("/{product_id}")
async def replace(product: Existing, body: ProductIn) -> ProductOut:
    return ProductOut(**products.replace(product["id"], body.model_dump()))


@router.patch("/{product_id}")
async def change(product: Existing, body: ProductPatch) -> ProductOut:
    changed = ProductIn(**{name: value for name, value in product.items() if name != "id"}).model_copy(
        update=body.model_dump(exclude_unset=True)
    )
    return ProductOut(**products.replace(product["id"], changed.model_dump()))


@router.delete("/{product_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete(product: Existing) -> None:
    products.remove(product["id"])
