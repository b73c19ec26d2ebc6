"""Which branch is graded, and the notes about work on another branch."""

import shutil
import subprocess

import pytest
from classroom.core.git_history import History
from classroom.core.receipts import RECEIVED
from classroom.core.submission import fingerprint, materialize, submissions
from classroom.instructor.grading.cohort import Cohort
from classroom.instructor.grading.deadline import deadline_of

WHO = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
UNCHANGED = "every file is unchanged since it was handed out, so none of your work is in it"


def git(place, *words):
    """Run git with an identity and return its output."""
    done = subprocess.run(["git", *WHO, "-C", str(place), *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def pushed(handed_in, assignment, tmp_path):
    """Return a function that makes bob's bare repository: the starter on main, the solution on other branches."""

    def make(*branches, main=True, unrelated=False):
        work = tmp_path / "work"
        bare = handed_in.folder / "bob.git"
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
        subprocess.run(["git", "init", "-q", "-b", "main", str(work)], check=True)
        git(work, "commit", "-q", "--allow-empty", "-m", "first")
        shutil.copytree(assignment.folder / "app", work / "app")
        git(work, "add", "-A")
        git(work, "commit", "-q", "-m", "starter")
        if main:
            git(work, "push", "-q", str(bare), "main")
        for name in branches:
            git(work, "checkout", "-q", *(["--orphan", name] if unrelated else ["-B", name, "main"]))
            (work / "app/main.py").write_text(f"# {name}\napp = 1\n")
            git(work, "add", "-A")
            git(work, "commit", "-q", "-m", name)
            git(work, "push", "-q", str(bare), name)
        return bare

    return make


@pytest.fixture
def told(handed_in, assignment, tmp_path):
    """Return the notes about the only submission."""

    def tell():
        (one,) = submissions(handed_in.folder, assignment)
        return materialize(one, assignment, tmp_path / "out")

    return tell


def test_work_on_another_branch_is_told(pushed, told, tmp_path):
    """If main is unchanged and the work is on master, a note says so, and how to push it to main."""
    pushed("master")

    assert told() == [
        (
            "main is unchanged since it was handed out, but your work is on the branch master, which is not graded: "
            "git push origin master:main"
        )
    ]
    assert "TODO" in (tmp_path / "out/app/main.py").read_text()


def test_branch_that_was_begun_afresh_needs_force(pushed, told):
    """If the other branch is not based on main, the command in the note is one that git accepts."""
    bare = pushed("master", unrelated=True)

    (note,) = told()
    _, _, words = note.rpartition(": git push --force origin ")

    assert words == "master:main"
    git(bare.parent.parent / "work", "push", "--force", "-q", str(bare), words)
    assert told() == []


def test_only_branch_is_graded_with_a_note(pushed, told, tmp_path):
    """Without a branch main the only other one is graded, and a note says so."""
    pushed("trunk", main=False)

    assert told() == ["there is no branch main, so trunk was graded: git push origin trunk:main"]
    assert "# trunk" in (tmp_path / "out/app/main.py").read_text()


def test_branch_of_the_course_is_never_graded(pushed, told, tmp_path):
    """The branch on which the course sends feedback counts neither as work nor as the only branch."""
    bare = pushed("trunk", "feedback", main=False)

    assert told()[0].startswith("there is no branch main, so trunk was graded")
    assert "# trunk" in (tmp_path / "out/app/main.py").read_text()
    git(bare, "branch", "-D", "trunk")
    assert told() == ["nothing was graded: the repository is empty, because nothing was pushed to it"]


def test_several_branches_without_main_are_named(pushed, told):
    """If it is unclear which branch is meant, nothing is graded, and the branches are named."""
    pushed("a", "b", main=False)

    assert told() == ["nothing was graded: there is no branch main, only a and b: git push origin a:main"]


@pytest.mark.parametrize("branches", [(), ("feedback",)])
def test_starter_alone_says_that_nothing_was_pushed(pushed, told, branches):
    """If no other branch has work, the note says that there is no work at all."""
    bare = pushed(*branches)
    git(bare, "branch", "same", "main")

    (note,) = told()

    assert note.startswith(UNCHANGED)


def test_work_on_main_is_told_nothing(pushed, told):
    """If main has work, other branches are not mentioned."""
    bare = pushed("try")
    git(bare.parent.parent / "work", "push", "-q", str(bare), "try:main")
    git(bare.parent.parent / "work", "commit", "-q", "--allow-empty", "-m", "more")
    git(bare.parent.parent / "work", "push", "-q", str(bare), "HEAD:more")

    assert told() == []


def test_branch_that_was_not_collected_is_known_by_its_receipt(pushed, told):
    """A collected copy of main alone still says where the work is."""
    bare = pushed()
    one = "1" * 40
    receipts = [("main", git(bare, "rev-parse", "main")), ("gone", one), ("master", one), ("gone", "0" * 40)]
    lines = "".join(f"2026-10-01T10:00:00Z refs/heads/{name} {commit}\n" for name, commit in receipts)
    (bare / RECEIVED).write_text(lines)

    (note,) = told()

    assert "your work is on the branch master, which is not graded" in note


def test_clone_knows_the_branches_of_where_it_comes_from(pushed, told, handed_in):
    """A clone handed in as a folder names the branch that the work is on."""
    bare = pushed("master")
    away = bare.rename(bare.parent.parent / "bob.git")
    subprocess.run(["git", "clone", "-q", str(away), str(handed_in.folder / "bob")], check=True)

    (note,) = told()

    assert "your work is on the branch master" in note


def test_name_of_a_branch_is_never_part_of_a_command_it_could_break(pushed, told):
    """A branch name with characters that a shell interprets is shown, but not in a command."""
    pushed("$(touch${IFS}x);`id`")

    (note,) = told()

    assert note.endswith("which is not graded")


def test_new_branch_makes_a_new_result(pushed, handed_in, assignment):
    """A new branch changes the fingerprint, because the notes depend on all branches."""
    bare = pushed()
    (one,) = submissions(handed_in.folder, assignment)
    before = fingerprint(one, assignment)

    git(bare, "branch", "master", git(bare, "commit-tree", "-m", "x", "main^{tree}"))

    assert fingerprint(one, assignment) != before


def test_feedback_gradebook_and_page_tell_the_same(pushed, handed_in, assignment, tmp_path):
    """Official feedback, the gradebook and the page name the branch that the work is on."""
    pushed("master")
    out = tmp_path / "grades"
    deadline = deadline_of("2999-01-01T00:00")

    (result,) = Cohort(assignment, handed_in.folder, out, deadline=deadline).grade(lambda *_: None, lambda _: None)

    note = "main is unchanged since it was handed out, but your work is on the branch master, which is not graded"
    assert result.notes[0].startswith(note)
    assert result.score == 10
    for name in ("feedback/bob.md", "gradebook.csv", "report.html", "results/bob.json"):
        assert f"{note}: git push origin master:main" in (out / name).read_text()


def test_head_of_a_repository_counts(pushed):
    """The branch that HEAD names is graded, like GitHub's default branch."""
    bare = pushed("work")
    git(bare, "symbolic-ref", "HEAD", "refs/heads/work")

    assert History.at(bare).branch == History.at(bare).named == "refs/heads/work"
