from fastapi import APIRouter
from sqlalchemy import text

from app.core.database import engine

router = APIRouter()


@router.get("/health")
def health():
    with engine.begin() as connection:
        connection.execute(text("SELECT 1"))
    return {"status": "ok", "database": "ok"}
