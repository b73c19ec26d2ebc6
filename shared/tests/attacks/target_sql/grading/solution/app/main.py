import os

import psycopg2
from fastapi import FastAPI

app = FastAPI()
URL = os.environ["DATABASE_URL"]


def run(sql, *values):
    connection = psycopg2.connect(URL)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


run("CREATE TABLE IF NOT EXISTS notes (id serial PRIMARY KEY, text text NOT NULL)")


@app.get("/")
def hello():
    return {"message": "hello"}


@app.get("/add/{text}")
def add(text: str):
    run("INSERT INTO notes (text) VALUES (%s)", text)
    return {"notes": [row[0] for row in run("SELECT text FROM notes ORDER BY id")]}
