"""The pigeon post: letters are accepted at once, and delivered when a pigeon has time.

Start it in this folder with: uvicorn app.main:app --reload
"""

from fastapi import FastAPI

from app import errors, pigeons, post
from app.gate import gate

app = FastAPI(title="Pigeon post")
errors.install(app)


# Task 1 is already done.
@app.get("/")
async def read_root():
    return {"post": "Pigeon post"}


@app.get("/gate")
async def read_gate():
    """Show who is waiting at the gate. (provided)"""
    return {"open": gate.is_open, "waiting": gate.waiting}


@app.put("/gate/open")
async def open_gate():
    """Open the gate. (provided)"""
    gate.is_open = True
    return {"open": True}


@app.put("/gate/closed")
async def close_gate():
    """Close the gate: no pigeon leaves until it is open again. (provided)"""
    gate.is_open = False
    return {"open": False}


@app.get("/letters/{letter_id}")
async def read_letter(letter_id: int):
    """Return a letter with its status and its log. (provided)"""
    return post.find(letter_id)


@app.post("/letters")
def send_letter(letter: post.LetterIn):
    """Accept a letter, and deliver it after the response."""
    # TODO 2: keep the letter, let it be delivered after the response, and return it with 202.
    raise NotImplementedError("TODO 2: accept the letter")


# TODO 3: while the pigeons are counted, the app does not respond to anybody else.
@app.get("/pigeons")
async def count_pigeons():
    """Count the pigeons."""
    return {"pigeons": pigeons.count()}


@app.get("/weather")
async def read_weather():
    """Return the weather of every town."""
    # TODO 4: ask all towns at the same time.
    raise NotImplementedError("TODO 4: ask all towns at the same time")


@app.post("/letters/{letter_id}/again")
def send_again(letter_id: int):
    """Try again to deliver a letter that has failed."""
    # TODO 6: let a failed letter be delivered after the response, and return it with 202; otherwise return 409.
    raise NotImplementedError("TODO 6: try again to deliver the letter")
