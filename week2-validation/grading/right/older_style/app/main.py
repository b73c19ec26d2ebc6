from typing import List, Optional

from fastapi import FastAPI, HTTPException, Query
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from app.schemas import ProductIn, ProductPatch, UserIn, UserOut

app = FastAPI()

db = []
user_db = []
next_id = 1


@app.exception_handler(RequestValidationError)
async def validation_exception_handler(request, exc):
    messages = [".".join(str(part) for part in e["loc"]) + ": " + e["type"] for e in exc.errors()]
    return JSONResponse(status_code=422, content={"detail": messages})


@app.get("/health")
def health():
    return {"status": "ok"}


def find(product_id):
    for index, product in enumerate(db):
        if product["id"] == product_id:
            return index
    raise HTTPException(status_code=404, detail="Product not found")


@app.post("/products")
def create_product(product: ProductIn):
    global next_id
    new = {"id": next_id}
    new.update(product.dict())
    next_id += 1
    db.append(new)
    return JSONResponse(status_code=201, content=new, headers={"Location": "/products/%d" % new["id"]})


@app.get("/products")
def list_products(
    limit: int = Query(10, gt=0, le=100),
    offset: int = Query(0, ge=0),
    q: Optional[str] = Query(None),
    min_price: Optional[float] = Query(None),
    max_price: Optional[float] = Query(None),
    tag: Optional[List[str]] = Query(None),
):
    if min_price is not None and max_price is not None:
        if min_price > max_price:
            return JSONResponse(status_code=422, content={"detail": "min_price > max_price"})
    result = []
    for p in db:
        if q and p["name"].lower().find(q.lower()) == -1:
            continue
        if min_price is not None and p["price"] < min_price:
            continue
        if max_price is not None and p["price"] > max_price:
            continue
        if tag:
            missing = False
            for t in tag:
                if t not in p["tags"]:
                    missing = True
            if missing:
                continue
        result.append(p)
    return result[offset : offset + limit]


@app.get("/products/{product_id}")
def read_product(product_id: int):
    return db[find(product_id)]


@app.put("/products/{product_id}")
def put_product(product_id: int, product: ProductIn):
    index = find(product_id)
    db[index] = {"id": product_id, **product.dict()}
    return db[index]


@app.patch("/products/{product_id}")
def patch_product(product_id: int, product: ProductPatch):
    index = find(product_id)
    db[index].update(product.dict(exclude_unset=True))
    return db[index]


@app.delete("/products/{product_id}", status_code=204)
def delete_product(product_id: int):
    db.pop(find(product_id))


@app.post("/users", response_model=UserOut, status_code=201)
def create_user(user: UserIn):
    for u in user_db:
        if u.email.lower() == user.email.lower():
            raise HTTPException(status_code=409, detail="Email already exists")
    user_db.append(user)
    return {"id": len(user_db), **user.dict()}


@app.get("/users", response_model=List[UserOut])
def list_users():
    return [{"id": i + 1, **u.dict()} for i, u in enumerate(user_db)]


@app.get("/users/{user_id}", response_model=UserOut)
def read_user(user_id: int):
    if user_id < 1 or user_id > len(user_db):
        raise HTTPException(status_code=404, detail="User not found")
    return {"id": user_id, **user_db[user_id - 1].dict()}
