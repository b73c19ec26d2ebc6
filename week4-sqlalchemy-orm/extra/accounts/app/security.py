"""Tokens, who is asking, and what they may do."""

from fastapi.security import OAuth2PasswordBearer

# (provided) A dependency that returns the token of a request, or ends the request with 401 if there is none.
bearer = OAuth2PasswordBearer(tokenUrl="token")


def make_token(name: str) -> str:
    """Return a token that says who has signed in, and until when."""
    # TODO 3: sign the name and the time when the token expires.
    raise NotImplementedError("TODO 3: make a token")


def current_user():
    """Return the user whose token the request carries; end the request with 401 if there is none."""
    # TODO 4: decode the token, reject each kind of bad token on the list in README.md, and return its user.
    raise NotImplementedError("TODO 4: return the user who is asking")


def my_recipe(recipe_id: int):
    """Return the recipe in the path if it belongs to the user; end the request with 404 or 403 otherwise."""
    # TODO 5: depend on the user, and compare.
    raise NotImplementedError("TODO 5: return the recipe if it belongs to the user")


def removable_recipe(recipe_id: int):
    """Return the recipe in the path if the user may delete it; end the request with 404 or 403 otherwise."""
    # TODO 6: its owner may, and so may every editor.
    raise NotImplementedError("TODO 6: return the recipe if the user may delete it")


def editor():
    """Return the user who is asking if they are an editor; end the request with 403 otherwise."""
    # TODO 6: depend on the user, and look at the role.
    raise NotImplementedError("TODO 6: let only editors pass")
