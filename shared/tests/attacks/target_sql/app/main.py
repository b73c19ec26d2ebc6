import os

import psycopg2  # noqa: F401 - for what the attacks add
from fastapi import FastAPI

app = FastAPI()
URL = os.environ["DATABASE_URL"]


@app.get("/")
def hello():
    """Answer a greeting."""
    return {"message": "hello"}
