"""The lesson: sections of tasks, drawn diagrams, and examples that can be sent."""

import pytest
from classroom.student.examples import Example
from classroom.student.learn.lesson import read, sendable
from classroom.student.learn.shell_values import NoValueError, filled_in, spelled_out
from classroom.web.diagrams import FOLDER, file_name
from markupsafe import Markup

APP = "http://127.0.0.1:8000"
MOST_TOLD = 400
DIAGRAM = "flowchart LR\n    a --> b\n"


def lesson_of(assignment, text):
    """The lesson of the small week with this README."""
    (assignment.folder / "README.md").write_text(text)
    return read(
        assignment, lambda number, example, can: Markup("[{} {} {}]").format(number, example.command, bool(can))
    )


def test_section_of_a_task_knows_its_task(assignment):
    """A section whose heading is that of a task belongs to it; any other one to none."""
    lesson = lesson_of(assignment, "# Tiny\n\n## Before\n\n## 1. Hello\n\n## 2. Double\n\n## Hand in\n")

    assert [part.task and part.task.number for part in lesson.parts] == [None, None, 1, 2, None]


def test_drawn_diagram_is_an_image_and_another_one_text(assignment):
    """A block with a drawing is an image of its size, with its text below; one without is its text."""
    page = f"```mermaid\n{DIAGRAM}```\n"
    undrawn = lesson_of(assignment, page).parts[0].section.html
    (assignment.folder / FOLDER).mkdir()
    (assignment.folder / FOLDER / file_name(DIAGRAM)).write_text('<svg viewBox="0 0 120.4 80"/>')

    drawn = lesson_of(assignment, page).parts[0].section.html

    assert "<img" not in undrawn
    assert f'src="diagrams/{file_name(DIAGRAM)}" width="120" height="80"' in drawn
    for html in (undrawn, drawn):
        assert "a --&gt; b" in html


def test_examples_are_numbered_over_the_whole_page(assignment):
    """Each command has its number on the page; a block that shows no command is plain code."""
    block = f"```console\n$ curl {APP}/\n1\n$ ls\n```\n"
    lesson = lesson_of(assignment, f"{block}\n## More\n\n{block}\n```console\nno command\n```\n")
    html = "".join(part.section.html for part in lesson.parts)

    assert [bool(example) for example in lesson.examples] == [True, False, True, False]
    assert f"[2 curl {APP}/ True]" in html
    assert "[3 ls False]" in html
    assert "no command" in html


@pytest.mark.parametrize(
    ("command", "can"),
    [
        (f"curl -i {APP}/items", True),
        ("curl http://localhost:8000/items", True),
        ("curl http://evil.example/items", False),
        ("curl http://127.0.0.1:22/", False),
        ("curl http://127.0.0.1:8000@evil.example/", False),
        (f"curl {APP}/$HOME", False),
        (f"curl {APP}/$(rm -rf x)", False),
        (f"curl {APP}/$(python -m os)", False),
        (f"curl {APP}/ -H 'A: $(python -m app.token alice)'", True),
        (f"curl {APP}/ -H 'A: $TOKEN'", True),
        (f"curl {APP}/ -H 'A: it", False),
        (f"curl {APP}/ -H", False),
        (f"curl {APP}/ -H 'A: ${{TOKEN}}'", True),
        (f"curl {APP}/ -H 'A: $TOKEN2'", False),
        (f"curl {APP}/ ; rm -rf x", False),
        ("rm -rf x", False),
        ("", False),
    ],
)
def test_only_a_request_to_the_own_app_can_be_sent(command, can):
    """A request is sent if it goes to the app and uses nothing of the shell but a program of the app."""
    earlier = [Example(1, "TOKEN=$(python -m app.token alice)"), Example(2, "OTHER=$(curl x)")]

    found = sendable(Example(3, command), earlier)

    assert (found is not None) == can


def test_program_of_the_app_fills_in_its_value(week):
    """A variable stands for what its program prints, in the folder of the week."""
    (week / "app").mkdir(exist_ok=True)
    (week / "app" / "token.py").write_text("import sys\nprint('abc.' + sys.argv[1])\n")
    command = spelled_out("curl -H 'A: $TOKEN' x", [Example(1, "TOKEN=$(python -m app.token alice)")])

    assert filled_in(command, week) == "curl -H 'A: abc.alice' x"


@pytest.mark.parametrize(
    "code", ["raise SystemExit('no secret')", "print('a b')", "print(\"'; x '\")", "pass", "print('x' * 10_000_000)"]
)
def test_program_without_a_value_is_a_sentence(week, code):
    """A program that fails, or prints too much or what could change the command, is named in a short sentence."""
    (week / "app").mkdir(exist_ok=True)
    (week / "app" / "token.py").write_text(f"{code}\n")

    with pytest.raises(NoValueError, match=r"^`python -m app.token alice` printed no value: ") as told:
        filled_in("$(python -m app.token alice)", week)

    assert len(str(told.value)) < MOST_TOLD
