"""The export for Classroom 50, tried with a stand-in for its runner, written from its requirements."""

import json
import re
import shutil
import subprocess
import sys
import tarfile
from types import SimpleNamespace

import pytest

TEST_KEYS = {"test-name": str, "passed": bool, "score": int, "max-score": int}
RESULT_KEYS = {
    **dict.fromkeys(("schema", "classroom", "assignment", "submission", "commit", "release", "review"), str),
    "score": int,
    "max-score": int,
    "tests": list,
}


def collected(checkout, status, output):
    """What the runner keeps of a grading: nothing where it failed, else the result, which must fit what it asks for."""
    if status:
        return None
    result = json.loads((checkout / "result.json").read_text())
    assert {key: type(value) for key, value in result.items()} == RESULT_KEYS
    assert result["schema"] == "classroom50/result/v1"
    assert result["submission"].startswith("submit/")
    for test in result["tests"]:
        assert {key: type(test[key]) for key in TEST_KEYS} == TEST_KEYS
        assert 0 <= test["score"] <= test["max-score"]
    result["success"] = all(test["passed"] for test in result["tests"])
    lines = dict(line.split("=", 1) for line in output.splitlines())
    assert set(lines) <= {"status", "summary"}
    return result | {"output": lines}


@pytest.fixture(scope="module")
def exported(kit, tmp_path_factory):
    """The small week, exported."""
    room = tmp_path_factory.mktemp("classroom50")
    course = kit.course(room)
    done = kit.classroom("export", "classroom50", "1", "--to", room / "out", "--template", "school/tiny", cwd=course)
    assert done.status == 0, done.err
    return SimpleNamespace(place=room / "out", course=course, told=done.out)


@pytest.fixture
def runner(kit, exported, tmp_path):
    """Stands in for the runner: publishes the bundle, unpacks it again, and runs it in a student's checkout."""

    def run(app=None, *, more=None, checks_out=None, **around):
        packed = tmp_path / "tiny.tar.gz"
        with tarfile.open(packed, "w:gz") as tar:
            tar.add(exported.place / "autograders/week1-tiny", arcname="week1-tiny")
        bundle = tmp_path / "bundle"
        bundle.mkdir(exist_ok=True)
        subprocess.run(["tar", "-xzf", packed, "-C", bundle], check=True)
        checkout = tmp_path / "checkout"
        kit.git(tmp_path, "clone", "--quiet", exported.place / "template", checkout)
        if app is not None:
            (checkout / "app/main.py").write_text(app)
        for name, text in (more or {}).items():
            (checkout / name).write_text(text)
        output = tmp_path / "output"
        output.touch()
        done = subprocess.run(
            [sys.executable, bundle / "week1-tiny/autograder.py"],
            cwd=checkout,
            capture_output=True,
            text=True,
            check=False,
            env=kit.environment(
                CLASSROOM="cs",
                ASSIGNMENT="week1-tiny",
                SUBMISSION_TAG="submit/20261121T100000Z-abc",
                PAGES_BASE_URL="https://school.example/classroom50",
                USERNAME="ada",
                OWNER="ada",
                ASSIGNMENT_TYPE="individual",
                COMMIT_URL="https://hub/c",
                RELEASE_URL="https://hub/r",
                REVIEW_URL="",
                GITHUB_OUTPUT=str(output),
                CLASSROOM50_BUNDLE_DIR=str(bundle / "week1-tiny"),
                CLASSROOM_PYTHON=sys.executable,
                **around,
            ),
        )
        return SimpleNamespace(
            status=done.returncode,
            log=done.stdout + done.stderr,
            checkout=checkout,
            kept=collected(checkout, done.returncode, output.read_text()),
        )

    return run


def test_solved_submission_is_a_success(exported, runner, kit):
    """If everything passes, every test has full points, and the runner is told so."""
    done = runner((exported.course / "week1-tiny/grading/solution/app/main.py").read_text())

    assert done.status == 0, done.log
    assert (done.kept["score"], done.kept["max-score"], done.kept["success"]) == (100, 100, True)
    assert done.kept["output"] == {"status": "success", "summary": "100 of 100 points"}
    assert [test["test-name"] for test in done.kept["tests"]] == ["1. Hello", "2. Double", "3. No words"]
    assert "**100 of 100 points**" in (done.checkout / "release-body.md").read_text()
    told = {key: done.kept[key] for key in ("classroom", "assignment", "commit", "release", "review")}
    assert told == {
        "classroom": "cs",
        "assignment": "week1-tiny",
        "commit": "https://hub/c",
        "release": "https://hub/r",
        "review": "",
    }


@pytest.mark.long
def test_starter_has_its_points_and_is_no_success(runner):
    """The starter is graded, exit status 0, with the points of task 1 and the failure told."""
    done = runner()

    assert done.status == 0, done.log
    assert (done.kept["score"], done.kept["success"], done.kept["output"]["status"]) == (10, False, "failure")


@pytest.mark.long
def test_hidden_checks_count_where_the_instructor_has_them(exported, runner):
    """Where the instructor's own run names the hidden checks they count, though no bundle holds them."""
    week = exported.course / "week1-tiny"
    app = (week / "grading/solution/app/main.py").read_text().replace("2 * number", "2 * abs(number)")

    seen = runner(app)
    shutil.rmtree(seen.checkout)
    official = runner(app, CLASSROOM_HIDDEN_CHECKS=str(week / "grading/hidden"))

    assert seen.kept["score"] == 100
    assert official.kept["score"] == 60


