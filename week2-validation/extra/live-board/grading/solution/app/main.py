"""A board in a shared kitchen, which everyone in the house has on their own screen.

Start it in this folder with: uvicorn app.main:app --reload
"""

import asyncio
from typing import Annotated

from fastapi import FastAPI, Header, Query, WebSocket, WebSocketDisconnect
from fastapi.responses import HTMLResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import ValidationError

from app import board, errors, lines
from app.page import PAGE
from app.rules import LIMIT

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
    kept = board.keep(note.by, note.text)
    await publish({"type": "note"} | kept)
    return kept


@app.get("/events", response_class=EventSourceResponse)
async def follow(last_event_id: Annotated[int, Header()] = 0):
    """Send the notes as events: those on the board, then each new one."""
    while True:
        for note in await board.newer(last_event_id):
            yield ServerSentEvent(data=note, id=str(note["id"]))
            last_event_id = note["id"]


class Client:
    """Somebody who is connected, and the messages that wait for them."""

    def __init__(self, websocket: WebSocket, name: str):
        self.websocket = websocket
        self.name = name
        self.waiting: asyncio.Queue[dict] = asyncio.Queue(LIMIT)
        self.writer = asyncio.create_task(self.write())
        self.closing: asyncio.Task | None = None

    def put(self, message: dict):
        """Let a message wait for its turn; if too many wait already, close the connection."""
        try:
            self.waiting.put_nowait(message)
        except asyncio.QueueFull:
            self.writer.cancel()
            self.closing = self.closing or asyncio.create_task(self.websocket.close(1013))

    async def write(self):
        """Send the messages that wait, one after another."""
        while True:
            await self.websocket.send_json(await self.waiting.get())


clients: list[Client] = []


@app.websocket("/live")
async def live(websocket: WebSocket, name: Annotated[str, Query(min_length=1, max_length=20)]):
    """Let a client take part, until it leaves."""
    await websocket.accept()
    client = Client(websocket, name)
    client.put({"type": "hello", "notes": board.notes()})
    clients.append(client)
    try:
        await announce()
        while True:
            await take(client, await websocket.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        client.writer.cancel()
        clients.remove(client)
        await announce()


async def announce():
    """Tell everyone who is there."""
    await publish({"type": "people", "names": [client.name for client in clients]})


async def take(client: Client, text: str):
    """Put a message of a client on the board, and send the note to everyone."""
    try:
        note = board.NewNote.model_validate_json(text)
    except ValidationError as error:
        client.put({"type": "error", "detail": error.errors()[0]["msg"]})
        return
    await publish({"type": "note"} | board.keep(client.name, note.text))


async def publish(message: dict):
    """Send a message to everyone who is connected."""
    for client in clients:
        client.put(message)
