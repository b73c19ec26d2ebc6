"""Grading a folder of submissions: each gets a sensible verdict, none disturbs another, and a kill can be resumed."""

import contextlib
import csv
import json
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest
from classroom.apps.open import FORKS
from classroom.core.assignment import Assignment
from classroom.core.errors import UsageError
from classroom.core.files import write_atomic
from classroom.core.processes import clean_environment
from classroom.instructor.grading.cohort import Cohort

SOLUTION = Path(__file__).parents[2] / "course/week1-tiny/grading/solution/app/main.py"
TEXT = SOLUTION.read_text(encoding="utf-8")
HANDLER = '    return {"double": 2 * number}\n'


def with_handler(*lines):
    """The solution with another body of its handler."""
    assert HANDLER in TEXT
    return TEXT.replace(HANDLER, "".join(f"    {line}\n" for line in lines))


MIXED = {
    "solution": (TEXT, 100, None),
    "wrong": (with_handler('return {"double": 3 * number}'), 40, "expected"),
    "syntax": ("def broken(:\n", 0, "SyntaxError"),
    "exit": ("import sys\nsys.exit(0)\n", 0, "line 2: SystemExit: 0"),
    "loop": ("while True:\n    pass\n", 0, "not ready within"),
    "package": ("import a_package_of_nowhere\n" + TEXT, 0, "No module named"),
    "silent": (with_handler("import time", "time.sleep(1000)"), 10, "no response within"),
    "blocked": (
        with_handler("import time", "time.sleep(1000)").replace("def double", "async def double"),
        10,
        "no response",
    ),
    "crash": (with_handler("import os", "os._exit(1)"), 10, "connection was lost"),
    "flood": (with_handler('print("x" * 50_000_000)', 'return {"double": 2 * number}'), 100, None),
    "shape": (with_handler("return [number]"), 40, "expected an object"),
    "redirect": (
        with_handler("from fastapi.responses import RedirectResponse", 'return RedirectResponse("/")'),
        40,
        "double",
    ),
}


def grade(assignment, folder, out, **more):
    """Grade a folder; results by name."""
    results = Cohort(assignment, folder, out, **{"seed": 7, **more}).grade(lambda *_: None, lambda _: None)
    return {result.submission: result for result in results}


@pytest.fixture
def out(tmp_path):
    """Where results go."""
    return tmp_path / "grades"


@pytest.fixture
def own_temporary_folder(monkeypatch):
    """A folder for temporary files of its own; its path is short, because it holds sockets."""
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


def of_the_kit():
    """The processes of the kit that this one has left, without those that have ended since they were listed."""
    left = []
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if "classroom" in " ".join(child.cmdline()):
                left.append(child)
    return left


@pytest.mark.long
def test_sixty_mixed_submissions_each_get_their_own_verdict(handed_in, assignment, out, own_temporary_folder):
    """Sixty submissions, broken in every way, are graded in one run; a broken one never touches its neighbors."""
    for copy in range(5):
        for name, (app, _, _) in MIXED.items():
            if copy == 0 or MIXED[name][1] in (100, 40) or name in ("syntax", "package"):
                handed_in(f"{name}-{copy}", app)
    while len(list(handed_in.folder.iterdir())) < 59:
        handed_in(f"more-{len(list(handed_in.folder.iterdir()))}", TEXT)
    (handed_in.folder / "empty").mkdir()

    results = grade(assignment, handed_in.folder, out)

    assert len(results) == 60
    for name, result in results.items():
        kind = name.split("-")[0]
        _, score, told = MIXED.get(kind, (None, 0 if kind == "empty" else 100, None))
        assert (name, result.status, result.score) == (name, "graded", score)
        if told:
            assert told in json.dumps([(check.cause, check.message) for task in result.tasks for check in task.checks])
    assert of_the_kit() == []
    assert list(own_temporary_folder.iterdir()) == []