def test_nothing_of_the_student_takes_part(exported, runner):
    """Results, modules and settings that a student hands in next to the app change nothing."""
    trap = "raise SystemExit('forged')\n"
    forged = json.dumps({"schema": "classroom50/result/v1", "score": 100, "max-score": 100, "tests": []})
    modules = ("json.py", "classroom.py", "sitecustomize.py", "conftest.py")
    names = (*modules, *(f"tests/{name}" for name in ("conftest.py", "test_tiny.py", "support/given.py")))

    done = runner(more={**dict.fromkeys(names, trap), "result.json": forged})

    assert done.status == 0, done.log
    assert done.kept["score"] == 10


@pytest.mark.long
def test_trouble_of_ours_leaves_no_result(exported, runner, kit):
    """If the checks cannot be run, the exit status says so, and no old result remains."""
    check = exported.place / "autograders/week1-tiny/week/tests/test_tiny.py"
    kept = check.read_text()
    check.write_text("def broken(:\n")
    try:
        done = runner(more={"result.json": "{}"})
    finally:
        check.write_text(kept)

    assert done.status != 0
    assert done.kept is None
    assert not (done.checkout / "result.json").exists()


def test_bundle_is_small_and_holds_nothing_hidden(exported):
    """The bundle, which students can read, is far below the limit, and has no hidden check, solution or instructor's part."""
    bundle = exported.place / "autograders/week1-tiny"
    files = [path for path in bundle.rglob("*") if path.is_file()]

    assert float(re.search(r"([\d.]+) MB", exported.told)[1]) < 2
    assert {"autograder.py", "requirements.txt", "constraints.txt"} <= {path.name for path in bundle.iterdir()}
    hidden = (exported.course / "week1-tiny/grading/hidden/test_more.py").read_bytes()
    assert not [path for path in files if "grading" in path.relative_to(bundle).parts or path.read_bytes() == hidden]
    assert not [path for path in files if path.name in ("cohort.py", "verify.py", "publish.py")]
    assert not [path for path in files if "__pycache__" in path.parts]


def test_packages_are_those_of_official_grading(exported, kit):
    """The bundle installs what a submission may import, at the versions of the lock."""
    bundle = exported.place / "autograders/week1-tiny"
    lock = (kit.root / "shared/requirements.lock").read_text()

    wanted = (bundle / "requirements.txt").read_text().splitlines()
    pinned = (bundle / "constraints.txt").read_text().splitlines()
    assert {"fastapi", "sqlalchemy[asyncio]", "./kit"} <= set(wanted)
    assert not {"ruff", "mypy"} & set(wanted)
    assert len(pinned) > 30
    assert all(line in lock for line in pinned)


def test_entry_fits_what_classroom50_asks_for(exported, kit):
    """The entry has a slug that Classroom 50 takes, the template, and a runtime without services or secrets."""
    manifest = json.loads((exported.place / "assignments.json").read_text())

    (entry,) = manifest["assignments"]
    assert manifest["schema"] == "classroom50/assignments/v1"
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{1,38}", entry["slug"])
    assert entry["template"] == {"owner": "school", "repo": "tiny", "branch": "main"}
    assert set(entry) <= {"slug", "name", "template", "due", "mode", "autograder", "runtime"}
    assert set(entry["runtime"]) <= {"python", "apt", "container", "runs-on"}
    assert entry["slug"] in (exported.place / "README.md").read_text()
    assert "{" not in (exported.place / "README.md").read_text()


def test_template_is_one_commit_without_workflows(exported, kit):
    """The template has no solution in its history and no workflow that would grade a second time."""
    files = kit.git(exported.place / "template", "ls-files").splitlines()

    assert kit.git(exported.place / "template", "rev-list", "--count", "HEAD") == "1"
    assert {"README.md", ".gitignore", "app/main.py"} <= set(files)
    assert not [name for name in files if name.startswith(".github/workflows")]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["classroom50", "7"], "There is no week 7"),
        (["blackboard", "1"], "invalid choice"),
        (["canvas", "1"], "There are no results in 1"),
        (["classroom50", "1", "--template", "school"], "is not a repository"),
    ],
    ids=["no such week", "no such system", "no grades", "no repository"],
)
def test_export_that_cannot_be_is_told(exported, kit, tmp_path, words, told):
    """If something cannot be exported, one sentence says why, and nothing is created."""
    done = kit.classroom("export", *words, "--to", tmp_path / "out", cwd=exported.course)

    assert (done.status, len(done.err.strip().splitlines())) == (2, 1)
    assert told in done.err
    assert not (tmp_path / "out").exists()


@pytest.mark.long
def test_folder_with_other_things_is_left_alone(exported, kit, tmp_path):
    """A folder that contains something else is not written into; one exported to before is brought up to date."""
    (tmp_path / "mine.txt").touch()

    refused = kit.classroom("export", "classroom50", "1", "--to", tmp_path, cwd=exported.course)
    again = kit.classroom(
        "export", "classroom50", "1", "--to", exported.place, "--template", "school/tiny", cwd=exported.course
    )

    assert "contains something else" in refused.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert again.status == 0


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("week1-hello-api", "week1-hello-api"),
        ("Week 2: Größe", "week-2-gr-e"),
        ("w" * 60, "w" * 39),
        ("a" * 38 + "-b", "a" * 38),
    ],
)
def test_slug_is_what_classroom50_takes(name, slug):
    """Every week's name becomes one that Classroom 50 accepts."""
    from classroom.instructor.handout.classroom50 import slug_of

    assert slug_of(name) == slug
