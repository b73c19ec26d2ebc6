"""Finding submissions, and copying them for grading."""

import os
import subprocess

import pytest
from classroom.core.assignment import Assignment
from classroom.core.git_history import History
from classroom.core.result import utc_timestamp
from classroom.core.submission import fingerprint, materialize, submissions
from classroom.instructor.grading.deadline import resolve_deadline


def git(*words, cwd):
    """Run git with an identity."""
    who = {
        "GIT_AUTHOR_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@example.org",
    }
    when = {"GIT_AUTHOR_DATE": "2026-10-01T10:00:00Z", "GIT_COMMITTER_DATE": "2026-10-01T10:00:00Z"}
    subprocess.run(["git", *words], cwd=cwd, check=True, capture_output=True, env={**os.environ, **who, **when})


@pytest.fixture
def one(handed_in, assignment):
    """Return the only submission in the folder."""

    def find():
        (found,) = submissions(handed_in.folder, assignment)
        return found

    return find


class TestNames:
    @pytest.mark.parametrize(
        ("folder", "name"), [("alice", "alice"), ("week1-tiny-alice", "alice"), ("week1-tiny", "week1-tiny")]
    )
    def test_students_name_is_read_from_the_folder(self, handed_in, one, folder, name):
        """A folder named after the assignment and a student belongs to that student."""
        handed_in(folder)

        assert one().name == name

    def test_files_and_hidden_folders_are_no_submissions(self, handed_in, assignment):
        """Files and hidden folders are ignored."""
        (handed_in.folder / "roster.csv").touch()
        (handed_in.folder / ".git").mkdir()

        assert submissions(handed_in.folder, assignment) == []


