"""The endpoints of the timetable (provided, nothing to do here)."""

import time

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from app.data import DEPARTURES, STOPS, TRACKER

router = APIRouter()


class Alert(BaseModel):
    """What somebody has to say about a stop."""

    stop: str
    text: str = Field(min_length=3)


@router.get("/")
def read_root():
    """Return the name of the service."""
    return {"service": "Timetable"}


@router.get("/stops")
def list_stops():
    """List all stops: about 800 bytes."""
    return STOPS


@router.get("/stops/{code}")
def read_stop(code: str):
    """Return one stop, or 404."""
    for stop in STOPS:
        if stop["code"] == code:
            return stop
    raise HTTPException(404, f"There is no stop {code}")


@router.get("/departures")
def list_departures():
    """List all departures of a day: many thousands of bytes."""
    return DEPARTURES


@router.get("/departures/live")
def count_live_departures():
    """Ask the buses where they are, which takes a fifth of a second."""
    time.sleep(0.2)
    return {"on time": len(DEPARTURES)}


@router.post("/alerts", status_code=201)
def create_alert(alert: Alert):
    """Accept an alert about a stop."""
    return alert


@router.get("/vehicles/{number}")
def read_vehicle(number: int):
    """Say where a bus is. This is broken, and it stays broken."""
    raise RuntimeError(f"vehicle {number}: {TRACKER} does not respond")
