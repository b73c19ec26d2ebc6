"""Advice about errors: common mistakes that an error's own words do not name, each a small rule."""

from __future__ import annotations

import builtins
import re
from typing import TYPE_CHECKING

from classroom.checks.causes import sql_advice
from classroom.checks.causes.app_files import find_all, read_app_files
from classroom.checks.causes.dict_advice import dict_with_a_dot, keys_of_a_dict
from classroom.checks.causes.import_advice import missing_module, other_module
from classroom.checks.causes.model_advice import model_as_dict, module_as_type, unfit_constraint, unknown_field
from classroom.checks.causes.name_advice import undefined_name
from classroom.checks.causes.printed_error import CALLED_IN_DEPENDS, SYNTAX
from classroom.checks.causes.raise_advice import returned_exceptions
from classroom.checks.causes.returned_advice import not_json, not_the_response_model
from classroom.checks.causes.scene import Scene
from classroom.checks.causes.table_advice import defined_below, get_swapped, key_without_column
from classroom.checks.causes.type_advice import invalid_type, not_a_row
from classroom.core.result import NOT_WRITTEN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from classroom.checks.causes.printed_error import PrintedError

AFTER_A_VALUE = re.compile(r"[\"')\]}]\s*\((?!\s*\))")  # a parenthesis that is no call of a name
RETURNED_PAIR = re.compile(r"return\s+([\"'])\w+\1\s*:")
CALLED_WITH_A_KEY = re.compile(r"(?<![\w.])(\w+)\(([\w.\"']+)\)")

RETURNED_EXCEPTION = re.compile(r"'HTTPException' object|HTTPException' is not mapped|input_type=HTTPException\b")
CLASS_FOR_APP = re.compile(r"^(\w+)[ \t]*=[ \t]*FastAPI[ \t]*(?:#.*)?$", re.MULTILINE)
HANDLER_OF = re.compile(r"\w+\.exception_handler\((\w+)\)")


def advise(error: PrintedError, folder: Path) -> str | None:
    """Return a sentence that names a known mistake, or None."""
    scene = Scene.of(error, folder)
    return next(filter(None, (rule(scene) for rule in (*RULES, *sql_advice.RULES))), None)


def _missing_await(scene: Scene) -> str | None:
    if "'coroutine'" in scene.text:
        return f"{scene.error.first_line}: `await` is missing before the call."
    if found := re.search(r"object (\w+) can't be used in 'await' expression", scene.text):
        return f"`await` needs an async function, but this one returned its result ({found[1]}): remove the `await`."
    if "await wasn't used with future" in scene.text:
        return (
            f"{scene.error.first_line}: `await` is missing before a call whose result is used here, such as gather()."
        )
    if "unhashable type: 'list'" in scene.text and re.search(r"\bgather\(\s*[\w\[]", scene.statement):
        return f"{scene.error.first_line}: gather() takes each call as an argument: put a * before the list."
    return None


def _framework(scene: Scene) -> str | None:
    """Recognize framework errors with long messages."""
    if wrong := re.search(r"Invalid extra_behavior: `(\w{1,40})`", scene.text):
        return f"extra={wrong[1]!r} does not exist: write 'allow', 'forbid' or 'ignore'."
    if "Response not awaited" in scene.text:
        return (
            "a dependency with yield caught an exception and did not re-raise it: "
            "add `raise` at the end of its except block."
        )
    if scene.text.startswith("AttributeError: 'function' object has no attribute 'dependency'"):
        return "each function in dependencies=[...] needs Depends around it, as in dependencies=[Depends(name)]."
    if "object is not callable" in scene.text and "exception_handler(" in scene.above:
        function = scene.error.place.function if scene.error.place else ""
        return f"{function}() must return a response, such as JSONResponse(...): {scene.error.message}."
    if "closed transaction inside context manager" in scene.text:
        return (
            "a commit() above this line has ended the transaction, which the `with` block commits at its end: remove it. "
            f"({scene.error.name})"
        )
    if "PendingRollbackError" in scene.error.kind:
        return (
            "a failed transaction in this session was never rolled back (PendingRollbackError): "
            "each request needs its own session."
        )
    return None


def _class_for_app(scene: Scene) -> str | None:
    """Recognize `app = FastAPI`, which is the class itself: each call of it lacks its first argument."""
    if "FastAPI." not in scene.text or "missing 1 required positional argument" not in scene.text:
        return None
    found = next(find_all(CLASS_FOR_APP, read_app_files(scene.folder).texts), None)
    return f"{found.place}: the parentheses are missing: write {found.match[1]} = FastAPI()." if found else None


def _called_in_depends(scene: Scene) -> str | None:
    """Recognize a dependency that is called where it is declared, which raised while the app was imported."""
    call = CALLED_IN_DEPENDS.search(scene.source)
    if call is None or scene.error.name in SYNTAX or any(f"'{name}'" in scene.text for name in ("Depends", call[1])):
        return None
    return f"Depends({call[1]}()) calls {call[1]} before there is a request: write Depends({call[1]}), without its parentheses."


def _returned_exception(scene: Scene) -> str | None:
    """Recognize the use of what a dependency or another function returned: an HTTPException."""
    if not RETURNED_EXCEPTION.search(scene.text):
        return None
    found = list(returned_exceptions(read_app_files(scene.folder).texts))
    where = f"{found[0].file}, line {found[0].line}," if len(found) == 1 else "another function"
    said = f"this is an HTTPException, which {where} returns instead of raising it ({scene.error.first_line})."
    return said if found else None


