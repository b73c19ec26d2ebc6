from fastapi import FastAPI, Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from .api import products, users

app = FastAPI(title="Shop", version="2.0")
app.include_router(products.router, prefix="/products", tags=["products"])
app.include_router(users.router, prefix="/users", tags=["users"])


async def not_valid(request: Request, exc: RequestValidationError) -> JSONResponse:
    for error in (errors := exc.errors()):
        error.pop("input", None)
        error.pop("ctx", None)
    return JSONResponse(status_code=status.HTTP_422_UNPROCESSABLE_CONTENT, content={"detail": errors})


app.add_exception_handler(RequestValidationError, not_valid)


@app.get("/health", tags=["health"])
async def health() -> dict[str, str]:
    return {"status": "ok"}
