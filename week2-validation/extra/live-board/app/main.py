"""A board in a shared kitchen, which everyone in the house has on their own screen.

Start it in this folder with: uvicorn app.main:app --reload
"""

from fastapi import FastAPI, WebSocket
from fastapi.responses import HTMLResponse

from app import board, errors, lines
from app.page import PAGE

app = FastAPI(title="Kitchen board")
errors.install(app)
lines.install(app)


# Task 1 is already done.
@app.get("/")
def read_root():
    return {"board": "Kitchen board"}


@app.get("/page")
def show_page():
    """Show the board in a browser. (provided)"""
    return HTMLResponse(PAGE)


@app.get("/notes")
async def read_notes():
    """Return all notes. (provided)"""
    return board.notes()


@app.post("/notes", status_code=201)
async def write_note(note: board.SignedNote):
    """Put a note on the board without a WebSocket."""
    # TODO 4: send the note to everyone who is connected as well.
    return board.keep(note.by, note.text)


@app.get("/events")
async def follow():
    """Send the notes as events: those on the board, then each new one."""
    # TODO 2: yield an event for each note, with the note's id; go on after the id in Last-Event-ID, if it is there.
    raise NotImplementedError("TODO 2: send the notes as events")


# TODO 4: keep a list of everyone who is connected.
# TODO 7: let messages wait for each of them in a queue of its own.


@app.websocket("/live")
async def live(websocket: WebSocket):
    """Let a client take part, until it leaves."""
    # TODO 3: accept the client, send it the notes, and stay until it leaves.
    # TODO 5: tell everyone who is there, whenever somebody has joined or left.
    raise NotImplementedError("TODO 3: let a client take part")


async def take(client, text: str):
    """Put a message of a client on the board, and send the note to everyone."""
    # TODO 6: if the message makes no sense, send an error to this client only.
    # TODO 4: keep the note, and send it to everyone.
    raise NotImplementedError("TODO 4: keep the note, and send it to everyone")


async def publish(message: dict):
    """Send a message to everyone who is connected."""
    # TODO 4: send the message to each client.
    # TODO 7: wait for nobody, and disconnect a client for which too many messages wait.
    raise NotImplementedError("TODO 4: send a message to everyone")
