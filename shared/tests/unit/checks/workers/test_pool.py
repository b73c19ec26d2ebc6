"""The pool of workers, and jobs whose worker fails."""

import os
import sys

import pytest
from classroom.checks.workers.pool import MAX_RETRIES, Pool
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

    with pytest.raises(CouldNotCheck, match=r"The worker that runs the checks for week1-tiny did not start\."):
        list(pool.grade([job]))


@pytest.fixture
def dying_worker(tmp_path, monkeypatch):
    """A function that replaces the worker by one that dies at its first jobs, and then says that all is done."""

    def replace(deaths):
        script, count = tmp_path / "worker", tmp_path / "deaths"
        count.write_text("")
        script.write_text(
            f"""#!/bin/sh
echo '{{"ready": true}}'
read -r job
if [ "$(wc -c < {count})" -lt {deaths} ]; then printf x >> {count}; kill -9 $$; fi
echo '{{"done": true, "status": 0}}'
read -r end
"""
        )
        script.chmod(0o755)
        monkeypatch.setattr(sys, "executable", os.fspath(script))

    return replace


@pytest.mark.skipif(sys.platform == "win32", reason="the worker of this test is a shell script")
@pytest.mark.parametrize(("deaths", "status"), [(MAX_RETRIES, "graded"), (MAX_RETRIES + 1, COULD_NOT_GRADE)])
def test_job_of_a_worker_that_is_killed_is_done_again(pool, job, tmp_path, dying_worker, deaths, status):
    """A worker that was killed loses nothing: another one gets its job, a few times at most."""
    result = Result(pool.assignment.name, "alice", "graded", 100, 100)
    (tmp_path / "alice.json").write_text(result.to_json())
    dying_worker(deaths)

    assert [result.status for _, result in pool.grade([job])] == [status]
    assert pool.retries["alice"] == 0
