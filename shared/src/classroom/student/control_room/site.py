"""The site of the control room: one page, its parts, and what its buttons do."""

from __future__ import annotations

from collections.abc import AsyncIterable  # noqa: TC003 - FastAPI reads the annotations
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from classroom.core.ports import HOST
from classroom.student.control_room import charts, site_map
from classroom.student.control_room.samples import Sample
from classroom.student.local_system import INSTANCES
from classroom.web.pages import Pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from classroom.student.control_room.controls import Controls
    from classroom.student.control_room.recorder import Recorder
    from classroom.web.events import Broadcast

STATIC = ("page/room.css", "page/room.js")
QUIET = Sample(0.0, 1.0)
pages = Pages(Path(__file__).parent, STATIC)
room = APIRouter(prefix="/room", default_response_class=HTMLResponse)


@dataclass(frozen=True)
class Room:
    """What the page shows and does."""

    week: str
    controls: Controls
    recorder: Recorder
    broadcast: Broadcast


def site(shown: Room) -> FastAPI:
    """Return the site of a control room."""
    app = FastAPI(openapi_url=None)
    app.state.room = shown
    app.add_api_route("/", lambda: RedirectResponse("room/"), response_class=Response)
    app.add_api_route("/static/{name}", pages.static, response_class=Response)
    app.include_router(room)
    return app


def _room(request: Request) -> Room:
    found: Room = request.app.state.room
    return found


AtRoom = Annotated[Room, Depends(_room)]


def _map(shown: Room) -> dict[str, Any]:
    samples = shown.recorder.samples
    return {"nodes": site_map.nodes(shown.controls), "arrows": site_map.arrows(samples[-1] if samples else QUIET)}


def _charts(shown: Room) -> dict[str, Any]:
    return {"charts": charts.charts(shown.recorder.samples, shown.recorder.events, time())}


def _controls(shown: Room) -> dict[str, Any]:
    return {"controls": shown.controls, "instances": INSTANCES}


PARTS: dict[str, tuple[str, Callable[[Room], dict[str, Any]]]] = {
    "map": ("page/map.html", _map),
    "charts": ("page/charts.html", _charts),
    "controls": ("page/controls.html", _controls),
    "log": ("page/log.html", lambda shown: {"log": shown.recorder.log()}),
}


@room.get("/")
def show_page(shown: AtRoom) -> HTMLResponse:
    """Show the whole page."""
    name = f"{HOST}:{shown.controls.system.ports.site}"
    values = {key: value for _, part in PARTS.values() for key, value in part(shown).items()}
    return pages.render("page/room.html", week=shown.week, site=f"http://{name}/docs", site_name=name, **values)


@room.get("/events", response_class=EventSourceResponse)
async def send_events(shown: AtRoom) -> AsyncIterable[ServerSentEvent]:
    """Send the name of each part of the page that changes."""
    async with aclosing(shown.broadcast.subscribe()) as parts:
        async for part in parts:
            yield ServerSentEvent(raw_data=part)


@room.get("/parts/{name}")
def show_part(shown: AtRoom, name: str) -> HTMLResponse:
    """Show one part of the page."""
    if name not in PARTS:
        raise HTTPException(404)
    template, values = PARTS[name]
    return pages.render(template, **values(shown))


def _done(shown: Room, action: Callable[[], None]) -> HTMLResponse:
    """Do what a button says, and show the controls."""
    shown.controls.press(action)
    return show_part(shown, "controls")


@room.post("/instances/{name}/{action}")
def control_instance(shown: AtRoom, name: Literal["a", "b"], action: Literal["kill", "start"]) -> HTMLResponse:
    """Kill or start an instance."""
    do = shown.controls.kill if action == "kill" else shown.controls.start
    return _done(shown, lambda: do(name))


@room.post("/cache/{action}")
def control_cache(shown: AtRoom, action: Literal["cut", "restore", "flush"]) -> HTMLResponse:
    """Cut the cache off, restore it, or empty it."""
    controls = shown.controls
    if action == "flush":
        return _done(shown, controls.flush_cache)
    return _done(shown, lambda: (controls.kill if action == "cut" else controls.start)("cache"))


@room.post("/workers/{action}")
def control_workers(shown: AtRoom, action: Literal["kill", "start"]) -> HTMLResponse:
    """Kill one of the workers, or start those that have stopped."""
    return _done(shown, shown.controls.kill_worker if action == "kill" else shown.controls.start_workers)


@room.post("/primary/{action}")
def control_primary(shown: AtRoom, action: Literal["take", "return"]) -> HTMLResponse:
    """Take the primary away, or bring it back."""
    return _done(shown, shown.controls.take_primary if action == "take" else shown.controls.return_primary)


@room.post("/replica")
def control_replica(shown: AtRoom, lag: Annotated[float, Query(ge=0, le=5)]) -> HTMLResponse:
    """Let the replica be some seconds behind."""
    return _done(shown, lambda: shown.controls.set_lag(lag))


@room.post("/load")
def send_load(
    shown: AtRoom, rate: Annotated[int, Query(ge=1, le=500)], writers: Annotated[int, Query(ge=0, le=100)] = 10
) -> HTMLResponse:
    """Send requests, or change how many."""
    return _done(shown, lambda: shown.controls.send_load(rate, writers))


@room.post("/load/stop")
def stop_load(shown: AtRoom) -> HTMLResponse:
    """Send no more requests."""
    return _done(shown, shown.controls.stop_load)
