"""Short tracebacks: an error with its author's own lines."""

import importlib.util

import pytest
from classroom.apps.inside.short_traceback import short_traceback

CODE = """ITEMS = {1: "one"}


def misspelled():
    return ITEM[1]


def chained():
    try:
        ITEMS[2]
    except KeyError:
        raise RuntimeError("second")


def views():
    # a comment
    return ITEMS.values()


def two(flag):
    if flag:
        return ITEMS.keys()
    return ITEMS.values()
"""


@pytest.fixture
def app(tmp_path):
    """A module of a submission."""
    (tmp_path / "main.py").write_text(CODE)
    spec = importlib.util.spec_from_file_location("app_of_a_student", tmp_path / "main.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def error_of(call):
    """Return the error that a call raises."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - any
        call()
    return caught.value


def test_misspelled_name_gets_a_suggestion(app, tmp_path):
    """For a misspelled name, the module's similar name is suggested in every version of Python."""
    assert short_traceback(error_of(app.misspelled), str(tmp_path)).splitlines() == [
        "Traceback (your own lines):",
        '  File "main.py", line 5, in misspelled',
        "    return ITEM[1]",
        "NameError: name 'ITEM' is not defined. Did you mean: 'ITEMS'?",
    ]


def test_error_in_a_task_group_is_shown_as_itself(app, tmp_path):
    """An error that task groups have wrapped is shown without them, with its own line."""
    error = error_of(app.misspelled)
    group = ExceptionGroup("outer", [ExceptionGroup("inner", [error])])

    assert short_traceback(group, str(tmp_path)) == short_traceback(error, str(tmp_path))


def test_error_that_led_to_it_comes_first(app, tmp_path):
    """An error raised while another one was handled follows that one."""
    shown = short_traceback(error_of(app.chained), str(tmp_path))

    assert shown.index("KeyError: 2") < shown.index("During handling") < shown.index("RuntimeError: second")


@pytest.mark.parametrize(("name", "line"), [("views", 17), ("two", 20)])
def test_error_without_own_lines_is_at_the_endpoint(app, tmp_path, name, line):
    """An error behind the endpoint shows its only return, or else its def."""
    shown = short_traceback(ValueError("no JSON"), str(tmp_path), getattr(app, name))

    assert f'File "main.py", line {line}, in {name}' in shown


def test_object_whose_own_code_fails_gets_no_suggestion(tmp_path):
    """If the search for a suggestion fails, it is left out."""

    class Broken:
        def __dir__(self):
            raise RuntimeError

    assert short_traceback(error_of(lambda: Broken().name), str(tmp_path)).endswith("has no attribute 'name'")


def test_error_before_the_endpoint_is_not_at_the_endpoint(app, tmp_path):
    """An error while FastAPI reads a request's values shows no line of the endpoint, which never ran."""

    def solve_dependencies():
        raise TypeError("no")

    assert short_traceback(error_of(solve_dependencies), str(tmp_path), app.views) == "TypeError: no"
