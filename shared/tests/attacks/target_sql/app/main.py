import os

import psycopg2
from fastapi import FastAPI

app = FastAPI()
URL = os.environ["DATABASE_URL"]


@app.get("/")
def hello():
    return {"message": "hello"}
