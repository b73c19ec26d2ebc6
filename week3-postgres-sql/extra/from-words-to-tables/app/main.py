"""Says whether the database is there (provided, nothing to do here): your work is in schema/ and queries/."""

import os

import psycopg2
from fastapi import FastAPI

app = FastAPI(title="Academy")


@app.get("/health")
def read_health():
    """Ask the database for the sum of 1 and 1."""
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 + 1")
            return {"database": "ok" if cursor.fetchone() == (2,) else "strange"}
    finally:
        connection.close()
