"""A workshop with machines that members share.

Start it in this folder with: uvicorn app.main:app --reload
"""

from fastapi import FastAPI

from app import errors, office, practice, workshop
from app.settings import PRACTICE

# TODO 7: let no request with a lost badge reach any endpoint.
app = FastAPI(title="Old Mill Workshop")
errors.install(app)
app.include_router(office.router)


# Task 1 is already done.
@app.get("/")
def read_root():
    return {"workshop": "Old Mill Workshop"}


@app.get("/keys")
def list_keys():
    """List the keys that are not on the board. (provided)"""
    return {"out": workshop.board.out()}


@app.get("/me")
def read_me():
    """Return the member who asks."""
    # TODO 2: return the member.
    raise NotImplementedError("TODO 2: return the member")


@app.get("/me/machines")
def list_my_machines():
    """List the machines that the member is trained for."""
    # TODO 2: return the machines of the member.
    raise NotImplementedError("TODO 2: return the machines of the member")


@app.get("/machines")
def list_machines():
    """List the machines."""
    # TODO 4: return the machines in the order that the request asks for.
    raise NotImplementedError("TODO 4: return the machines in order")


@app.get("/rooms")
def list_rooms():
    """List the rooms."""
    # TODO 4: return the rooms in the order that the request asks for.
    raise NotImplementedError("TODO 4: return the rooms in order")


@app.get("/machines/{machine_id}")
def read_machine():
    """Return one machine."""
    # TODO 3: return the machine.
    raise NotImplementedError("TODO 3: return the machine")


@app.get("/machines/{machine_id}/manual")
def read_manual():
    """Return the manual of a machine to a member who is trained for it."""
    # TODO 3: return the names of the machine and of its reader.
    raise NotImplementedError("TODO 3: return the manual")


@app.post("/machines/{machine_id}/run")
def run_machine(minutes: int):
    """Run a machine, which needs its key."""
    # TODO 5: run the machine with its key (see app/workshop.py).
    raise NotImplementedError("TODO 5: run the machine")


if PRACTICE:
    practice.prepare(app)