class TestLayOut:
    def test_only_the_students_parts_are_copied(self, handed_in, one, assignment, tmp_path):
        """Tests, settings and start-up files of a submission are not copied."""
        place = handed_in("alice")
        for name in ("conftest.py", "pytest.ini", "sitecustomize.py", "assignment.toml"):
            (place / name).write_text("hostile")

        materialize(one(), assignment, tmp_path / "out")

        assert [path.name for path in (tmp_path / "out").iterdir()] == ["app"]

    def test_links_are_left_out_and_told(self, handed_in, one, assignment, tmp_path):
        """A link is not followed, to a file or to a folder, and a note says so."""
        place = handed_in("alice")
        (place / "app/secret.txt").symlink_to("/etc/passwd")
        (place / "app/etc").symlink_to("/etc")

        notes = materialize(one(), assignment, tmp_path / "out")

        why = "was ignored: it is a link; hand in the real file or folder instead"
        assert sorted(notes) == [f"app/etc {why}", f"app/secret.txt {why}"]
        assert not (tmp_path / "out/app/secret.txt").exists()
        assert not (tmp_path / "out/app/etc").exists()

    def test_student_part_that_is_a_link_is_left_out(self, handed_in, one, assignment, tmp_path):
        """A folder `app` that is a link is not followed."""
        place = handed_in("alice")
        (place / "app").rename(place / "elsewhere")
        (place / "app").symlink_to("elsewhere")

        materialize(one(), assignment, tmp_path / "out")

        assert not (tmp_path / "out/app").exists()

    def test_named_pipe_is_left_out(self, handed_in, one, assignment, tmp_path):
        """A pipe, which would block a reader, is named and not opened."""
        os.mkfifo(handed_in("alice") / "app/pipe")

        assert materialize(one(), assignment, tmp_path / "out") == ["app/pipe was ignored: it is not a regular file"]

    def test_big_file_is_left_out(self, handed_in, one, assignment, tmp_path):
        """A file over the size limit is named with its size and the limit."""
        with (handed_in("alice") / "app/big.bin").open("wb") as file:
            file.truncate(212_000_000)

        assert materialize(one(), assignment, tmp_path / "out") == [
            "app/big.bin was ignored: 212 MB, the limit is 20 MB in total"
        ]

    def test_many_files_end_at_a_limit(self, handed_in, one, assignment, tmp_path, monkeypatch):
        """After the maximum number of files the rest is ignored, and a note says so."""
        monkeypatch.setattr("classroom.core.submission.MAX_FILES", 50)
        place = handed_in("alice")
        for number in range(60):
            (place / f"app/{number:05}").touch()

        (note,) = materialize(one(), assignment, tmp_path / "out")

        assert note.endswith("more than 50 files")
        assert sum(path.is_file() for path in (tmp_path / "out").rglob("*")) == 50

    def test_week_one_level_down_is_found(self, handed_in, one, assignment, tmp_path):
        """If the submission is the whole course, its folder of the week is graded, with a note."""
        handed_in("alice/week1-tiny")
        (handed_in.folder / "alice/week2-other/app").mkdir(parents=True)

        notes = materialize(one(), assignment, tmp_path / "out")

        assert notes == ["the week was found one level down, in week1-tiny/"]
        assert (tmp_path / "out/app/main.py").is_file()

    @pytest.mark.parametrize("inside", ["extra/more", "week1-tiny/extra/more", "my clone/extra/more", "."])
    def test_extra_is_found_in_its_week_in_the_course_and_alone(self, handed_in, extra, tmp_path, inside):
        """An extra is graded from a copy of its week or of the course, whose own app is left alone, or by itself."""
        place = handed_in("week1-tiny-alice", app="# the app of the week")
        (place / inside / "app").mkdir(parents=True, exist_ok=True)
        (place / inside / "app/main.py").write_text("# the app of the extra")
        more = Assignment.load(extra)

        (found,) = submissions(handed_in.folder, more)
        notes = materialize(found, more, tmp_path / "laid out")

        assert (found.name, notes) == ("alice", [])
        assert (tmp_path / "laid out/app/main.py").read_text() == "# the app of the extra"

    def test_extra_changes_nothing_for_its_week(self, handed_in, one, assignment, tmp_path):
        """The week of a submission with extras is graded as before, with the same fingerprint."""
        place = handed_in("alice")
        before = fingerprint(one(), assignment)
        (place / "extra/more/app").mkdir(parents=True)
        (place / "extra/more/app/main.py").write_text("# the app of the extra")

        assert materialize(one(), assignment, tmp_path / "laid out") == []
        assert fingerprint(one(), assignment) == before
        assert not (tmp_path / "laid out/extra").exists()

    def test_bare_repository_is_laid_out_at_its_head(self, handed_in, one, assignment, tmp_path):
        """A bare git repository is graded at its last commit, and the time of that commit is known."""
        work = handed_in("work")
        git("init", "-q", "-b", "main", cwd=work)
        git("add", "-A", cwd=work)
        git("commit", "-q", "-m", "done", cwd=work)
        git("clone", "-q", "--bare", str(work), str(handed_in.folder / "week1-tiny-bob.git"), cwd=work)
        __import__("shutil").rmtree(work)

        submission = one()
        materialize(submission, assignment, tmp_path / "out")

        assert submission.name == "bob"
        assert len(submission.commit) == 40
        assert utc_timestamp(resolve_deadline(submission).at) == "2026-10-01T10:00:00Z"
        assert (tmp_path / "out/app/main.py").is_file()

    def test_repository_without_a_commit_is_empty(self, handed_in, one, assignment, tmp_path):
        """An empty repository is copied as an empty folder, with a note."""
        git("init", "-q", "--bare", str(handed_in.folder / "bob.git"), cwd=tmp_path)

        assert materialize(one(), assignment, tmp_path / "out") == [
            "nothing was graded: the repository is empty, because nothing was pushed to it"
        ]

    @pytest.mark.parametrize("packed", [False, True])
    @pytest.mark.parametrize("branches", [["main"], ["work"], ["work", "main", "other"]])
    def test_branch_that_head_does_not_name_is_found(self, handed_in, one, branches, packed):
        """If HEAD names a missing branch, the usual branch or the only one is graded."""
        work = handed_in("work")
        git("init", "-q", "-b", branches[0], cwd=work)
        git("add", "-A", cwd=work)
        git("commit", "-q", "-m", "done", cwd=work)
        for name in branches[1:]:
            git("branch", name, cwd=work)
        bare = handed_in.folder / "bob.git"
        git("clone", "-q", "--bare", str(work), str(bare), cwd=work)
        __import__("shutil").rmtree(work)
        git("symbolic-ref", "HEAD", "refs/heads/master", cwd=bare)
        git("pack-refs", *(["--all"] if packed else ["--all", "--no-prune"]), cwd=bare)

        assert one().commit is not None
        assert History.at(bare).branch == ("refs/heads/main" if "main" in branches else "refs/heads/work")


class TestFingerprint:
    def test_changes_with_a_file(self, handed_in, one, assignment):
        """A change in a student's file changes the fingerprint."""
        place = handed_in("alice")
        before = fingerprint(one(), assignment)

        (place / "app/main.py").write_text("app = 1")

        assert fingerprint(one(), assignment) != before

    def test_does_not_change_with_what_is_not_graded(self, handed_in, one, assignment):
        """A change outside the student's files does not change the fingerprint."""
        place = handed_in("alice")
        before = fingerprint(one(), assignment)

        (place / "notes.md").write_text("hello")

        assert fingerprint(one(), assignment) == before
