from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

WORDS = ["food", "stationery", "tech"]


def known(word: str) -> str:
    assert word in WORDS, "unknown category"
    return word


Category = Annotated[str, AfterValidator(known), WithJsonSchema({"type": "string", "enum": WORDS})]
