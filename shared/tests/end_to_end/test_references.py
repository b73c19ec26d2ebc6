"""Branches and tags made by a student: they hide no push, and slow nobody down."""

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from classroom.core.git_history import History
from classroom.instructor.classrooms.classroom import Classroom
from classroom.instructor.classrooms.repository import Repository

LONG = "/".join(["d" * 240] * 12)


@pytest.fixture(scope="module")
def room(new_room, tmp_path_factory):
    """A classroom that nobody serves."""
    return new_room(tmp_path_factory.mktemp("references"), "ada", "bob", "cleo", "dan", "eve", "finn", "gus")


def create(room, clone, names):
    """Create a reference of each name, at the last commit."""
    commit = room.git(clone, "rev-parse", "HEAD")
    lines = "".join(f"create {name} {commit}\n" for name in names)
    subprocess.run(["git", "update-ref", "--stdin"], cwd=clone, input=lines, text=True, check=True)


def graded_at_deadline(room, submissions, out, name, *, days=1):
    """The result of grading with a deadline some days ago."""
    deadline = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    room.classroom(
        *("grade", 1, "--submissions", submissions, "--out", out, "--only", name),
        *("--deadline", deadline, "--sandbox", "none"),
    )
    return json.loads((out / f"results/{name}.json").read_text())


def backdate_starter(room, name):
    """Let the starter have been received two days ago."""
    record = room.repository(name) / "classroom-received"
    _, rest = record.read_text().split(maxsplit=1)
    record.write_text(f"{datetime.now(UTC) - timedelta(days=2):%Y-%m-%dT%H:%M:%SZ} {rest}")
    return record


@pytest.mark.parametrize("collected", [pytest.param(False, marks=pytest.mark.long), True])
def test_long_list_of_pushes_still_decides(room, tmp_path, collected):
    """A list of receipts of many megabytes, as earlier versions could be made to write, is read to its end."""
    name = "cleo" if collected else "ada"
    student, record = room.student(name), backdate_starter(room, name)
    past = dict.fromkeys(("GIT_COMMITTER_DATE", "GIT_AUTHOR_DATE"), "2020-01-01T00:00:00Z")
    student.write(room.solved)
    room.git(student.clone, "commit", "--quiet", "--amend", "--no-edit", **past)
    student.push()
    now, commit = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", room.git(student.clone, "rev-parse", "HEAD")
    with record.open("a") as file:
        file.writelines(f"{now} refs/tags/{LONG}/{number} {commit}\n" for number in range(2000))
    folder = room.place / "week1-tiny"
    if collected:
        room.classroom("collect", room.place, "--to", tmp_path / "in")
        folder = tmp_path / "in/week1-tiny"

    result = graded_at_deadline(room, folder, tmp_path / "out", name)

    assert record.stat().st_size > 4_000_000
    assert (result["status"], result["score"]) == ("not-started", 0)


def test_only_the_graded_branch_is_written_down(room):
    """Pushes to other branches and tags add nothing to the list of receipts."""
    student = room.student("bob")
    student.write(room.solved)
    create(room, student.clone, [f"refs/tags/t{number}" for number in range(20)])

    student.push("origin", "HEAD:main", "HEAD:other", "refs/tags/*:refs/tags/*")

    lines = (room.repository("bob") / "classroom-received").read_text().splitlines()
    assert [line.split()[1] for line in lines] == ["refs/heads/main"] * 2


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ([f"refs/tags/many{number}" for number in range(51)], "changes more than 50 branches and tags"),
        ([f"refs/heads/{'n' * 190}"], "longer than 200 bytes"),
        ([f"refs/heads/{'é' * 100}"], "longer than 200 bytes"),
    ],
    ids=["many", "long", "long in bytes"],
)
def test_push_of_too_many_or_too_long_names_is_rejected(room, names, why):
    """A push that would make later readers slow is rejected as a whole, with the command that is wanted."""
    student = room.student("dan")
    create(room, student.clone, names)
    before = room.git(room.repository("dan"), "for-each-ref")

    message = room.git(student.clone, "push", "origin", *(f"{name}:{name}" for name in names), check=False)

    assert f"{why}" in message
    assert "git push origin main" in message
    assert room.git(room.repository("dan"), "for-each-ref") == before


def test_names_do_not_pile_up_over_many_pushes(room):
    """A repository holds a bounded number of branches and tags; the graded branch can still be pushed."""
    student = room.student("eve")
    create(room, room.repository("eve"), [f"refs/tags/kept{number}" for number in range(500)])
    commit = student.write(room.solved)

    refused = room.git(student.clone, "push", "origin", "HEAD:new", check=False)
    student.push()

    assert "already has 500 branches and tags" in refused
    assert room.git(room.repository("eve"), "rev-parse", "main") == commit


