"""The texts of the exhibits, and the languages (provided: call these functions, there is nothing to do here)."""

from fastapi import HTTPException

from app.collection import EXHIBITS

LANGUAGES = ("en", "de", "fr")


def text_of(number: int, language: str) -> str:
    """Return the text of an exhibit; if there is no such exhibit, end the request with 404."""
    if number not in EXHIBITS:
        raise HTTPException(404, "There is no such exhibit")
    return EXHIBITS[number][language]


def change_text(number: int, language: str, text: str) -> None:
    """Replace the text of an exhibit in one language."""
    text_of(number, language)
    EXHIBITS[number][language] = text


def preferred_language(accepted: str) -> str:
    """Return the language that a header such as `de-CH, fr;q=0.8` prefers; English if it names none that we have."""
    found = "en"
    highest = 0.0
    for entry in accepted.split(","):
        name, _, weight = entry.partition(";q=")
        language = name.strip().partition("-")[0].lower()
        try:
            quality = float(weight or 1)
        except ValueError:
            continue
        if language in LANGUAGES and quality > highest:
            found, highest = language, quality
    return found
