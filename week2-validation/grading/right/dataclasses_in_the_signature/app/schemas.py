import re
from dataclasses import field
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from pydantic.types import StringConstraints

STRICT = ConfigDict(extra="forbid", str_strip_whitespace=False)
EMAIL = re.compile(r"^[\w.+-]+@[\w-]+(\.[\w-]+)+$")


@dataclass(config=STRICT)
class ProductIn:
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    price: Annotated[float, Field(gt=0, le=10000)]
    tags: list[Annotated[str, StringConstraints(pattern="^[-a-z0-9]+$", min_length=1, max_length=20)]] = field(
        default_factory=list
    )
    description: Annotated[str, Field(max_length=1000)] | None = None

    def __post_init__(self):
        if len(f"{self.price:.10f}".rstrip("0").split(".")[1]) > 2:
            raise ValueError("too many decimals")
        if len(self.tags) > 5 or sorted(set(self.tags)) != sorted(self.tags):
            raise ValueError("at most five different tags")


@dataclass
class UserIn:
    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    email: Annotated[str, StringConstraints(pattern=EMAIL.pattern, to_lower=True)]
    age: Annotated[int, Field(ge=1, le=120)]
    password: Annotated[str, StringConstraints(min_length=8, max_length=128)]
