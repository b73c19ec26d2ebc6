"""Verdicts of failed checks."""

from types import SimpleNamespace

import pytest
from classroom.apps.app import NotStarted, NotStartedWith
from classroom.apps.exchange import Answer, Exchange, Failure, GroundMissing, Headers
from classroom.checks.run import Check, Run
from classroom.checks.verdict import MAX_TEXT, judge, of_clean_up
from classroom.core.errors import CouldNotCheck
from classroom.core.result import Verdict
from classroom.services.postgres.errors import DatabaseError
from classroom.services.postgres.script import Outcome, ScriptFailure, ScriptFile


def state(**seen):
    """Return the state of a run in which the submission was not used yet, apart from what is given."""
    run = SimpleNamespace(**({"exchanges": [], "touched": False, "ran": False, "job": None} | seen))
    run.is_exposed = Run.is_exposed.fget(run)
    return run


def test_what_a_submission_says_without_end_is_cut():
    """A long text from a submission is cut, so that results and pages stay small."""
    check = Check(name="c", task=1, hidden=False, weight=1, asks="")
    run = SimpleNamespace(exchanges=[], job=None)

    told = judge(check, Failure("The database says: " + "x" * 10_000_000), run, 0.1)

    assert len(told.message) == MAX_TEXT + 1


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (NotStarted("The database is shut."), Verdict.FAIL),
        (DatabaseError("The table is locked.", "55P03"), Verdict.FAIL),
        (ExceptionGroup("", [NotStarted("shut"), DatabaseError("locked")]), Verdict.FAIL),
        (OSError("no room"), Verdict.COULD_NOT_CHECK),
        (ExceptionGroup("", [NotStarted("shut"), CouldNotCheck("The server is gone.")]), Verdict.COULD_NOT_CHECK),
        (ExceptionGroup("", [NotStarted("shut"), OSError("no room")]), Verdict.COULD_NOT_CHECK),
    ],
    ids=["app", "database", "both", "our own", "server gone", "mixed"],
)
def test_what_a_submission_breaks_after_a_check_is_its_failure(error, verdict):
    """An app that does not start again after a check fails the check; only trouble of ours is "could not check"."""
    check = Check(name="c", task=2, hidden=False, weight=1, asks="")
    run = state()

    assert judge(check, of_clean_up(error, run), run, 0.1).verdict is verdict


@pytest.mark.parametrize("seen", [{"ran": True}, {"touched": True}])
def test_unexpected_error_after_a_check_is_the_submissions_once_it_has_run(seen):
    """A submission that has run must not get "could not check" for what makes the clean-up fail."""
    check = Check(name="c", task=2, hidden=False, weight=1, asks="")
    run = state(**seen)

    result = judge(check, of_clean_up(KeyError("id"), run), run, 0.1)

    assert result.verdict is Verdict.FAIL
    assert result.message == "What the app left behind after this check could not be cleaned up: KeyError: 'id'"


def verdict_of(error, **seen):
    """Return the result of a check of task 1 that ended with an error."""
    check = Check(name="c", task=1, hidden=False, weight=1, asks="")
    return judge(check, error, state(**seen), 0.1)


def test_check_that_fails_on_a_response_is_a_failure():
    """A submission must not get "could not check" for a response of an unexpected shape."""
    result = verdict_of(KeyError("id"), exchanges=[Exchange("GET", "/items")])

    assert result.verdict is Verdict.FAIL
    assert result.message == "The response does not have the expected shape (KeyError: 'id')."
    assert result.flaw == "KeyError: 'id'"


@pytest.mark.parametrize("seen", [{"touched": True}, {"ran": True}], ids=["service used", "program started"])
def test_check_that_fails_on_what_a_submission_left_is_a_failure(seen):
    """A submission must not get "could not check" for rows, keys or files that make the check itself fail."""
    result = verdict_of(IndexError("list index out of range"), **seen)

    assert result.verdict is Verdict.FAIL
    assert result.message == (
        "What the submission has left in its files or services does not have the expected shape "
        "(IndexError: list index out of range)."
    )
    assert result.flaw == "IndexError: list index out of range"


def test_check_that_fails_by_itself_could_not_be_checked():
    """An error before the submission was touched is a matter for the maintainer."""
    result = verdict_of(ZeroDivisionError("division by zero"))

    assert result.verdict is Verdict.COULD_NOT_CHECK
    assert result.message == "the check itself failed: ZeroDivisionError: division by zero"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (AssertionError("The list is sorted.\nassert [2, 1] == [1, 2]"), "The list is sorted."),
        (AssertionError("assert 1 == 2\n +  where 1 = one()"), "assert 1 == 2"),
        (AssertionError(), "The check failed."),
    ],
)
def test_plain_assert_has_one_sentence(error, message):
    """The message of an assert is its own, or the first line of pytest's."""
    result = verdict_of(error)

    assert (result.verdict, result.message) == (Verdict.FAIL, message)