def test_gradebook_has_a_row_for_each_with_points_by_task(handed_in, assignment, out):
    """The gradebook starts with GitHub Classroom's columns and ends with a column for each task."""
    handed_in("week1-tiny-alice", TEXT)
    handed_in("bob", MIXED["wrong"][0])

    grade(assignment, handed_in.folder, out)

    rows = list(csv.DictReader((out / "gradebook.csv").read_text().splitlines()))
    assert list(rows[0])[:10] == [
        *("assignment_name", "assignment_url", "starter_code_url", "github_username", "roster_identifier"),
        *(
            "student_repository_name",
            "student_repository_url",
            "submission_timestamp",
            "points_awarded",
            "points_available",
        ),
    ]
    told = [[row[name] for name in ("github_username", "points_awarded", "task_1", "task_2", "task_3")] for row in rows]
    assert told == [["alice", "100", "10", "60", "30"], ["bob", "40", "10", "0", "30"]]


def test_who_handed_in_nothing_gets_a_row(handed_in, assignment, out, tmp_path):
    """Somebody on the roster without a submission is missing, with no points."""
    handed_in("alice", TEXT)
    roster = tmp_path / "roster.csv"
    roster.write_text("identifier,github_username,github_id,name\nA-1,alice,1,Alice\nB-2,bob,2,Bob\n")

    results = grade(assignment, handed_in.folder, out, roster=roster)

    assert (results["bob"].status, results["bob"].score) == ("missing", 0)
    rows = {row["github_username"]: row for row in csv.DictReader((out / "gradebook.csv").read_text().splitlines())}
    assert (rows["alice"]["roster_identifier"], rows["bob"]["status"]) == ("A-1", "missing")


def test_name_that_a_spreadsheet_would_run_is_defused(handed_in, assignment, out):
    """A submission called like a formula is text in the gradebook."""
    handed_in("=HYPERLINK(evil)", TEXT)

    grade(assignment, handed_in.folder, out)

    assert '"\'=HYPERLINK(evil)"' in (out / "gradebook.csv").read_text()


def test_only_what_changed_is_graded_again(handed_in, assignment, out):
    """In a second grading, only a changed submission is run again."""
    handed_in("alice", TEXT)
    handed_in("bob", TEXT)
    grade(assignment, handed_in.folder, out)
    handed_in("bob", MIXED["wrong"][0])
    seen = []

    Cohort(assignment, handed_in.folder, out).grade(
        lambda due, done: seen.append((due, done)), lambda r: seen.append(r.submission)
    )

    assert seen == [(1, 1), "bob"]


@pytest.mark.long
def test_changed_checks_make_everything_due(handed_in, assignment, out):
    """A change in the course's checks makes every result outdated."""
    handed_in("alice", TEXT)
    grade(assignment, handed_in.folder, out)
    with (assignment.folder / "tests/test_tiny.py").open("a") as file:
        file.write("# another text\n")
    seen = []

    Cohort(assignment, handed_in.folder, out).grade(lambda due, done: seen.append((due, done)), lambda _: None)

    assert seen == [(1, 0)]


def test_checks_that_change_while_they_are_used_are_told(handed_in, assignment, out):
    """Results of which some may be from other checks are never current, and an error says to grade again."""
    handed_in("alice", TEXT)
    file, seen = assignment.folder / "tests/test_tiny.py", []
    before = file.read_text()

    with pytest.raises(
        UsageError, match="was changed while it was being graded, so not all results are from the same checks"
    ):
        Cohort(assignment, handed_in.folder, out).grade(lambda *_: file.write_text(f"{before}# more\n"), lambda _: None)
    file.write_text(before)
    Cohort(assignment, handed_in.folder, out).grade(lambda due, done: seen.append((due, done)), lambda _: None)

    assert seen == [(1, 0)]


def test_failed_regrade_leaves_no_old_score(handed_in, assignment, out):
    """When a submission is graded again and that fails, the old score is gone."""
    handed_in("alice", TEXT)
    grade(assignment, handed_in.folder, out)
    (assignment.folder / "tests/test_tiny.py").write_text("this is no Python\n")

    with pytest.raises(Exception, match="could not be run"):
        grade(Assignment.load(assignment.folder), handed_in.folder, out)

    assert not (out / "results/alice.json").exists()
    assert "100" not in (out / "gradebook.csv").read_text().splitlines()[-1].split(",")


@pytest.mark.long
def test_order_and_jobs_change_nothing(handed_in, assignment, tmp_path):
    """The same seed gives the same scores and messages, alone or side by side."""
    for name in ("solution", "wrong", "shape", "syntax"):
        handed_in(name, MIXED[name][0])

    def told(jobs):
        results = grade(assignment, handed_in.folder, tmp_path / f"out{jobs}", jobs=jobs)
        return {
            name: [[(c.name, c.verdict, c.message) for c in t.checks] for t in r.tasks] for name, r in results.items()
        }

    assert told(1) == told(3)


