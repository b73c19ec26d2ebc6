from pathlib import Path

import psycopg2
from fastapi import APIRouter

from app.db import get_connection

router = APIRouter()
ROOT = Path(__file__).resolve().parent.parent


def prepare():
    for name, needed in (("01_create_tables", True), ("02_seed_data", None)):
        with get_connection() as connection, connection, connection.cursor() as cursor:
            if needed is None:
                cursor.execute("SELECT count(*) AS n FROM (SELECT id FROM resources UNION ALL SELECT id FROM referrals) t")
                if cursor.fetchone()["n"]:
                    return
            try:
                cursor.execute((ROOT / "schema" / f"{name}.sql").read_text(encoding="utf-8"))
            except psycopg2.Error as error:
                print(name, error)
                connection.rollback()


@router.get("/health")
def health():
    with get_connection() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"status": "ok", "database": "ok"}
