import re
from typing import List, Optional

from pydantic import BaseModel, EmailStr, Field, field_validator


class ProductBase(BaseModel):
    class Config:
        extra = "forbid"

    @field_validator("name", mode="before", check_fields=False)
    @classmethod
    def trim(cls, v):
        return v.strip() if isinstance(v, str) else v

    @field_validator("name", check_fields=False)
    @classmethod
    def name_length(cls, v):
        assert v is not None and 1 <= len(v) <= 100, "name must have 1 to 100 characters"
        return v

    @field_validator("price", check_fields=False)
    @classmethod
    def price_range(cls, v):
        if v is None or v <= 0 or v > 10000:
            raise ValueError("price must be above 0 and at most 10000")
        if abs(v * 100 - round(v * 100)) > 1e-6:
            raise ValueError("price must have at most two decimals")
        return v

    @field_validator("tags", check_fields=False)
    @classmethod
    def tag_rules(cls, v):
        if v is None or len(v) > 5:
            raise ValueError("at most five tags")
        seen = []
        for tag in v:
            if not re.match(r"^[a-z0-9\-]{1,20}\Z", tag):
                raise ValueError("a tag is a word of a-z, 0-9 and -")
            if tag in seen:
                raise ValueError("each tag once")
            seen.append(tag)
        return v

    @field_validator("description", check_fields=False)
    @classmethod
    def description_length(cls, v):
        if v is not None and len(v) > 1000:
            raise ValueError("at most 1000 characters")
        return v


class ProductIn(ProductBase):
    name: str
    price: float
    tags: List[str] = []
    description: Optional[str] = None


class ProductPatch(ProductBase):
    name: Optional[str] = None
    price: Optional[float] = None
    tags: Optional[List[str]] = None
    description: Optional[str] = None


class UserIn(BaseModel):
    name: str = Field(..., min_length=1, max_length=100)
    email: EmailStr
    age: int = Field(..., gt=0, lt=121)
    password: str = Field(..., min_length=8, max_length=128)


class UserOut(BaseModel):
    id: int
    name: str
    email: EmailStr
    age: int