@pytest.mark.long
def test_crashed_worker_costs_one_submission_only(handed_in, assignment, out):
    """A check that kills its own process leaves that submission ungraded, and the others graded."""
    handed_in("alice", TEXT)
    handed_in("bob", TEXT + "\n# fatal\n")
    (assignment.folder / "tests/test_fatal.py").write_text(
        "import os\nfrom classroom import task\n@task(2)\ndef test_fatal(submission, client):\n"
        '    """It is there."""\n    if "# fatal" in submission.read("app/main.py"):\n        os._exit(9)\n'
    )

    results = grade(assignment, handed_in.folder, out)

    assert (results["alice"].status, results["bob"].status, results["bob"].score) == ("graded", "could-not-grade", None)


@pytest.mark.skipif(not FORKS, reason="without fork no process starts apps for all")
def test_submission_that_ends_what_starts_apps_stops_nobody_elses_grading(handed_in, assignment, out):
    """Without a sandbox an app can kill its parent process: only that submission is left ungraded."""
    handed_in("alice", "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n" + TEXT)
    handed_in("bob", TEXT)

    results = grade(assignment, handed_in.folder, out, jobs=1)

    assert (results["alice"].status, results["bob"].score) == ("could-not-grade", 100)
    assert "The process that starts apps has exited, and the app with it" in results["alice"].reason


@pytest.mark.parametrize("after", [pytest.param(0, marks=pytest.mark.long), 2, pytest.param(5, marks=pytest.mark.long)])
def test_killed_grading_is_finished_by_the_next(handed_in, assignment, tmp_path, after, own_temporary_folder):
    """SIGKILL in the middle, then the same command again: the gradebook is that of an undisturbed run, and nothing is left."""
    for number in range(8):
        handed_in(f"s{number}", MIXED[["solution", "wrong", "shape", "syntax"][number % 4]][0])
    grade(assignment, handed_in.folder, tmp_path / "whole")
    command = [
        sys.executable,
        "-m",
        "classroom",
        "grade",
        str(assignment.folder),
        "--submissions",
        str(handed_in.folder),
    ]
    command += ["--out", str(tmp_path / "cut"), "--sandbox", "none", "--seed", "7", "--jobs", "2"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=clean_environment())
    until = time.monotonic() + 240
    while len(list((tmp_path / "cut").glob("attempts/*.json"))) < after:
        assert time.monotonic() < until
        time.sleep(0.01)
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    _gone, alive = psutil.wait_procs(family, timeout=120)

    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=clean_environment())

    assert alive == []
    assert list(own_temporary_folder.iterdir()) == []
    assert (tmp_path / "cut/gradebook.csv").read_text() == (tmp_path / "whole/gradebook.csv").read_text()


@pytest.mark.parametrize("way", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)])
def test_ctrl_c_keeps_what_is_graded_and_leaves_nothing_else(handed_in, assignment, out, way, own_temporary_folder):
    """Ctrl-C or SIGTERM ends every process, writes the gradebook so far, and says how to continue."""
    for number in range(8):
        handed_in(f"s{number}", TEXT)
    command = [sys.executable, "-m", "classroom", "grade", str(assignment.folder), "--out", str(out), "--jobs", "1"]
    command += ["--submissions", str(handed_in.folder), "--sandbox", "none"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=clean_environment())
    said = process.stdout.readline()
    family = psutil.Process(process.pid).children(recursive=True)

    process.send_signal(way)
    said += process.communicate(timeout=240)[0]

    kept = [path.stem for path in out.glob("results/*.json")]
    assert process.returncode == 130
    assert said.endswith("Stopped. The results so far are kept; the same command continues from there.\n")
    assert 1 <= len(kept) < 8
    assert len((out / "gradebook.csv").read_text().splitlines()) == len(kept) + 1
    assert psutil.wait_procs(family, timeout=120)[1] == []
    assert list(own_temporary_folder.iterdir()) == []