def test_missing_ground_is_skipped():
    """A check whose ground is missing is skipped, and names the task that it builds on."""
    result = verdict_of(GroundMissing(2))

    assert result.verdict is Verdict.SKIPPED
    assert "task 2" in result.message


@pytest.fixture
def run(tmp_path):
    """A run of a submission with app/main.py."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/main.py").write_text("x = 1\n")
    job = SimpleNamespace(folder=tmp_path, notes=())
    assignment = SimpleNamespace(tasks=[SimpleNamespace(number=1)])
    return state(job=job, script_failures=[], assignment=assignment)


TRACEBACK = 'Traceback (your own lines):\n  File "app/main.py", line 1, in f\n    x = 1\nKeyError: 1'
START = "app/main.py, line 1: KeyError: 1\n    x = 1"


def judged(error, run, task=1):
    """Return the result of a check that ended with an error."""
    return judge(Check(name="c", task=task, hidden=False, weight=1, asks=""), error, run, 0.1)


def test_app_that_does_not_start_begins_with_the_cause(run):
    """The error comes first, and everything that was printed is kept."""
    result = judged(NotStarted(TRACEBACK), run)

    assert (result.cause, result.message, result.printed) == (START, "The app does not start.", TRACEBACK)


def test_later_task_is_skipped_with_the_cause(run):
    """Where the app does not start, later tasks are skipped, with the same cause."""
    result = judged(NotStarted(TRACEBACK), run, task=3)

    assert (result.verdict, result.cause) == (Verdict.SKIPPED, START)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"app/settings.py": "DEBUG = True\n"}, "`DEBUG = True` in app/settings.py"),
        ({"app/data.py": "A = [\n  1,\n]\n"}, "the app/data.py of the check"),
    ],
)
def test_app_that_does_not_start_with_other_files_fails_the_task(run, files, said):
    """An app that starts, but not with the files of one check, fails that check's task and shows the error."""
    result = judged(NotStartedWith(TRACEBACK, files), run, task=3)

    assert (result.verdict, result.cause) == (Verdict.FAIL, START)
    assert result.message == f"The app does not start with {said}."


def test_traceback_in_a_message_is_its_cause(run):
    """A message that ends in a traceback gives its cause, and keeps its sentence."""
    result = judged(Failure(f"One of two instances did not start:\n{TRACEBACK}"), run)

    assert (result.cause, result.message) == (START, "One of two instances did not start.")


def test_missing_ground_of_an_sql_file_has_its_cause(run):
    """A check that waits for tables is skipped with the error of the file that makes them."""
    file = ScriptFile("CREATE TABEL x", "schema/01.sql", [])
    run.script_failures.append(ScriptFailure(file, Outcome(error='syntax error at or near "TABEL"', position=8)))

    result = judged(GroundMissing(2), run, task=5)

    assert result.cause.startswith('schema/01.sql, line 1: syntax error at or near "TABEL"')


def test_explanation_that_fails_changes_no_verdict(run):
    """An error while a cause is searched leaves the verdict and the message as they are."""
    run.script_failures = None

    result = judged(Failure("The list is empty."), run)

    assert (result.verdict, result.message, result.cause) == (Verdict.FAIL, "The list is empty.", None)


def test_missing_ground_says_what_the_earlier_task_returned(run):
    """A skipped check says which response the earlier task gave; a TODO is not written yet."""
    for status, told in ((500, ": GET /items returned 500"), (501, "")):
        exchange = Exchange("GET", "/items")
        exchange.answer = Answer(status, Headers(), b"", exchange)

        assert judged(GroundMissing(2, exchange.answer), run).message == f"because task 2 is not there yet{told}"


def test_hidden_check_does_not_say_what_the_earlier_task_returned(run):
    """The reason for skipping a hidden check contains nothing of its requests."""
    exchange = Exchange("GET", "/items/4711")
    exchange.answer = Answer(500, Headers(), b"", exchange)
    check = Check(name="c", task=3, hidden=True, weight=1, asks="")

    assert judge(check, GroundMissing(2, exchange.answer), run, 0.1).message == "because task 2 is not there yet"


def test_card_shows_an_earlier_response_whole():
    """A failure about a response that the trail no longer keeps shows that response."""
    exchange = Exchange("GET", "/items")
    exchange.answer = answer = Answer(200, Headers(), b'["early"]', exchange)
    exchange.answer = answer.without_body()

    result = verdict_of(Failure("The list is wrong.", answer), exchanges=[exchange, Exchange("GET", "/")])

    assert result.answer == '200 OK\n["early"]'
