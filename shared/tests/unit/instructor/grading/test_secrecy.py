"""What a student gets after an official grading: nothing that hidden checks sent, and no way to reproduce it."""

import re
import stat
from dataclasses import replace

import pytest
from classroom.core.result import OFFICIAL, VISIBLE, CheckResult, Result, TaskResult, Verdict
from classroom.instructor.grading.cohort import Cohort
from classroom.student.feedback import feedback

# Solves two tasks, and tells every request that it ever got in the response and the output of the third.
TELLTALE = """
import pathlib
import sys

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

app = FastAPI()
log = pathlib.Path("log")


@app.middleware("http")
async def tell(request: Request, call_next):
    with log.open("a") as file:
        file.write(request.url.path + "\\n")
    if request.url.path == "/":
        return JSONResponse({"hello": "world"})
    number = request.url.path.removeprefix("/double/")
    if number.removeprefix("-").isdigit():
        return JSONResponse({"double": 2 * int(number)})
    print(log.read_text(), flush=True)
    print(log.read_text(), file=sys.stderr, flush=True)
    return JSONResponse({"asked": log.read_text()}, 500)
"""


def grade(assignment, folder, out, **more):
    """Results by name."""
    results = Cohort(assignment, folder, out, **more).grade(lambda *_: None, lambda _: None)
    return {result.submission: result for result in results}


def paths(result, *, hidden):
    """The paths that the checks of a kind asked for."""
    requests = [check.request for task in result.tasks for check in task.checks if check.hidden == hidden]
    return set(re.findall(r"8000(\S+)", "\n".join(filter(None, requests))))


def test_feedback_shows_nothing_that_hidden_checks_sent(handed_in, assignment, tmp_path):
    """An app that reports every request it received reveals none of the hidden checks' requests to its author."""
    handed_in("eve", TELLTALE)

    (result,) = grade(assignment, handed_in.folder, tmp_path / "out").values()

    shown = (tmp_path / "out/feedback/eve.md").read_text()
    assert "/double/-" in result.to_json()  # which a hidden check asked for
    assert "/double/four" in shown
    assert "asked" in shown
    assert "/double/-" not in shown
    assert "/double/4.5" not in shown


def test_words_of_a_hidden_check_that_could_not_be_run_stay_hidden():
    """The reason why a submission could not be graded is not shown if it comes from a hidden check."""
    check = CheckResult("secret", True, 1, Verdict.COULD_NOT_CHECK, "It returns.", "no row with id 4711")
    task = TaskResult(1, "One", 10, 0, Verdict.COULD_NOT_CHECK, check.message, (check,))
    result = Result("week1", "eve", "could-not-grade", None, 10, (task,), reason=f"task 1: {check.message}")

    assert "4711" not in feedback(result)
    assert "a hidden check could not be run" in feedback(result)


@pytest.mark.parametrize(("scope", "shown"), [(OFFICIAL, False), (VISIBLE, True)])
def test_seed_is_shown_only_where_no_hidden_check_was_drawn_by_it(scope, shown):
    """The scorecard of a push names the seed that repeats it; the feedback of an official grading does not."""
    result = Result("week1", "eve", "graded", 0, 10, seed=987654321)

    assert ("987654321" in feedback(replace(result, scope=scope))) == shown


class TestSeeds:
    def test_each_submission_and_each_new_commit_has_its_own(self, handed_in, assignment, tmp_path):
        """Equal submissions have different seeds, and a changed one gets another, in the same folder of results."""
        for name in ("ada", "bob"):
            handed_in(name)
        first = grade(assignment, handed_in.folder, tmp_path / "out")
        handed_in("ada", (handed_in.folder / "ada/app/main.py").read_text() + "\n# Once more.\n")

        second = grade(assignment, handed_in.folder, tmp_path / "out")

        seeds = [first["ada"].seed, first["bob"].seed, second["ada"].seed]
        assert len(set(seeds)) == 3
        assert second["bob"] == first["bob"]
        assert max(seeds) > 2**50

    def test_is_secret_to_the_folder_of_the_results(self, handed_in, assignment, tmp_path):
        """The kit and the submission do not determine the seed: another folder's secret gives another seed."""
        handed_in("ada")

        seeds = {grade(assignment, handed_in.folder, tmp_path / out)["ada"].seed for out in ("one", "two")}

        assert len(seeds) == 2
        assert stat.S_IMODE((tmp_path / "one/.seed-secret").stat().st_mode) == 0o600

    @pytest.mark.long
    def test_repeats_the_result(self, handed_in, assignment, tmp_path):
        """Graded again, a submission keeps its seed; `--seed` with the seed in its result sends the same requests elsewhere."""
        handed_in("eve", TELLTALE)
        folder = handed_in.folder
        first = grade(assignment, folder, tmp_path / "out")["eve"]

        again = grade(assignment, folder, tmp_path / "out", force=True)["eve"]
        elsewhere = grade(assignment, folder, tmp_path / "rehearsal", seed=first.seed)["eve"]

        for other in (again, elsewhere):
            assert other.seed == first.seed
            assert paths(other, hidden=True) == paths(first, hidden=True)

    @pytest.mark.long
    def test_fixed_one_holds_for_all_and_is_kept(self, handed_in, assignment, tmp_path):
        """A rehearsal's seed is the same for everybody, and a resumed grading keeps it."""
        handed_in("ada")
        grade(assignment, handed_in.folder, tmp_path / "out", seed=7)
        handed_in("bob")

        results = grade(assignment, handed_in.folder, tmp_path / "out")

        assert {result.seed for result in results.values()} == {7}
