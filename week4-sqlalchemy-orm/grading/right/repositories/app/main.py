"""Puts the parts together."""

from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.api import health, reports, resources
from app.core.database import engine
from app.models import Base


@asynccontextmanager
async def lifespan(app: FastAPI):
    Base.metadata.create_all(engine)
    yield
    engine.dispose()


app = FastAPI(lifespan=lifespan)
for router in (health.router, resources.router, reports.router):
    app.include_router(router)
