"""A small shop: it accepts what is valid, and rejects the rest."""

from typing import Annotated

from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from app import errors
from app.schemas import ProductIn, ProductPatch, UserIn, UserOut
from app.store import products, users

app = FastAPI(title="A small shop")
errors.install(app)  # (provided) an unfinished task returns 501


@app.exception_handler(RequestValidationError)
def refuse(request: Request, error: RequestValidationError):
    # FastAPI's own 422 has an `input` in each entry: what was sent, or the whole body if a field is missing.
    detail = [{"loc": entry["loc"], "msg": entry["msg"], "type": entry["type"]} for entry in error.errors()]
    return JSONResponse({"detail": detail}, status_code=422)


@app.get("/health")
def health():
    """Say that the app is up. (provided)"""
    return {"status": "ok"}


@app.post("/products", status_code=201)
def create_product(product: ProductIn, response: Response):
    """Create a product."""
    created = products.add(product.model_dump())
    response.headers["Location"] = f"/products/{created['id']}"
    return created


@app.get("/products")
def list_products(
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    offset: Annotated[int, Query(ge=0)] = 0,
    q: str | None = None,
    min_price: float | None = None,
    max_price: float | None = None,
    tag: Annotated[list[str], Query()] = [],  # without Query(), FastAPI looks for a list in the body
):
    """List the products."""
    if min_price is not None and max_price is not None and min_price > max_price:
        raise HTTPException(422, "min_price is above max_price")
    found = products.all()
    if q is not None:
        found = [product for product in found if q.lower() in product["name"].lower()]
    if min_price is not None:
        found = [product for product in found if product["price"] >= min_price]
    if max_price is not None:
        found = [product for product in found if product["price"] <= max_price]
    found = [product for product in found if set(tag) <= set(product["tags"])]
    return found[offset : offset + limit]


@app.get("/products/{product_id}")
def read_product(product_id: int):
    """Return one product."""
    product = products.get(product_id)
    if product is None:
        raise HTTPException(404, "Product not found")
    return product


@app.put("/products/{product_id}")
def replace_product(product_id: int, product: ProductIn):
    """Replace a product."""
    replaced = products.replace(product_id, product.model_dump())
    if replaced is None:
        raise HTTPException(404, "Product not found")
    return replaced


@app.patch("/products/{product_id}")
def change_product(product_id: int, changes: ProductPatch):
    """Change part of a product."""
    product = products.get(product_id)
    if product is None:
        raise HTTPException(404, "Product not found")
    # exclude_unset leaves out what was not sent, and keeps a null that was sent.
    return products.replace(product_id, {**product, **changes.model_dump(exclude_unset=True)})


@app.delete("/products/{product_id}", status_code=204)
def delete_product(product_id: int):
    """Delete a product."""
    if not products.remove(product_id):
        raise HTTPException(404, "Product not found")


@app.post("/users", status_code=201, response_model=UserOut)
def create_user(user: UserIn):
    """Create a user."""
    if any(other["email"].lower() == user.email.lower() for other in users.all()):
        raise HTTPException(409, "This email is taken")
    # Nothing here needs the password again, so it is not even stored.
    return users.add(user.model_dump(exclude={"password"}))


@app.get("/users", response_model=list[UserOut])
def list_users():
    """List the users."""
    return users.all()


@app.get("/users/{user_id}", response_model=UserOut)
def read_user(user_id: int):
    """Return one user."""
    user = users.get(user_id)
    if user is None:
        raise HTTPException(404, "User not found")
    return user
