"""The code and the pushes that are kept with the results."""

import subprocess

import pytest
from classroom.core.assignment import Assignment
from classroom.core.receipts import HANDED_OUT
from classroom.core.submission import Submission, submissions
from classroom.instructor.grading.evidence import MAX_FILE, Evidence, keep_evidence, read_evidence


def git(*words, cwd):
    """Run git as Ada."""
    subprocess.run(["git", "-c", "user.name=Ada", "-c", "user.email=a@x.org", *words], cwd=cwd, check=True)


def merge(folder):
    """Merge the new handout, as a student does."""
    git("merge", "--quiet", "handout", cwd=folder)


@pytest.fixture
def keep(week, cohort, tmp_path):
    """Keeps the evidence of a folder with these files, and returns it as it was read back."""

    def keep(files, fingerprint="f"):
        folder = tmp_path / "in" / "ada"
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        result = cohort.made("ada", fingerprint=fingerprint)
        keep_evidence(tmp_path / "ada.json", Submission("ada", folder), Assignment.load(week), result)
        return read_evidence(tmp_path / "ada.json")

    return keep


def test_only_what_the_student_wrote_is_kept(keep, week):
    """Files that are as they were handed out are left out, and so is what is not text or too long, with the reason."""
    (week / "app/extra.py").write_text("given = 1\n")
    found = keep(
        {
            "app/main.py": b"app = 1\n",
            "app/extra.py": (week / "app/extra.py").read_bytes(),
            "app/picture.py": b"\x89PNG\0\0",
            "app/long.py": b"x" * (MAX_FILE + 1),
        }
    )

    assert found.files == (("app/main.py", "app = 1\n"),)
    assert found.left_out == ("app/long.py: 60,001 characters", "app/picture.py: not text")


def test_code_is_read_again_only_if_it_has_changed(keep):
    """The code belongs to the fingerprint of the result."""
    first = keep({"app/main.py": b"one\n"})

    same = keep({"app/main.py": b"two\n"})
    other = keep({"app/main.py": b"two\n"}, "g")

    assert [dict(one.files)["app/main.py"] for one in (first, same, other)] == ["one\n", "one\n", "two\n"]


def test_evidence_that_cannot_be_read_is_empty(tmp_path):
    """A file that is missing, broken or of another version is not evidence."""
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "other.json").write_text('{"files": [], "pushes": [], "left_out": [], "color": 1}')

    assert {read_evidence(tmp_path / f"{name}.json") for name in ("none", "broken", "other")} == {Evidence()}


def test_pushes_are_those_that_the_server_received(week, cohort, tmp_path):
    """A classroom's list of pushes is kept without the handout, with its times; elsewhere the commits are listed."""
    work, bare = tmp_path / "work", tmp_path / "in" / "week1-tiny-ada.git"
    (work / "app").mkdir(parents=True)
    (work / "app/main.py").write_text("app = 1\n")
    git("init", "--quiet", "--initial-branch=main", cwd=work)
    git("add", "--all", cwd=work)
    git("commit", "--quiet", "--message=one", cwd=work)
    git("clone", "--quiet", "--bare", str(work), str(bare), cwd=work)
    assignment, result = Assignment.load(week), cohort.made("ada", fingerprint="f")
    (submission,) = submissions(tmp_path / "in", assignment)

    keep_evidence(tmp_path / "a.json", submission, assignment, result)
    lines = [f"2026-11-0{day}T10:00:00Z refs/heads/main {submission.commit}\n" for day in (1, 2, 3)]
    (bare / "classroom-received").write_text("".join(lines))
    keep_evidence(tmp_path / "b.json", submission, assignment, result)

    commits, pushes = read_evidence(tmp_path / "a.json"), read_evidence(tmp_path / "b.json")
    assert ([commit for _, commit in commits.pushes], commits.received) == ([submission.commit], False)
    assert (pushes.pushes, pushes.received) == (
        tuple((f"2026-11-0{day}T10:00:00Z", submission.commit) for day in (2, 3)),
        True,
    )


def test_handout_that_was_not_merged_is_kept(week, cohort, tmp_path):
    """A new handout counts as not merged until the branch that is graded contains it."""
    folder = tmp_path / "in" / "ada"
    folder.mkdir(parents=True)
    git("init", "--quiet", "--initial-branch=main", cwd=folder)
    git("commit", "--quiet", "--allow-empty", "--message=one", cwd=folder)
    git("checkout", "--quiet", "-b", "handout", cwd=folder)
    git("commit", "--quiet", "--allow-empty", "--message=new", cwd=folder)
    git("checkout", "--quiet", "main", cwd=folder)
    handout = (folder / ".git/refs/heads/handout").read_text()
    found = []

    for step in (lambda: None, lambda: (folder / ".git" / HANDED_OUT).write_text(handout), lambda: merge(folder)):
        step()
        keep_evidence(tmp_path / "a.json", Submission("ada", folder), Assignment.load(week), cohort.made("ada"))
        found.append(read_evidence(tmp_path / "a.json").outdated)

    assert found == [False, True, False]
