"""The pigeon post: letters are accepted at once, and delivered when a pigeon has time.

Start it in this folder with: uvicorn app.main:app --reload
"""

import asyncio

from fastapi import BackgroundTasks, FastAPI, HTTPException

from app import errors, pigeons, post
from app.delivery import deliver
from app.gate import gate
from app.towns import TOWNS

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


@app.post("/letters", status_code=202)
def send_letter(letter: post.LetterIn, tasks: BackgroundTasks):
    """Accept a letter, and deliver it after the response."""
    kept = post.keep(letter)
    tasks.add_task(deliver, kept["id"])
    return kept


@app.get("/pigeons")
def count_pigeons():
    """Count the pigeons."""
    return {"pigeons": pigeons.count()}


@app.get("/weather")
async def read_weather():
    """Return the weather of every town."""
    answers = await asyncio.gather(*(pigeons.ask_for_weather(town) for town in TOWNS))
    return dict(zip(TOWNS, answers, strict=True))


@app.post("/letters/{letter_id}/again", status_code=202)
def send_again(letter_id: int, tasks: BackgroundTasks):
    """Try again to deliver a letter that has failed."""
    letter = post.find(letter_id)
    if letter["status"] != "failed":
        raise HTTPException(409, "Only a letter that has failed can be sent again")
    post.set_status(letter_id, "waiting")
    tasks.add_task(deliver, letter_id)
    return letter
