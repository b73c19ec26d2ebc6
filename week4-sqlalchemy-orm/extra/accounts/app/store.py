"""The tables of users and recipes (provided). A row is a dict; a row that does not exist is None."""

import os
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from app import settings

TABLES = """
CREATE TABLE IF NOT EXISTS users (
    id SERIAL PRIMARY KEY, name TEXT NOT NULL UNIQUE, password_hash TEXT NOT NULL, role TEXT NOT NULL DEFAULT 'member'
);
CREATE TABLE IF NOT EXISTS recipes (
    id SERIAL PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, owner TEXT NOT NULL REFERENCES users (name)
)
"""
DATABASE_URL = os.environ.get("DATABASE_URL", "")
if not DATABASE_URL:
    raise RuntimeError("DATABASE_URL is not set. `python -m classroom run` starts the app with a database.")

engine = create_engine(DATABASE_URL)
with engine.begin() as connection:
    connection.execute(text(TABLES))


class NameTaken(Exception):
    """Somebody else has this name."""


def add_user(name: str, password_hash: str) -> dict[str, Any]:
    """Store a new user and return it; raise NameTaken if there is one with this name."""
    role = "editor" if name in settings.EDITORS else "member"
    sql = "INSERT INTO users (name, password_hash, role) VALUES (:name, :password_hash, :role) RETURNING *"
    try:
        return _rows(sql, name=name, password_hash=password_hash, role=role)[0]
    except IntegrityError:
        raise NameTaken(name) from None


def find_user(name: str) -> dict[str, Any] | None:
    """Return the user with this name: id, name, password_hash and role."""
    return _first("SELECT * FROM users WHERE name = :name", name=name)


def all_users() -> list[dict[str, Any]]:
    """Return all users by name."""
    return _rows("SELECT * FROM users ORDER BY name")


def set_role(name: str, role: str) -> dict[str, Any] | None:
    """Change the role of a user and return the user."""
    return _first("UPDATE users SET role = :role WHERE name = :name RETURNING *", name=name, role=role)


def add_recipe(title: str, text: str, owner: str) -> dict[str, Any]:
    """Store a new recipe and return it: id, title, text and owner, which is the name of a user."""
    sql = "INSERT INTO recipes (title, text, owner) VALUES (:title, :text, :owner) RETURNING *"
    return _rows(sql, title=title, text=text, owner=owner)[0]


def find_recipe(recipe_id: int) -> dict[str, Any] | None:
    """Return the recipe with this id."""
    return _first("SELECT * FROM recipes WHERE id = :id", id=recipe_id)


def all_recipes() -> list[dict[str, Any]]:
    """Return all recipes by id."""
    return _rows("SELECT * FROM recipes ORDER BY id")


def change_recipe(recipe_id: int, title: str, text: str) -> dict[str, Any] | None:
    """Change a recipe and return it."""
    sql = "UPDATE recipes SET title = :title, text = :text WHERE id = :id RETURNING *"
    return _first(sql, id=recipe_id, title=title, text=text)


def delete_recipe(recipe_id: int) -> None:
    """Delete a recipe."""
    _rows("DELETE FROM recipes WHERE id = :id RETURNING id", id=recipe_id)


def _rows(sql: str, **values: Any) -> list[dict[str, Any]]:
    with engine.begin() as connection:
        return [dict(row) for row in connection.execute(text(sql), values).mappings()]


def _first(sql: str, **values: Any) -> dict[str, Any] | None:
    found = _rows(sql, **values)
    return found[0] if found else None
