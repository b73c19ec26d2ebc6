"""What clients send, and what the app returns (provided)."""

from typing import Annotated, Literal

from pydantic import BaseModel, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{1,19}$")]
Password = Annotated[str, StringConstraints(min_length=12, max_length=128)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class NewUser(BaseModel):
    """Somebody who signs up."""

    name: Name
    password: Password


class User(BaseModel):
    """What others may know about a user."""

    id: int
    name: str
    role: str


class NewRecipe(BaseModel):
    """A recipe as a client sends it."""

    title: Text
    text: Text


class Recipe(NewRecipe):
    """A recipe as the app returns it; the owner is the name of a user."""

    id: int
    owner: str


class NewRole(BaseModel):
    """The role that a user will have."""

    role: Literal["member", "editor"]
