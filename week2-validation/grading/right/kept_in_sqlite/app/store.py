import json
import sqlite3
import threading

lock = threading.Lock()
db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
db.row_factory = sqlite3.Row
db.executescript("""
CREATE TABLE products (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, price REAL, tags TEXT, description TEXT);
CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, email TEXT UNIQUE COLLATE NOCASE, age INTEGER);
""")


def run(sql, *values):
    with lock:
        cursor = db.execute(sql, values)
        rows = [dict(row) for row in cursor.fetchall()]
        return rows, cursor.lastrowid, cursor.rowcount


def rows(sql, *values):
    return run(sql, *values)[0]


def product(row):
    return {**row, "tags": json.loads(row["tags"])}
