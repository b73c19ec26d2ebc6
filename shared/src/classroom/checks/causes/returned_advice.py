"""Advice about a value that an endpoint returned and FastAPI cannot send."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from classroom.checks.causes.app_files import find_all, read_app_files
from classroom.checks.causes.reached import functions_of_app

if TYPE_CHECKING:
    from classroom.checks.causes.scene import Scene

RETURN_TYPE = re.compile(r"\bdef [^\n]*\) *-> *([\w. |\[\]]{1,60}):(?!.*\bdef )", re.DOTALL)  # of the last function
CALLABLE = ("function", "method", "builtin_function_or_method")
GIVING = (ast.Return, ast.Yield)
MAX_VALUE = 60  # characters of a value that is shown


def not_json(scene: Scene) -> str | None:
    """Recognize a returned value that FastAPI cannot turn into JSON."""
    if "vars() argument must have __dict__" not in scene.text and "Unable to serialize unknown type" not in scene.text:
        return None
    if "coroutine" in scene.text:
        return "a coroutine was returned instead of its result: `await` is missing before the call."
    if view := re.search(r"\.(values|keys|items)\(\)", scene.source):
        return f"{view[0]} is a view of a dict and cannot be returned as JSON: put list(...) around it."
    kind = re.search(r"'(\w+)' object is not iterable|<class '([\w.]+)'>", scene.text)
    if kind and (kind[1] or kind[2]) in CALLABLE:
        return "a function was returned instead of its result: are the parentheses of a call missing?"
    named = f" of type {kind[1] or kind[2]}" if kind else ""
    return f"the returned value{named} cannot be turned into JSON: return a dict or a list."


def not_the_response_model(scene: Scene) -> str | None:
    """Recognize a returned value that does not fit the endpoint's response model, by the first mismatch."""
    if scene.error.name != "ResponseValidationError" or not scene.error.more:
        return None
    entry, place = scene.error.more[0], scene.error.place
    name = f"{place.function}()" if place and place.function else "The endpoint"
    if "DetachedInstanceError" in entry:
        return f"{name} returned an object whose session is closed (DetachedInstanceError): use it inside the session."
    location = re.search(r"'loc': \(([^)]{0,200})\)", entry)
    reason = re.search(r"'msg': (['\"])(.{1,200}?)\1, 'input'", entry)
    value = re.search(r"'input': (.*)", entry)
    if location is None or reason is None or value is None:
        return None
    parts = re.findall(r"'(\w+)'|(\d+)", location[1])[1:]
    where = ".".join(word or number for word, number in parts)
    shown = re.split(r", '(?:ctx|url)': ", value[1])[0].removesuffix("}")
    shown = re.sub(r" at 0x[0-9a-f]+", "", shown)
    shown = shown if len(shown) <= MAX_VALUE else shown[: MAX_VALUE - 1] + "…"
    is_list = not where and shown.startswith("[") and "valid dict" in reason[2]
    if is_list and (typed := RETURN_TYPE.search(scene.above)):
        return f"{name} returned a list, but its type is `-> {typed[1]}`: write `-> list` or `-> list[...]`."
    return _from_source(scene, name, where, shown, reason[2]) or _mismatch(name, where, shown, reason[2])


def _from_source(scene: Scene, name: str, where: str, shown: str, reason: str) -> str | None:
    """Return what is wrong with a returned value if another line of the app tells it."""
    place = scene.error.place
    if shown == "None" and not where and (called := re.match(r"return (\w+)\(", scene.source)):
        helpers = [one for one in functions_of_app(read_app_files(scene.folder).texts) if one.node.name == called[1]]
        helper = helpers[0] if len(helpers) == 1 else None
        if helper and not any(isinstance(node, GIVING) and node.value is not None for node in ast.walk(helper.node)):
            return f"{helper.file}, line {helper.node.lineno}: {called[1]}() ends without a return, so {name} returned None."
    if shown == "None" and where and "valid list" in reason:
        single = re.compile(rf"^[ \t]+{where}[ \t]*:[ \t]*Mapped\[[ \t]*([\"']?)(\w+)\1[ \t]*\]", re.MULTILINE)
        if found := next(find_all(single, read_app_files(scene.folder).texts), None):
            kind = found.match[2]
            return f'{found.place}: `{where}` is a single {kind} here: write Mapped[list["{kind}"]].'
    if (
        reason == "Field required"
        and shown.startswith("{")
        and place
        and place.function
        and (model := _response_model(place.file, place.function, scene))
    ):
        return f"{name} returned a value without `{where}`, which {model} requires: {shown}"
    return None


def _response_model(file: str, function: str, scene: Scene) -> str | None:
    """Return the response_model of an endpoint as it is written, with its line."""
    text = read_app_files(scene.folder).texts.get(file, "")
    head = re.search(rf"^(?:async )?def {function}\(", text, re.MULTILINE)
    decorator = text.rfind("\n@", 0, head.start()) if head else -1
    found = (
        re.compile(r"response_model\s*=\s*[\w.\[\]]+").search(text, decorator, head.start())
        if head and decorator >= 0
        else None
    )
    return f"{found[0]} (line {text.count(chr(10), 0, found.start()) + 1})" if found else None


def _mismatch(name: str, where: str, shown: str, reason: str) -> str:
    """Return what a function returned, and why it does not fit the response model, at a place or as a whole."""
    if shown == "None" and not where:
        return f"{name} returned None: is a return missing, or was nothing found, here or in a dependency?"
    if not where and shown.startswith("[") and "valid dict" in reason:
        return f"{name} returned a list, but its response_model is a single object: write response_model=list[...]."
    if shown.startswith("HTTPException"):
        return f"{name} returned an HTTPException: it must be raised (raise HTTPException...)."
    if method := re.match(r"<(?:bound method|built-in method|function) (?:[\w.]+\.)?(\w+)", shown):
        return f"{name} returned the method {method[1]} instead of its result: write {method[1]}(), with parentheses."
    if shown.startswith("<sqlalchemy.sql.selectable.Select"):
        return f"{name} returned a statement that was never executed: pass it to session.scalars()."
    if re.match(r"\(<[\w.]+", shown):
        return f"{name} returned rows, not objects (use scalars()): {where or 'it'} is {shown}."
    if reason == "Field required":
        return f"{name} returned a value without `{where}` (Field required): {shown}"
    if not where:
        return f"ResponseValidationError: {name} returned {shown}: {reason}"
    return f"{name} returned {shown} as `{where}`: {reason}"
