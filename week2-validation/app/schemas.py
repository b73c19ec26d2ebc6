"""The shapes of what comes in and of what goes out."""

from pydantic import BaseModel


# TODO 2: the four fields of a product and their rules; a field that is not known is refused.
class ProductIn(BaseModel):
    """A product as a client sends it."""


# TODO 7: the same fields under the same rules, but each of them may be left out.
class ProductPatch(BaseModel):
    """The part of a product that a client wants changed."""


# TODO 9: the four fields of a user and their rules.
class UserIn(BaseModel):
    """A user as a client sends it."""


# TODO 9: what everybody may see of a user.
class UserOut(BaseModel):
    """A user as the API answers it."""
