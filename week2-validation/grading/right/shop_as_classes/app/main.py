from typing import Annotated

from fastapi import Depends, FastAPI, Query
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response

from app.schemas import ProductIn, ProductPatch, UserIn
from app.shop import Clash, NotFound, Shop

app = FastAPI()
SHOP = Shop()


def the_shop() -> Shop:
    return SHOP


TheShop = Annotated[Shop, Depends(the_shop)]


def envelope(status, detail):
    return JSONResponse({"detail": detail, "error": {"code": status}}, status)


@app.exception_handler(NotFound)
def not_found(request, error):
    return envelope(404, str(error))


@app.exception_handler(Clash)
def clash(request, error):
    return envelope(409, str(error))


@app.exception_handler(RequestValidationError)
def not_valid(request, error):
    return envelope(422, {"fields": [{"place": e["loc"], "why": e["type"]} for e in error.errors()]})


class Filter:
    def __init__(
        self,
        q: str = "",
        min_price: float | None = None,
        max_price: float | None = None,
        tag: Annotated[list[str] | None, Query()] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 10,
        offset: Annotated[int, Query(ge=0)] = 0,
    ):
        if min_price is not None and max_price is not None and min_price > max_price:
            raise RequestValidationError([{"loc": ("query", "min_price"), "type": "above_max_price"}])
        self.q, self.low, self.high = q.lower(), min_price or 0, 10000 if max_price is None else max_price
        self.tags, self.limit, self.offset = tag or [], limit, offset

    def __call__(self, product):
        fits = self.q in product.name.lower() and self.low <= product.price <= self.high
        return fits and all(tag in product.tags for tag in self.tags)


@app.get("/health")
async def health():
    return {"status": "ok", "version": 1}


@app.post("/products", status_code=201)
def create(body: ProductIn, shop: TheShop, response: Response):
    product = shop.add(**body.model_dump())
    response.headers["Location"] = "/products/" + str(product.id)
    return product


@app.get("/products")
def search(shop: TheShop, wanted: Annotated[Filter, Depends()]):
    return list(filter(wanted, shop.products))[wanted.offset : wanted.offset + wanted.limit]


@app.api_route("/products/{product_id}", methods=["GET"])
def read(product_id: int, shop: TheShop):
    return shop.get(product_id)


@app.put("/products/{product_id}")
def put(product_id: int, body: ProductIn, shop: TheShop):
    return shop.put(product_id, **body.model_dump())


@app.patch("/products/{product_id}")
def patch(product_id: int, body: ProductPatch, shop: TheShop):
    return shop.change(product_id, **{name: getattr(body, name) for name in body.model_fields_set})


@app.delete("/products/{product_id}", response_class=Response, status_code=204)
def delete(product_id: int, shop: TheShop):
    shop.drop(product_id)


@app.post("/users", status_code=201)
def register(body: UserIn, shop: TheShop):
    return shop.register(**dict(body)).public()


@app.get("/users")
def everybody(shop: TheShop):
    return [user.public() for user in shop.users]


@app.get("/users/{user_id}")
def somebody(user_id: int, shop: TheShop):
    return shop.user(user_id).public()
