"""A workshop with machines that members share.

Start it in this folder with: uvicorn app.main:app --reload
"""

from typing import Annotated

from fastapi import Depends, FastAPI

from app import errors, office, practice, workshop
from app.dependencies import Order, current_member, key_of_machine, machine_in_path, no_lost_badge, usable_machine
from app.inventory import MACHINES, ROOMS
from app.settings import PRACTICE

app = FastAPI(title="Old Mill Workshop", dependencies=[Depends(no_lost_badge)])
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
def read_me(member: Annotated[dict, Depends(current_member)]):
    """Return the member who asks."""
    return member


@app.get("/me/machines")
def list_my_machines(member: Annotated[dict, Depends(current_member)]):
    """List the machines that the member is trained for."""
    return workshop.machines_of(member)


@app.get("/machines")
def list_machines(order: Annotated[Order, Depends()]):
    """List the machines."""
    return order.apply(MACHINES)


@app.get("/rooms")
def list_rooms(order: Annotated[Order, Depends()]):
    """List the rooms."""
    return order.apply(ROOMS)


@app.get("/machines/{machine_id}")
def read_machine(machine: Annotated[dict, Depends(machine_in_path)]):
    """Return one machine."""
    return machine


@app.get("/machines/{machine_id}/manual")
def read_manual(
    member: Annotated[dict, Depends(current_member)],
    machine: Annotated[dict, Depends(usable_machine)],
):
    """Return the manual of a machine to a member who is trained for it."""
    return {"machine": machine["name"], "reader": member["name"]}


@app.post("/machines/{machine_id}/run")
def run_machine(
    minutes: int,
    machine: Annotated[dict, Depends(usable_machine)],
    key: Annotated[str, Depends(key_of_machine)],
):
    """Run a machine, which needs its key."""
    return workshop.run(machine, key, minutes)


if PRACTICE:
    practice.prepare(app)