@pytest.mark.parametrize(
    "place", ["results", *(pytest.param(place, marks=pytest.mark.long) for place in (".", "feedback"))]
)
def test_file_that_was_half_written_is_removed_by_the_next(handed_in, assignment, out, place, monkeypatch):
    """A grading killed while it writes, in any folder, leaves a partial file that the next one removes."""
    handed_in("alice", TEXT)
    grade(assignment, handed_in.folder, out)
    before = {path for path in out.rglob("*") if path.is_file()}
    with monkeypatch.context() as killed:
        killed.setattr(Path, "replace", lambda *_: None)
        write_atomic(out / place / "alice.md", "half")
    left = {path for path in out.rglob("*") if path.is_file()} - before

    grade(assignment, handed_in.folder, out)

    assert len(left) == 1
    assert {path for path in out.rglob("*") if path.is_file()} == before


def test_only_and_force_choose_what_is_graded(handed_in, assignment, out):
    """`--only` grades the named ones and leaves the rest unchanged; `--force` grades again what is already graded."""
    for name in ("alice", "bob"):
        handed_in(name, TEXT)
    seen = []

    def tell(result):
        seen.append(result.submission)

    for more in ({"only": ("bob",)}, {"only": ("bob",)}, {"only": ("bob",), "force": True}, {}):
        seen.append(more)
        Cohort(assignment, handed_in.folder, out, **more).grade(lambda *_: None, tell)

    assert seen == [
        {"only": ("bob",)},
        "bob",
        {"only": ("bob",)},
        {"only": ("bob",), "force": True},
        "bob",
        {},
        "alice",
    ]
    assert len((out / "gradebook.csv").read_text().splitlines()) == 3


def test_one_grading_at_a_time_writes_into_a_folder(handed_in, assignment, out):
    """A second grading into the same folder is rejected and disturbs nothing, until the first has ended."""
    handed_in("anna")
    folder, refused = handed_in.folder, []

    def begin(*_):
        with pytest.raises(UsageError, match="Another grading run is writing to"):
            grade(assignment, folder, out)
        refused.append(True)

    results = Cohort(assignment, folder, out, seed=7).grade(begin, lambda _: None)

    assert (refused, results[0].score) == ([True], 100)
    assert grade(assignment, folder, out)["anna"].score == 100


def test_names_on_a_roster_are_anybodys(handed_in, assignment, out, tmp_path):
    """A user name in another case is the same student, and a name that is a path leads nowhere."""
    handed_in("alice", MIXED["syntax"][0])
    roster = tmp_path / "roster.csv"
    roster.write_text("identifier,github_username,github_id,name\nA-1,Alice,1,Alice\n../../evil,,,Bob\n")

    grade(assignment, handed_in.folder, out, roster=roster)

    rows = list(csv.DictReader((out / "gradebook.csv").read_text().splitlines()))
    assert [(row["roster_identifier"], row["status"]) for row in rows] == [("A-1", "graded"), ("../../evil", "missing")]
    assert {path.name for path in out.rglob("evil*")} == {"evil.json", "evil.md"}
    assert [path for path in tmp_path.rglob("evil*") if out not in path.parents] == []


class TestUsage:
    def test_no_such_folder(self, assignment, tmp_path):
        """A missing folder is reported together with what the option accepts."""
        with pytest.raises(UsageError, match=r"nowhere does not exist: --submissions needs the folder"):
            Cohort(assignment, tmp_path / "nowhere", tmp_path / "out")

    def test_empty_folder(self, assignment, tmp_path):
        """A folder without a submission is rejected with a sentence that says what is expected."""
        (tmp_path / "empty").mkdir()

        with pytest.raises(UsageError, match="There are no submissions in"):
            Cohort(assignment, tmp_path / "empty", tmp_path / "out")

    def test_same_name_twice(self, handed_in, assignment, tmp_path):
        """Two folders of one student are reported; neither overwrites the other."""
        handed_in("alice")
        handed_in("week1-tiny-alice")

        with pytest.raises(UsageError, match="are called alice"):
            Cohort(assignment, handed_in.folder, tmp_path / "out")


def test_worker_that_nobody_hears_any_more_ends_without_a_word(assignment):
    """A worker whose pool was ended while it started exits without an error."""
    command = [
        sys.executable,
        "-P",
        "-m",
        "classroom.checks.workers.worker",
        str(assignment.folder),
        "official",
        "none",
    ]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as worker:
        worker.stdout.close()
        told = worker.stderr.read()

    assert (worker.returncode, told) == (0, b"")