def _other_exception(scene: Scene) -> str | None:
    """Recognize a handler of RequestValidationError that is registered for HTTPException."""
    found = re.search(r"'HTTPException' object has no attribute '(?:errors|body)'", scene.text)
    handlers = [*HANDLER_OF.finditer(scene.above)]
    if found is None or not handlers or handlers[-1][1] != "HTTPException":
        return None
    return f"this handler is registered for HTTPException: write @{handlers[-1][0].replace('HTTPException', 'RequestValidationError')}. ({found[0]})"


def _missing_comma(scene: Scene) -> str | None:
    called = re.search(r"'(tuple|str|list|dict|int|float)' object is not callable", scene.text)
    if called is None:
        return None
    if AFTER_A_VALUE.search(scene.statement):
        return f"{scene.error.first_line}: is a comma missing before the parenthesis?"
    if called[1] in ("list", "dict") and (name := CALLED_WITH_A_KEY.search(scene.source)):
        return f"{scene.error.first_line}: square brackets read a value from it, {name[1]}[{name[2]}]."
    return None


def _without_with(scene: Scene) -> str | None:
    """Recognize the result of a context manager that was used without its `with`."""
    if "'_GeneratorContextManager' object has no attribute" not in scene.text:
        return None
    used = re.search(r"\b([a-z_]\w*)\.\w", scene.source)
    made = re.search(rf"^[ \t]*{used[1]} *= *(\S.*)$", scene.above, re.MULTILINE) if used else None
    example = f"`with {made[1]} as {used[1]}:`" if made and used else "`with ... as ...:`"
    return f"{scene.error.first_line}: open it with {example}, and indent what uses it."


def _hidden_builtin(scene: Scene) -> str | None:
    """Recognize a variable with the name of one of Python's own functions, which is then called."""
    unbound = re.match(r"UnboundLocalError: (?:cannot access )?local variable '(\w+)'", scene.text)
    assigned = scene.above if "object is not callable" in scene.text else ""
    called = [unbound[1]] if unbound else re.findall(r"(?<![\w.])(\w+)\(", scene.source)
    for name in called if unbound or assigned else ():
        if hasattr(builtins, name) and (unbound or re.search(rf"(?<![\w.]){name}\s*=[^=]", assigned)):
            return f"the variable {name} hides Python's own {name}(): give it another name. ({scene.error.first_line})"
    return None


def _not_called(scene: Scene) -> str | None:
    """Recognize a method that is named without its parentheses, where its result is needed."""
    if re.search(
        r"'(?:function|method|builtin_function_or_method)' object (?:has no attribute|is not \w+able)", scene.text
    ):
        return f"{scene.error.first_line}: are the parentheses of a call missing?"
    return None


def _input(scene: Scene) -> str | None:
    if scene.text.startswith("EOFError") and "input(" in scene.source:
        return "input() waits for keyboard input, but a server has no keyboard: remove it."
    return None


def _braces(scene: Scene) -> str | None:
    if scene.error.name == "SyntaxError" and RETURNED_PAIR.match(scene.source):
        return "a dict is written in braces: return {...}."
    return None


def _status_as_text(scene: Scene) -> str | None:
    """Recognize a status code in quotes, for which FastAPI has no handler."""
    found = re.search(r"HTTPException\(\s*(?:status_code\s*=\s*)?[\"'](\d{3})[\"']", scene.statement)
    if scene.error.name != "HTTPException" or found is None:
        return None
    return f"the status code {found[1]} is a string here: write it without quotes."


def _lost_file(scene: Scene) -> str | None:
    """Recognize a `FileResponse` for a path without a file, whose error has no line of the app."""
    if re.match(r"RuntimeError: File at path .* does not exist", scene.text, re.DOTALL):
        return "FileResponse was given a path where there is no file: check path.is_file() first."
    return None


def _todo(scene: Scene) -> str | None:
    """Recognize a stub that was called by something other than a request, such as a test that students write."""
    found = re.match(r"NotImplementedError: (TODO \d{1,3})\b", scene.text)
    return f"{found[1]} {NOT_WRITTEN}." if found else None


def _bare_not_implemented(scene: Scene) -> str | None:
    if scene.error.name == "NotImplementedError" and not scene.error.message:
        return "this line still raises NotImplementedError: replace it with your own code."
    return None


def _not_caught(scene: Scene) -> str | None:
    """Recognize an error that another file of the app raises for its callers to catch."""
    module, place = scene.error.own_module(scene.folder), scene.error.place
    if module is None or place is None or place.file == module or scene.source.startswith("raise"):
        return None
    return f"{scene.error.name}, which {module} raises, is not caught here: write try and except around this call."


RULES: tuple[Callable[[Scene], str | None], ...] = (
    not_json,
    _missing_await,
    not_the_response_model,
    invalid_type,
    not_a_row,
    _framework,
    _class_for_app,
    other_module,
    unfit_constraint,
    unknown_field,
    module_as_type,
    model_as_dict,
    get_swapped,
    key_without_column,
    defined_below,
    _called_in_depends,
    _other_exception,
    _returned_exception,
    _without_with,
    _hidden_builtin,
    _not_called,
    _missing_comma,
    undefined_name,
    keys_of_a_dict,
    dict_with_a_dot,
    missing_module,
    _input,
    _braces,
    _status_as_text,
    _lost_file,
    _todo,
    _bare_not_implemented,
    _not_caught,
)
