"""The models of what comes in and what goes out."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr, Field, StringConstraints


def in_cents(price: float) -> float:
    # Multiplying by 100 would reject valid prices: 19.99 * 100 is 1998.9999999999998.
    if round(price, 2) != price:
        raise ValueError("at most two decimals")
    return price


def without_repeats(tags: list[str]) -> list[str]:
    if len(set(tags)) != len(tags):
        raise ValueError("each tag once")
    return tags


# The rules have names, because POST, PUT and PATCH share them.
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Price = Annotated[float, Field(gt=0, le=10_000), AfterValidator(in_cents)]
Tag = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,20}$")]
Tags = Annotated[list[Tag], Field(max_length=5), AfterValidator(without_repeats)]
Description = Annotated[str, StringConstraints(max_length=1000)]


class ProductIn(BaseModel):
    """A product as a client sends it."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    price: Price
    tags: Tags = []
    description: Description | None = None


class ProductPatch(BaseModel):
    """The part of a product that a client wants changed."""

    model_config = ConfigDict(extra="forbid")

    # A default is not validated: None means "not sent" here, and a null that is sent is rejected.
    name: Name = None
    price: Price = None
    tags: Tags = None
    description: Description | None = None


class UserIn(BaseModel):
    """A user as a client sends it."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    email: EmailStr
    age: Annotated[int, Field(ge=1, le=120)]
    password: Annotated[str, StringConstraints(min_length=8, max_length=128)]


class UserOut(BaseModel):
    """A user as the API returns it."""

    id: int
    name: str
    email: str
    age: int
