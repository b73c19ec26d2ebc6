"""The town museum: texts about exhibits, in three languages, and visits.

Start it in this folder with: uvicorn app.main:app --reload
"""

from typing import Literal

from fastapi import FastAPI
from pydantic import BaseModel

from app import errors, museum

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
def read_exhibit(number: int):
    """Return the text of an exhibit."""
    # TODO 2: return the text in the language that the header Accept-Language prefers, and say in headers which one it is.
    # TODO 3: give the response an ETag, and return 304 if the client already has this text.
    # TODO 6: record the exhibit for the visit in the cookie.
    return {"number": number, "language": "en", "text": museum.text_of(number, "en")}


@app.put("/exhibits/{number}")
def change_exhibit(number: int, text: Text):
    """Replace the text of an exhibit, if it is still the one that the client knows."""
    # TODO 4: change the text if the header If-Match has its ETag; respond with 428 or 412 otherwise.
    raise NotImplementedError("TODO 4: change the text if the header If-Match has its ETag")


@app.post("/visits", status_code=201)
def start_visit():
    """Start a visit."""
    # TODO 5: start a visit with a new token, and set the token as a cookie.
    raise NotImplementedError("TODO 5: start a visit, and set a cookie")


@app.get("/visits/current")
def read_visit():
    """Return what the visit in the cookie has seen."""
    # TODO 6: return the exhibits that this visit has seen, or respond with 401.
    raise NotImplementedError("TODO 6: return the exhibits that this visit has seen")


@app.delete("/visits/current", status_code=204)
def end_visit():
    """End the visit in the cookie."""
    # TODO 7: forget the visit, and delete the cookie.
    raise NotImplementedError("TODO 7: forget the visit, and delete the cookie")
