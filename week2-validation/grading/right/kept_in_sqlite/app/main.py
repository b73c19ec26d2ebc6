import json
import sqlite3
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from app import store
from app.schemas import ProductIn, ProductPatch, UserIn, UserOut

app = FastAPI()


@app.exception_handler(RequestValidationError)
async def without_input(request: Request, error: RequestValidationError):
    if not request.url.path.startswith("/users"):
        return await request_validation_exception_handler(request, error)
    return JSONResponse({"detail": f"{len(error.errors())} fields are not valid"}, 422)


@app.get("/health")
def health():
    return {"status": "ok"}


def one(product_id: int) -> dict:
    found = store.rows("SELECT * FROM products WHERE id = ?", product_id)
    if not found:
        raise HTTPException(404, "Product not found")
    return store.product(found[0])


@app.post("/products")
def create_product(product: ProductIn, request: Request):
    sql = "INSERT INTO products (name, price, tags, description) VALUES (?, ?, ?, ?)"
    _, key, _ = store.run(sql, product.name, product.price, json.dumps(product.tags), product.description)
    location = request.url_for("read_product", product_id=key)
    return JSONResponse(one(key), 201, {"Location": str(location)})


@app.get("/products")
def list_products(
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    offset: Annotated[int, Query(ge=0)] = 0,
    q: str | None = None,
    min_price: float | None = None,
    max_price: float | None = None,
    tag: Annotated[list[str] | None, Query()] = None,
):
    if min_price is not None and max_price is not None and min_price > max_price:
        raise HTTPException(422, "min_price is above max_price")
    where, values = ["1"], []
    if q:
        where.append("instr(lower(name), lower(?))")
        values.append(q)
    if min_price is not None:
        where.append("price >= ?")
        values.append(min_price)
    if max_price is not None:
        where.append("price <= ?")
        values.append(max_price)
    for word in tag or []:
        where.append("EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)")
        values.append(word)
    sql = f"SELECT * FROM products WHERE {' AND '.join(where)} ORDER BY id LIMIT ? OFFSET ?"
    return [store.product(row) for row in store.rows(sql, *values, limit, offset)]


@app.get("/products/{product_id}")
def read_product(product_id: int):
    return one(product_id)


@app.put("/products/{product_id}")
def replace_product(product_id: int, product: ProductIn):
    sql = "UPDATE products SET name = ?, price = ?, tags = ?, description = ? WHERE id = ?"
    store.run(sql, product.name, product.price, json.dumps(product.tags), product.description, product_id)
    return one(product_id)


@app.patch("/products/{product_id}")
def change_product(product_id: int, changes: ProductPatch):
    one(product_id)
    for name, value in changes.model_dump(exclude_unset=True).items():
        value = json.dumps(value) if name == "tags" else value
        store.run(f"UPDATE products SET {name} = ? WHERE id = ?", value, product_id)
    return one(product_id)


@app.delete("/products/{product_id}", status_code=204)
def delete_product(product_id: int):
    if not store.run("DELETE FROM products WHERE id = ?", product_id)[2]:
        raise HTTPException(404, "Product not found")


@app.post("/users", status_code=201, response_model=UserOut)
def create_user(user: UserIn):
    try:
        sql = "INSERT INTO users (name, email, age) VALUES (?, ?, ?)"
        _, key, _ = store.run(sql, user.name, user.email, user.age)
    except sqlite3.IntegrityError:
        raise HTTPException(409, "This email is taken") from None
    return {**user.model_dump(), "id": key}


@app.get("/users", response_model=list[UserOut])
def list_users():
    return store.rows("SELECT * FROM users ORDER BY id")


@app.get("/users/{user_id}", response_model=UserOut)
def read_user(user_id: int):
    if not (found := store.rows("SELECT * FROM users WHERE id = ?", user_id)):
        raise HTTPException(404, "User not found")
    return found[0]
