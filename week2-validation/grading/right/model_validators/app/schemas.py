from decimal import Decimal
from typing import Any, Self

from pydantic import BaseModel, EmailStr, Field, field_serializer, model_validator


class ProductIn(BaseModel, extra="forbid", str_strip_whitespace=True):
    name: str = Field(min_length=1, max_length=100)
    price: Decimal = Field(gt=0, le=10000)
    tags: set[str] = Field(default_factory=set, max_length=5)
    description: str | None = Field(default=None, max_length=1000)

    @model_validator(mode="before")
    @classmethod
    def tags_once(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("tags"), list):
            tags = data["tags"]
            if any(tags.count(tag) > 1 for tag in tags):
                raise ValueError("a tag comes twice")
        return data

    @model_validator(mode="after")
    def rules(self) -> Self:
        if self.price.as_tuple().exponent < -2:
            raise ValueError("price has too many decimals")
        allowed = set("abcdefghijklmnopqrstuvwxyz0123456789-")
        if any(not 1 <= len(tag) <= 20 or set(tag) - allowed for tag in self.tags):
            raise ValueError("a tag is a word of a-z, 0-9 and -")
        return self

    @field_serializer("price")
    def as_number(self, price: Decimal) -> float:
        return float(price)


class Product(ProductIn):
    id: int


class UserIn(BaseModel):
    name: str = Field(min_length=1, max_length=100)
    email: EmailStr
    age: int = Field(ge=1, le=120)
    password: str = Field(min_length=8, max_length=128, repr=False)


class User(BaseModel):
    id: int
    name: str
    email: EmailStr
    age: int
