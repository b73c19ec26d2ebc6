"""The models of what comes in and what goes out."""

from pydantic import BaseModel


# TODO 2: the four fields of a product and their rules; unknown fields are rejected.
class ProductIn(BaseModel):
    """A product as a client sends it."""


# TODO 7: the same fields with the same rules, but each of them may be left out.
class ProductPatch(BaseModel):
    """The part of a product that a client wants changed."""


# TODO 9: the four fields of a user and their rules.
class UserIn(BaseModel):
    """A user as a client sends it."""


# TODO 9: the fields of a user that everybody may see.
class UserOut(BaseModel):
    """A user as the API returns it."""
