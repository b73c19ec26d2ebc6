"""Tokens, who is asking, and what they may do."""

import time
from typing import Annotated, Any

import jwt
from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer

from app import settings, store

# (provided) A dependency that returns the token of a request, or ends the request with 401 if there is none.
bearer = OAuth2PasswordBearer(tokenUrl="token")


def make_token(name: str) -> str:
    """Return a token that says who has signed in, and until when."""
    claims = {"sub": name, "exp": int(time.time()) + settings.TOKEN_SECONDS}
    return jwt.encode(claims, settings.SECRET, algorithm="HS256")


def current_user(token: Annotated[str, Depends(bearer)]) -> dict[str, Any]:
    """Return the user whose token the request carries; end the request with 401 if there is none."""
    try:
        claims = jwt.decode(token, settings.SECRET, algorithms=["HS256"], options={"require": ["sub", "exp"]})
    except jwt.InvalidTokenError:
        raise HTTPException(401, "Invalid token", headers={"WWW-Authenticate": "Bearer"}) from None
    # The role is in the table, not in the token: a role that was taken away is gone at once.
    user = store.find_user(claims["sub"])
    if user is None:
        raise HTTPException(401, "Invalid token", headers={"WWW-Authenticate": "Bearer"})
    return user


def my_recipe(recipe_id: int, user: Annotated[dict, Depends(current_user)]):
    """Return the recipe in the path if it belongs to the user; end the request with 404 or 403 otherwise."""
    recipe = store.find_recipe(recipe_id)
    if recipe is None:
        raise HTTPException(404, "Recipe not found")
    if recipe["owner"] != user["name"]:
        raise HTTPException(403, "This recipe belongs to somebody else")
    return recipe


def removable_recipe(recipe_id: int, user: Annotated[dict, Depends(current_user)]):
    """Return the recipe in the path if the user may delete it; end the request with 404 or 403 otherwise."""
    recipe = store.find_recipe(recipe_id)
    if recipe is None:
        raise HTTPException(404, "Recipe not found")
    if recipe["owner"] != user["name"] and user["role"] != "editor":
        raise HTTPException(403, "This recipe belongs to somebody else")
    return recipe


def editor(user: Annotated[dict, Depends(current_user)]):
    """Return the user who is asking if they are an editor; end the request with 403 otherwise."""
    if user["role"] != "editor":
        raise HTTPException(403, "Only for editors")
    return user
