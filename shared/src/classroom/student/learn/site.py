"""The site of `classroom learn`: a page for each week, and the parts of it that are fetched again when they change."""

from __future__ import annotations

from collections.abc import AsyncIterable  # noqa: TC003 - FastAPI reads the annotations
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from markupsafe import Markup

from classroom.core.errors import ClassroomError
from classroom.student.card import CAUSE
from classroom.student.hints import next_hint
from classroom.student.learn import card_view, lesson, sending
from classroom.student.learn.desk import Desk, Desks
from classroom.student.learn.running_app import State
from classroom.web.markdown import render
from classroom.web.pages import Pages, diagram

if TYPE_CHECKING:
    from classroom.core.assignment import Task
    from classroom.student.examples import Example
    from classroom.student.learn.card_view import Hints

STATIC = ("page/learn.css",)
STILL_STARTING = "Your app is still starting. Try again in a moment."
NOT_RUNNING = "Your app is not running."
pages = Pages(Path(__file__).parent, STATIC)
week = APIRouter(prefix="/{name}", default_response_class=HTMLResponse)


def site(desks: Desks) -> FastAPI:
    """Return the site of a course's weeks."""
    app = FastAPI(openapi_url=None)
    app.state.desks = desks
    app.add_api_route("/", lambda: RedirectResponse(f"{desks.first.folder.name}/"), response_class=Response)
    app.add_api_route("/static/{name}", pages.static, response_class=Response)
    app.include_router(week)
    return app


def _desk(request: Request, name: str) -> Desk:
    desks: Desks = request.app.state.desks
    try:
        return desks.desk(name)
    except KeyError:
        raise HTTPException(404, "There is no such week.") from None
    except ClassroomError as error:  # its assignment.toml cannot be read
        raise HTTPException(500, str(error)) from None


AtDesk = Annotated[Desk, Depends(_desk)]


def _task(desk: AtDesk, number: int) -> Task:
    for task in desk.assignment.tasks:
        if task.number == number:
            return task
    raise HTTPException(404, "There is no such task.")


@week.get("/")
def show_page(request: Request, desk: AtDesk) -> HTMLResponse:
    """Show the page of a week, and begin to watch it."""
    desk.watcher.start()
    hints = desk.hints()
    return pages.render(
        "page/learn.html",
        desk=desk,
        lesson=lesson.read(desk.assignment, _example),
        **_card(desk, hints),
        **_app(desk),
        **_progress(request, desk),
        hint_parts={task.number: _hints(task, hints) for task in desk.assignment.tasks},
    )


def _example(number: int, example: Example, ready: Example | None) -> Markup:
    values = {
        "command": lesson.command_html(example),
        "shown": lesson.shown_html(example),
        "is_request": "curl " in example.command,
    }
    return pages.fragment("page/example.html", number=number, key=lesson.key(ready) if ready else "", **values)


def _card(desk: Desk, hints: Hints) -> dict[str, Any]:
    return {"card": card_view.view(desk.watcher, hints), "sentence": card_view.sentence, "CAUSE": CAUSE}


def _app(desk: Desk) -> dict[str, Any]:
    return {"app": desk.app, "State": State}


def _progress(request: Request, desk: Desk) -> dict[str, Any]:
    return {"weeks": request.app.state.desks.progress(), "here": desk.name}


def _hints(task: Task, hints: Hints) -> dict[str, Any]:
    shown, texts = hints[task.number]
    return {"task": task, "shown": [render(text) for text in texts[:shown]], "total": len(texts)}


@week.get("/events", response_class=EventSourceResponse)
async def send_events(request: Request, desk: AtDesk) -> AsyncIterable[ServerSentEvent]:
    """Send the name of each part of this week's page that changes."""
    async with aclosing(request.app.state.desks.broadcast.subscribe()) as parts:
        async for place in parts:
            name, _, part = place.partition("/")
            if name in (desk.name, ""):
                yield ServerSentEvent(raw_data=part)


@week.get("/parts/card")
def show_card(desk: AtDesk) -> HTMLResponse:
    """Show the scorecard."""
    return pages.render("page/card.html", **_card(desk, desk.hints()))


@week.get("/parts/progress")
def show_progress(request: Request, desk: AtDesk) -> HTMLResponse:
    """Show all weeks with their points."""
    return pages.render("page/progress.html", **_progress(request, desk))


@week.get("/parts/app")
def show_app(desk: AtDesk) -> HTMLResponse:
    """Show the state of the student's app."""
    return pages.render("page/app.html", **_app(desk))


@week.get("/parts/log")
def show_log(desk: AtDesk) -> HTMLResponse:
    """Show the last lines that the student's app has printed."""
    return pages.render("page/log.html", **_app(desk))


@week.get("/parts/hints-{number}")
def show_hints(desk: AtDesk, task: Annotated[Any, Depends(_task)]) -> HTMLResponse:
    """Show the hints of a task that were taken."""
    return pages.render("page/hints.html", **_hints(task, desk.hints()))


@week.get("/diagrams/{file}")
def show_diagram(desk: AtDesk, file: str) -> FileResponse:
    """Show a diagram of the lesson."""
    return diagram(desk.assignment.folder, file)


@week.post("/hints/{number}")
def take_hint(request: Request, desk: AtDesk, task: Annotated[Any, Depends(_task)]) -> HTMLResponse:
    """Take the next hint of a task, as `classroom hint` does."""
    seen = desk.hints_taken.get(task.number, 0)
    desk.hints_taken[task.number], _ = next_hint(desk.assignment, task.number, seen)
    request.app.state.desks.broadcast.publish(f"{desk.name}/hints-{task.number}", f"{desk.name}/card")
    return pages.render("page/hints.html", **_hints(task, desk.hints()))


@week.post("/examples/{number}")
def send_example(desk: AtDesk, number: int, key: str = "") -> HTMLResponse:
    """Send an example of the lesson to the student's app, and show what came back; `key` is that of its command."""
    found = lesson.read(desk.assignment, lambda *_: Markup()).examples
    example = found[number] if 0 <= number < len(found) else None
    if example is None or lesson.key(example) != key:
        raise HTTPException(404, "The lesson has no such example, or has changed since this page was loaded.")
    if desk.app.ready():
        outcome = sending.send(example, desk.app.port, desk.assignment.folder)
    else:
        outcome = sending.Outcome(problem=STILL_STARTING if desk.app.state is State.STARTING else NOT_RUNNING)
    return pages.render("page/response.html", outcome=outcome)


@week.post("/check")
def check_again(desk: AtDesk) -> HTMLResponse:
    """Try to check again after trouble."""
    desk.watcher.start()
    return show_card(desk)


@week.post("/app/{action}")
def control_app(desk: AtDesk, action: str) -> HTMLResponse:
    """Start, stop or restart the student's app."""
    if action not in ("start", "stop", "restart"):
        raise HTTPException(404)
    if action != "start":
        desk.app.stop()
    if action != "stop":
        desk.app.start()
    return show_app(desk)
