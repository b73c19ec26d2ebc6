"""The scorecard on the terminal."""

import io

from classroom.core.result import COULD_NOT_GRADE, GRADED, CheckResult, Result, TaskResult, Verdict
from classroom.student.scorecard import Scorecard
from rich.console import Console


def card(assignment, *checks, encoding="utf-8", width=200, **fields):
    """Return the scorecard of a result whose task 2 has these checks."""
    tasks = tuple(
        TaskResult(
            number=task.number,
            title=task.title,
            points=task.points,
            earned=0,
            verdict=checks[0].verdict if task.number == 2 else Verdict.PASS,
            reason=None,
            checks=checks if task.number == 2 else (),
        )
        for task in assignment.tasks
    )
    result = Result(
        **{
            "assignment": assignment.name,
            "submission": "alice",
            "status": GRADED,
            "score": 40,
            "max_score": 100,
            "tasks": tasks,
            **fields,
        }
    )
    output = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    Scorecard(assignment, result, Console(file=output, width=width)).print()
    output.flush()
    return output.buffer.getvalue().decode(encoding)


def failed(**fields):
    """Return a failed check."""
    values = {"name": "c", "hidden": False, "weight": 1, "verdict": Verdict.FAIL, "asks": "GET / returns 200."}
    return CheckResult(**{**values, "message": "GET / returned 404, expected 200.", **fields})


def test_first_red_task_is_shown_with_its_request(assignment, monkeypatch):
    """The card has the total, what the task asks, what happened and a command to repeat it."""
    monkeypatch.delenv("CLASSROOM_MAKE", raising=False)
    shown = card(assignment, failed(request="curl -i http://127.0.0.1:8000/"), failed(), failed())

    assert "Total" in shown
    assert "The task asks     GET / returns 200." in shown
    assert "  Task 2: Double\n    GET / returned 404, expected 200.\n    The task asks" in shown
    assert "Try it yourself\ncurl -i http://127.0.0.1:8000/\n" in shown
    assert "Also              2 more checks of this task" in shown
    assert "2 hints left: python -m classroom hint 2" in shown
    assert "2 of 3 tasks done. Next: task 2. Edit it, save, and check again." in shown


def test_data_of_a_hidden_check_is_not_shown(assignment):
    """A hidden check says that it failed, but not with which data."""
    shown = card(assignment, failed(hidden=True, message="/items/4711 is missing", answer="SECRET"))

    assert "A hidden check failed here." in shown
    assert "4711" not in shown
    assert "SECRET" not in shown


def test_terminal_without_unicode_gets_plain_signs(assignment):
    """If the terminal cannot show a check mark, a letter is shown instead."""
    shown = card(assignment, failed(), encoding="ascii")

    assert "x" in shown
    assert "✘" not in shown


def test_task_that_could_not_be_checked_is_no_problem_of_the_code(assignment):
    """A failure of the kit is shown as one."""
    broken = failed(verdict=Verdict.COULD_NOT_CHECK, message="the server is down")
    shown = card(assignment, broken, status=COULD_NOT_GRADE, score=None, reason="the server is down")

    assert "This is not a problem with your code: the server is down" in shown
    assert "?/100" in shown


def test_submission_without_tasks_says_why(assignment):
    """A result without tasks has a reason instead of a table."""
    shown = card(assignment, failed(), tasks=(), status=COULD_NOT_GRADE, score=None, reason="the disk is full")

    assert "Could not be graded: the disk is full" in shown


def test_long_response_is_cut_to_some_lines(assignment):
    """Of a long response, only the first lines are shown."""
    shown = card(assignment, failed(answer="200 OK\n" + "\n".join(f"line {number}" for number in range(40))))

    assert "line 4" in shown
    assert "line 39" not in shown


def test_row_with_a_long_path_fits_the_terminal(assignment):
    """No row of the table is wider than the terminal, however long the path is that it names."""
    message = f"queries/{'per_resource_' * 6}.sql, line 15: syntax error"
    shown = card(assignment, failed(message=message), width=80)

    assert max(len(line) for line in shown.partition("Total")[0].splitlines()) <= 80


def test_note_that_the_cause_says_is_not_repeated(assignment):
    """A note with the words of the card's cause, or about the same line, is left out, and others are shown."""
    cause = "app/main.py is encoded in UTF-16: save it as UTF-8"
    notes = (cause, "app/other.py is encoded in UTF-16: save it as UTF-8")

    shown = card(assignment, failed(cause=cause), notes=notes)

    assert f"Note: {cause}" not in shown
    assert "Note: app/other.py" in shown
    assert "Note:" not in card(assignment, failed(cause="a.py, line 5: no x."), notes=("a.py, line 5 imports x",))


def test_card_of_the_task_behind_has_the_same_error(assignment):
    """A task whose error is that of the red task that it builds on has no second card."""

    def result(number, check):
        task = TaskResult(number, f"Task {number}", 10, 0, Verdict.FAIL, None, (check,))
        return Result(assignment=assignment.name, submission="", status=GRADED, score=0, max_score=10, tasks=(task,))

    def shown(check):
        console = Console(file=io.StringIO(), width=80)
        Scorecard(assignment, result(3, check), console, behind=result(2, failed())).print()
        return console.file.getvalue()

    assert shown(failed()).count("GET / returned 404, expected 200.") == 1
    assert "GET /b returned 500" in shown(failed(message="GET /b returned 500."))
