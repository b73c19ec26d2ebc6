"""What clients send to the store, and what it returns (provided)."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class AccountIn(BaseModel):
    """The credit of a customer."""

    credit: int = Field(ge=0, le=1_000_000)


class OrderIn(BaseModel):
    """An order as a client sends it."""

    customer: str = Field(min_length=1, max_length=100)
    product: str = Field(min_length=1, max_length=100)
    quantity: int = Field(ge=1, le=1000)


class OrderOut(OrderIn):
    """An order as the store returns it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    price: int
    status: Literal["pending", "shipped", "refunded"]
