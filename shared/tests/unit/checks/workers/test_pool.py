"""The pool of workers, and jobs whose worker fails."""

import sys

import pytest
from classroom.checks.workers.pool import Pool
from classroom.core.errors import CouldNotCheck
from classroom.core.result import COULD_NOT_GRADE, Result
from classroom.core.submission import Submission


@pytest.fixture
def pool(assignment, tmp_path):
    """A pool without workers yet."""
    with Pool(assignment, jobs=1, hidden=False, room=tmp_path / "pool") as pool:
        yield pool


@pytest.fixture
def job(pool, week, tmp_path):
    """A job of the pool."""
    return pool.job(Submission("alice", week), seed=1, out=tmp_path / "alice.json")


@pytest.mark.parametrize(
    ("status", "text", "reason"),
    [
        (9, None, "the grading process ended with exit status 9"),
        (0, None, "the result could not be read: "),
        (0, "{}", "the result could not be read: not a classroom/result/v1 file"),
    ],
)
def test_job_without_a_result_could_not_be_graded(pool, job, tmp_path, status, text, reason):
    """If the result cannot be read, the submission gets one that says so, on disk as well."""
    if text is not None:
        (tmp_path / "alice.json").write_text(text)

    result = pool._result(job, status)

    assert (result.status, result.score) == (COULD_NOT_GRADE, None)
    assert result.reason.startswith(reason)
    assert Result.from_json((tmp_path / "alice.json").read_text()) == result


def test_worker_that_does_not_start_is_an_error(pool, job, monkeypatch):
    """A worker that exits before it is ready is a failure of the kit, not of the submission."""
    monkeypatch.setattr(sys, "executable", "/bin/false")

    with pytest.raises(CouldNotCheck, match=r"The worker that runs the checks of week1-tiny did not start\."):
        list(pool.grade([job]))