@pytest.mark.parametrize("branch", ["feedback", "feedback/x"])
def test_course_branch_cannot_be_pushed_to(room, branch):
    """A student pushes to main in the same push, and neither to `feedback` nor below it."""
    student = room.student("finn")
    commit = student.write(room.solved)

    message = room.git(student.clone, "push", "origin", "HEAD:main", f"HEAD:refs/heads/{branch}", check=False)

    assert "deny updating a hidden ref" in message
    assert room.git(room.repository("finn"), "rev-parse", "main") == commit
    assert Repository(room.repository("finn")).reply("feedback", "FEEDBACK.md", branch, "Feedback")
    assert student.fetched("FEEDBACK.md") == branch


def test_classroom_of_an_earlier_version_is_protected_when_it_is_opened_again(room):
    """`open` on an existing classroom hides the branch of the course in the repositories that exist."""
    config = room.repository("gus") / "config"
    room.git(room.repository("gus"), "config", "--unset-all", "receive.hideRefs")

    room.classroom("open", room.place, "--weeks", "1")

    assert "hideRefs = refs/heads/feedback" in config.read_text()


class TestFeedbackBranchOfAnEarlierVersion:
    """What a student had pushed to `feedback` before that was impossible."""

    @pytest.fixture
    def repository(self, tmp_path):
        """An empty bare repository."""
        subprocess.run(["git", "init", "-q", "--bare", tmp_path / "a.git"], check=True)
        return tmp_path / "a.git"

    def make(self, room, repository, listing, message="x"):
        """Make the branch `feedback` with these entries; return its commit."""
        blob = self.store(repository, "blob", b"x")
        entries = b"".join(b"100644 " + name + b"\0" + bytes.fromhex(blob) for name in listing)
        tree = self.store(repository, "tree", entries)
        text = f"tree {tree}\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\n{message}\n"
        commit = self.store(repository, "commit", text.encode())
        room.git(repository, "update-ref", "refs/heads/feedback", commit)
        return commit

    def store(self, repository, kind, content):
        """Store an object; return its name."""
        words = ["git", "hash-object", "-t", kind, "-w", "--stdin", "--literally"]
        return (
            subprocess.run(words, cwd=repository, input=content, capture_output=True, check=True)
            .stdout.decode()
            .strip()
        )

    @pytest.mark.parametrize(
        ("count", "message"), [(100_000, "x"), (1, "m" * 1_000_000)], ids=["many files", "long message"]
    )
    def test_huge_one_is_replaced_without_being_read(self, room, repository, count, message):
        """A tree or a commit that the course cannot have written is left behind, and the reply is the only file."""
        self.make(room, repository, [b"f%07d.md" % number for number in range(count)], message)

        assert Repository(repository).reply("feedback", "SCORECARD.md", "text", "Scorecard")

        assert room.git(repository, "ls-tree", "-r", "--name-only", "feedback") == "SCORECARD.md"
        assert room.git(repository, "rev-list", "--count", "feedback") == "1"

    def test_few_files_are_kept(self, room, repository):
        """The course's own files stay, next to at most twenty of anybody's."""
        commit = self.make(room, repository, [b"a%02d.md" % number for number in range(40)])

        Repository(repository).reply("feedback", "SCORECARD.md", "text", "Scorecard")

        assert len(room.git(repository, "ls-tree", "--name-only", "feedback").splitlines()) == 21
        assert room.git(repository, "rev-parse", "feedback^") == commit

    def test_tag_in_its_place_is_replaced(self, room, repository):
        """A reference to something that is not a commit does not stop the reply."""
        blob = self.store(repository, "blob", b"x")
        (repository / "refs/heads/feedback").write_text(f"{blob}\n")

        assert Repository(repository).reply("feedback", "SCORECARD.md", "text", "Scorecard")


def test_names_of_other_branches_come_along_bounded(room, tmp_path):
    """A collected repository knows which branches stayed behind, so that a note can name them."""
    student = room.student("finn")
    student.write("app = 2\n")
    student.push("origin", "HEAD:try")

    room.classroom("collect", room.place, "--to", tmp_path / "in")

    assert [*History(tmp_path / "in/week1-tiny/finn.git").others()] == ["try"]


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_record_that_cannot_be_read_is_the_trouble_of_one(room, tmp_path, kind):
    """A list of pushes that is not a file is reported, never read as empty, and everything else continues."""
    copy = tmp_path / "room"
    subprocess.run(["cp", "-a", room.place, copy], check=True)
    record = copy / "week1-tiny/week1-tiny-gus.git/classroom-received"
    record.unlink()
    {"link": lambda: record.symlink_to("/dev/zero"), "folder": record.mkdir, "pipe": lambda: os.mkfifo(record)}[kind]()
    problems = []

    counts = Classroom(copy).collect(tmp_path / "in", problems.append)

    assert counts == {"week1-tiny": 6}
    assert [
        problem for problem in problems if problem.startswith("Gus Example (gus): ") and "list of pushes" in problem
    ]
