from itertools import count, islice
from typing import Annotated

from fastapi import Body, FastAPI, HTTPException, Path, Query, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from app.schemas import Product, ProductIn, User, UserIn

app = FastAPI()
products: dict[int, Product] = {}
users: dict[str, User] = {}
product_ids, user_ids = count(1), count(1)
Id = Annotated[int, Path()]


@app.exception_handler(RequestValidationError)
@app.exception_handler(ValidationError)
def refused(request, error):
    return JSONResponse({"detail": "This is not valid."}, 422)


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/products", status_code=201)
def create(body: ProductIn, response: Response) -> Product:
    number = next(product_ids)
    products[number] = Product(id=number, **body.model_dump())
    response.headers["location"] = f"products/{number}"
    return products[number]


def fits(product: Product, q, low, high, tags) -> bool:
    return (
        (q is None or q.lower() in product.name.lower())
        and (low is None or float(product.price) >= low)
        and (high is None or float(product.price) <= high)
        and product.tags.issuperset(tags)
    )


@app.get("/products")
def search(
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    offset: Annotated[int, Query(ge=0)] = 0,
    q: str | None = None,
    min_price: float | None = None,
    max_price: float | None = None,
    tag: Annotated[set[str], Query()] = frozenset(),
) -> list[Product]:
    if None not in (min_price, max_price) and max_price < min_price:
        raise RequestValidationError([])
    found = (product for product in products.values() if fits(product, q, min_price, max_price, tag))
    return list(islice(found, offset, offset + limit))


def existing(number: int) -> Product:
    try:
        return products[number]
    except KeyError:
        raise HTTPException(404, "Product not found") from None


@app.get("/products/{number}")
def read(number: Id) -> Product:
    return existing(number)


@app.put("/products/{number}")
def put(number: Id, body: ProductIn) -> Product:
    existing(number)
    products[number] = Product(id=number, **body.model_dump())
    return products[number]


@app.patch("/products/{number}")
def patch(number: Id, changes: Annotated[dict, Body()]) -> Product:
    old = existing(number)
    if "id" in changes:
        raise HTTPException(422, "The id stays")
    whole = old.model_dump(exclude={"id"}) | changes
    products[number] = Product(id=number, **ProductIn.model_validate(whole).model_dump())
    return products[number]


@app.delete("/products/{number}", status_code=204)
def delete(number: Id) -> None:
    existing(number)
    del products[number]


@app.post("/users", status_code=201)
def create_user(body: UserIn) -> User:
    key = body.email.casefold()
    if key in users:
        raise HTTPException(409, "This email is taken")
    users[key] = User(id=next(user_ids), **body.model_dump(exclude={"password"}))
    return users[key]


@app.get("/users")
def list_users() -> list[User]:
    return list(users.values())


@app.get("/users/{number}")
def read_user(number: int) -> User:
    for user in users.values():
        if user.id == number:
            return user
    raise HTTPException(404, "User not found")
