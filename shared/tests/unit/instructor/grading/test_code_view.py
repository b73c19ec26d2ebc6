"""The code next to the checks: which lines a check names, and what is shown if there is no room for all."""

from classroom.core.result import CheckResult, Verdict
from classroom.instructor.grading.code_view import MAX_LINE, places, room_for, shown_code

MAIN = """app = FastAPI()

@app.get("/items")
def items(): ...

@app.get("/items/{number}")
def item(number: int): ...

@app.post("/items")
def create(): ...

@router.get("/{number}/tags")
def tags(number: int): ...
""".splitlines()
FILES = {"app/main.py": MAIN}


def red(**more):
    """A check that failed."""
    return CheckResult("c", False, 1, Verdict.FAIL, "It works.", **more)


def requested(*words):
    """The line of the route that a request leads to."""
    return [line for _, line in places(red(request=f"curl -i {' '.join(words)}"), FILES)]


def test_cause_and_traceback_name_lines():
    """The line of the cause is first, then those of the traceback; lines that the code does not have are left out."""
    check = red(
        cause="app/main.py, line 7: NameError: name 'x' is not defined",
        printed='  File "app/main.py", line 4, in items\n  File "app/other.py", line 1\n  File "app/main.py", line 99',
    )

    assert places(check, FILES) == [("app/main.py", 7), ("app/main.py", 4)]


def test_request_names_its_route():
    """Without a traceback the route of the last request is named, by its method, and the exact path before a parameter."""
    assert requested("http://127.0.0.1:8000/items?limit=3") == [3]
    assert requested("http://127.0.0.1:8000/items/7") == [6]
    assert requested("-X POST http://127.0.0.1:8000/items", "-d '{}'") == [9]
    assert requested("http://127.0.0.1:8000/items/7/tags") == [12]
    assert requested("-X DELETE http://127.0.0.1:8000/items/7") == []
    assert places(red(), FILES) == []


def test_code_is_shown_whole_if_there_is_room():
    """A file that fits is one part, with every line; a very long line is cut."""
    (file,) = shown_code({"a.py": ["x", "y" * 1000]}, [], 2000)

    assert file == {"name": "a.py", "lines": 2, "parts": [(1, ["x", "y" * MAX_LINE + " …"])]}


def test_without_room_the_named_lines_are_shown():
    """Where the code does not fit, only the lines around those that checks name are shown, until the room is used up."""
    lines = [f"line {number}" for number in range(1, 101)]

    shown = shown_code({"a.py": lines, "b.py": lines}, [("a.py", 50), ("a.py", 54), ("b.py", 1)], 300)

    assert [(file["name"], [(start, len(part)) for start, part in file["parts"]]) for file in shown] == [
        ("a.py", [(42, 21)]),
        ("b.py", [(1, 9)]),
    ]
    assert shown_code({"a.py": lines}, [("a.py", 50)], 20) == [{"name": "a.py", "lines": 100, "parts": []}]


def test_room_is_shared():
    """A page with many students has less room for each, and a page with few not more than anybody reads."""
    assert room_for(0) == room_for(40) == 40_000
    assert room_for(2500) == 2400
