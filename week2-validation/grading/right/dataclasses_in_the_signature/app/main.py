from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Body, FastAPI, HTTPException, Query
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter, ValidationError

from app.schemas import ProductIn, UserIn
from app.store import Store

app = FastAPI()
products, people = Store(), {}
whole = TypeAdapter(ProductIn)


@app.exception_handler(RequestValidationError)
def refuse(request, error):
    names = {str(entry["loc"][-1]) for entry in error.errors() if entry["loc"]}
    return JSONResponse({"detail": "not valid: " + ", ".join(sorted(names))}, 422)


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/products", status_code=201)
def create(product: ProductIn):
    new = products.add(asdict(product))
    return JSONResponse(new, status_code=201, headers={"Location": f"http://127.0.0.1:8000/products/{new['id']}"})


@app.get("/products")
def search(
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    offset: Annotated[int, Query(ge=0)] = 0,
    q: str = "",
    min_price: float = 0.0,
    max_price: float = 10_000.0,
    tag: Annotated[tuple[str, ...], Query()] = (),
):
    if not min_price <= max_price:
        raise HTTPException(422, "The bounds cross")
    found = [
        product
        for product in products.all()
        if q.lower() in product["name"].lower()
        and min_price <= product["price"] <= max_price
        and set(tag).issubset(product["tags"])
    ]
    return found[offset:][:limit]


def existing(product_id: int):
    product = products.get(product_id)
    if not product:
        raise HTTPException(404, "Product not found")
    return product


@app.get("/products/{product_id}")
def read(product_id: int):
    return existing(product_id)


@app.put("/products/{product_id}")
def put(product_id: int, product: ProductIn):
    existing(product_id)
    return products.replace(product_id, asdict(product))


@app.patch("/products/{product_id}")
def patch(product_id: int, changes: Annotated[dict[str, Any], Body()]):
    old = existing(product_id)
    old.pop("id")
    try:
        new = whole.validate_python({**old, **changes})
    except ValidationError as error:
        raise HTTPException(422, [entry["msg"] for entry in error.errors()])
    return products.replace(product_id, asdict(new))


@app.delete("/products/{product_id}", status_code=204)
def delete(product_id: int):
    existing(product_id)
    products.remove(product_id)


@app.post("/users", status_code=201)
def join(user: UserIn):
    if user.email in people:
        raise HTTPException(409, "Email in use")
    people[user.email] = {"id": len(people) + 1, "name": user.name, "email": user.email, "age": user.age}
    return people[user.email]


@app.get("/users")
def everybody():
    return [*people.values()]


@app.get("/users/{user_id}")
def somebody(user_id: int):
    for person in people.values():
        if person["id"] == user_id:
            return person
    raise HTTPException(404, "Nobody")
