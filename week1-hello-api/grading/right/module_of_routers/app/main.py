from fastapi import FastAPI

from .routers import categories, items, service

app = FastAPI()
app.include_router(service.router, tags=["service"])
app.include_router(items.router)
app.include_router(categories.router, prefix="/categories", tags=["categories"])
