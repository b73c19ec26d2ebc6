"""Advice about a path that no route has: what differs, or why a route that is written down is not in the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.checks.causes.routes import PARAMETER
from classroom.core.result import NO_ROUTE

if TYPE_CHECKING:
    from classroom.checks.causes.routes import Route
    from classroom.checks.causes.unexpected import Unexpected

NOT_FOUND, WRONG_METHOD = 404, 405
ALIKE = 0.9  # how much two paths are alike that differ in a letter


def no_route(response: Unexpected) -> str | None:
    """Recognize a path that differs from the one asked for, or a function that is not an endpoint."""
    if response.answer.status not in (NOT_FOUND, WRONG_METHOD) or response.json not in (
        {"detail": "Not Found"},
        {"detail": "Method Not Allowed"},
    ):
        return None
    method, asked = response.exchange.method, f"{response.exchange.method} {response.path}"
    route = response.routes.nearest(method, response.path, ALIKE)
    others = [other for other in response.routes.all_of(response.path) if other.method != method]
    if others and route is None and (response.answer.status == WRONG_METHOD or response.routes.complete):
        return f"{others[0].file}, line {others[0].line}: there is no route for {method} {others[0].path}; your app has {others[0]}."
    if lost := _lost(response):
        return lost
    if not response.routes.complete:
        return None  # a route that cannot be read may itself have responded with 404
    handler = response.handler
    if handler is not None and response.routes.has(handler):
        return None  # it has itself responded with 404
    if handler is not None and not handler.matches_anything:
        return _not_included(response, handler)
    if route is None and (bare := response.routes.undecorated(response.path)):
        file, line, name = bare
        return f"{file}, line {line}: {name}() has no decorator, so there is no route for {asked}."
    if route := route or response.routes.nearest(method, response.path):
        yours = f'{method} "{route.path}", with a space' if " " in route.path else str(route)
        return f"{route.file}, line {route.line}: there is no route for {asked}; your app has {yours}."
    return f"{NO_ROUTE} {asked}." if handler is None or handler.is_stub else _not_included(response, handler)


def _lost(response: Unexpected) -> str | None:
    """Return the cause of a route that is written down and is not in the app."""
    if second := response.routes.second_app():
        file, line = second
        return f"{file}, line {line}: a second app = FastAPI() replaces the first one: the routes above it are lost."
    if call := response.routes.without_at(response.exchange.method, response.path):
        file, line, text = call
        return f"{file}, line {line}: `{text}` does nothing without an @ in front of it."
    if bare := response.routes.without_path():
        file, line, text = bare
        return f'{file}, line {line}: `{text}` needs parentheses and a path, as in {text}("{response.path}").'
    route = response.handler
    if route and (
        odd := next((part for part in route.path.split("/") if "{" in part and not PARAMETER.fullmatch(part)), None)
    ):
        return f"{route.file}, line {route.line}: FastAPI takes {odd} for plain text: write {{name}} in the path, and the type in the function."
    return None


def _not_included(response: Unexpected, route: Route) -> str:
    """Return the cause of a route on a router that the app does not include."""
    return response.routes.inclusion.unused_import(route.file, route.owner) or (
        f"{route.file}, line {route.line}: {route} is on a router that app/main.py does not include (include_router)."
    )
