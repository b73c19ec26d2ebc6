"""The town museum: texts about exhibits, in three languages, and visits.

Start it in this folder with: uvicorn app.main:app --reload
"""

import hashlib
import secrets
from typing import Annotated, Literal

from fastapi import Cookie, FastAPI, Header, HTTPException, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from app import errors, museum, visits

app = FastAPI(title="Town museum")
errors.install(app)


class Text(BaseModel):
    """A new text for an exhibit."""

    language: Literal["en", "de", "fr"]
    text: str


@app.get("/")
def read_root():
    """Return the name of the museum."""
    return {"museum": "Town museum"}


@app.get("/exhibits/{number}")
def read_exhibit(
    number: int,
    accept_language: Annotated[str, Header()] = "",
    if_none_match: Annotated[str, Header()] = "",
    visit: Annotated[str, Cookie()] = "",
):
    """Return the text of an exhibit."""
    language = museum.preferred_language(accept_language)
    content = {"number": number, "language": language, "text": museum.text_of(number, language)}
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    visits.note(visit, number)
    tag = tag_of(number, language)
    headers |= {"ETag": tag, "Cache-Control": "no-cache"}
    if is_named(tag, if_none_match):
        return Response(status_code=304, headers=headers)
    return JSONResponse(content, headers=headers)


@app.put("/exhibits/{number}")
def change_exhibit(number: int, text: Text, response: Response, if_match: Annotated[str | None, Header()] = None):
    """Replace the text of an exhibit, if it is still the one that the client knows."""
    tag = tag_of(number, text.language)
    if if_match is None:
        raise HTTPException(428, "Send the ETag of the text that you change in the header If-Match")
    if not is_named(tag, if_match):
        raise HTTPException(412, "Somebody else has changed this text")
    museum.change_text(number, text.language, text.text)
    response.headers["ETag"] = tag_of(number, text.language)
    return {"number": number, "language": text.language, "text": text.text}


def tag_of(number: int, language: str) -> str:
    content = f"{number} {language} {museum.text_of(number, language)}"
    return f'"{hashlib.sha256(content.encode()).hexdigest()}"'


def is_named(tag: str, header: str) -> bool:
    """Return whether a header names a tag: alone, in a list, or as * for any."""
    named = [entry.strip().removeprefix("W/") for entry in header.split(",")]
    return tag in named or named == ["*"]


@app.post("/visits", status_code=201)
def start_visit(response: Response):
    """Start a visit."""
    token = secrets.token_urlsafe(32)
    visits.start(token)
    response.set_cookie("visit", token, max_age=86400, secure=True, httponly=True, samesite="lax")
    return {"seen": []}


@app.get("/visits/current")
def read_visit(visit: Annotated[str, Cookie()] = ""):
    """Return what the visit in the cookie has seen."""
    seen = visits.seen(visit)
    if seen is None:
        raise HTTPException(401, "There is no visit: start one with POST /visits")
    return {"seen": seen}


@app.delete("/visits/current", status_code=204)
def end_visit(response: Response, visit: Annotated[str, Cookie()] = ""):
    """End the visit in the cookie."""
    visits.end(visit)
    response.delete_cookie("visit", secure=True, httponly=True, samesite="lax")
