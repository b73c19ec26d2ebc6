import json
import re

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

app = FastAPI()
PRODUCTS: dict = {}
USERS: dict = {}
LAST = {"product": 0, "user": 0}


class Refusal(Exception):
    def __init__(self, status, detail):
        self.status, self.detail = status, detail


@app.exception_handler(Refusal)
async def refusal(request: Request, error: Refusal):
    return JSONResponse({"detail": error.detail}, status_code=error.status)


def need(condition, what):
    if not condition:
        raise Refusal(422, what)


async def body_of(request, known, required):
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise Refusal(422, "The body is not JSON")
    need(isinstance(body, dict), "The body is not an object")
    for name in required:
        need(name in body, f"{name} is missing")
    if known:
        for name in body:
            need(name in known, f"{name} is not known")
    return body


def number(text, what, low=None, high=None, kind=int):
    try:
        value = kind(text)
    except ValueError:
        raise Refusal(422, f"{what} is not a number")
    need(low is None or value >= low, f"{what} is too small")
    need(high is None or value <= high, f"{what} is too large")
    return value


def checked(body):
    clean = {}
    if "name" in body:
        need(isinstance(body["name"], str), "name is no text")
        clean["name"] = body["name"].strip(" ")
        need(1 <= len(clean["name"]) <= 100, "name has 1 to 100 characters")
    if "price" in body:
        price = body["price"]
        need(isinstance(price, (int, float)) and not isinstance(price, bool), "price is no number")
        need(0 < price <= 10000, "price is above 0 and at most 10000")
        need(len(str(price).partition(".")[2].rstrip("0")) <= 2, "price has at most two decimals")
        clean["price"] = price
    if "tags" in body:
        tags = body["tags"]
        need(isinstance(tags, list) and len(tags) <= 5, "tags is a list of at most five")
        for tag in tags:
            need(isinstance(tag, str) and re.fullmatch("[a-z0-9-]{1,20}", tag), "a tag is a word")
            need(tags.count(tag) == 1, "a tag comes once")
        clean["tags"] = tags
    if "description" in body:
        text = body["description"]
        need(text is None or (isinstance(text, str) and len(text) <= 1000), "description has at most 1000 characters")
        clean["description"] = text
    return clean


FIELDS = ("name", "price", "tags", "description")


def product_at(text):
    product = PRODUCTS.get(number(text, "id"))
    if product is None:
        raise Refusal(404, "Product not found")
    return product


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/products")
async def create(request: Request):
    values = checked(await body_of(request, FIELDS, ("name", "price")))
    LAST["product"] += 1
    product = {"id": LAST["product"], "tags": [], "description": None} | values
    PRODUCTS[product["id"]] = product
    return JSONResponse(product, 201, {"location": str(request.url_for("read", key=product["id"]))})


@app.get("/products")
async def search(request: Request):
    asked = request.query_params
    limit = number(asked.get("limit", "10"), "limit", 1, 100)
    offset = number(asked.get("offset", "0"), "offset", 0)
    low = number(asked["min_price"], "min_price", kind=float) if "min_price" in asked else None
    high = number(asked["max_price"], "max_price", kind=float) if "max_price" in asked else None
    need(low is None or high is None or low <= high, "min_price is above max_price")
    tests = []
    if "q" in asked:
        tests.append(lambda product: asked["q"].upper() in product["name"].upper())
    if low is not None:
        tests.append(lambda product: product["price"] >= low)
    if high is not None:
        tests.append(lambda product: product["price"] <= high)
    for tag in asked.getlist("tag"):
        tests.append(lambda product, tag=tag: tag in product["tags"])
    page = []
    for product in PRODUCTS.values():
        if not all(test(product) for test in tests):
            continue
        if offset:
            offset -= 1
        elif len(page) < limit:
            page.append(product)
    return page


@app.get("/products/{key}")
async def read(key):
    return product_at(key)


@app.put("/products/{key}")
async def put(key, request: Request):
    product = product_at(key)
    values = checked(await body_of(request, FIELDS, ("name", "price")))
    PRODUCTS[product["id"]] = {"id": product["id"], "tags": [], "description": None} | values
    return PRODUCTS[product["id"]]


@app.patch("/products/{key}")
async def patch(key, request: Request):
    product = product_at(key)
    product.update(checked(await body_of(request, FIELDS, ())))
    return product


@app.delete("/products/{key}")
async def delete(key):
    del PRODUCTS[product_at(key)["id"]]
    return Response(status_code=204)


def email_ok(email):
    return isinstance(email, str) and re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", email)


@app.post("/users")
async def create_user(request: Request):
    body = await body_of(request, None, ("name", "email", "age", "password"))
    name, email, age, password = (body[field] for field in ("name", "email", "age", "password"))
    need(isinstance(name, str) and 1 <= len(name) <= 100, "name has 1 to 100 characters")
    need(email_ok(email), "email is something@domain.tld")
    need(type(age) is int and 1 <= age <= 120, "age is 1 to 120")
    need(isinstance(password, str) and 8 <= len(password) <= 128, "password has 8 to 128 characters")
    if any(user["email"].lower() == email.lower() for user in USERS.values()):
        raise Refusal(409, "This email is taken")
    LAST["user"] += 1
    USERS[LAST["user"]] = {"id": LAST["user"], "name": name, "email": email, "age": age}
    return JSONResponse(USERS[LAST["user"]], 201)


@app.get("/users")
async def everybody():
    return list(USERS.values())


@app.get("/users/{key}")
async def user_at(key):
    if (user := USERS.get(number(key, "id"))) is None:
        raise Refusal(404, "User not found")
    return user
