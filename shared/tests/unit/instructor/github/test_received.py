"""The time at which GitHub received a push decides about a deadline, also for what a force push hid."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from classroom.cli.main import main
from classroom.core.git_history import History
from classroom.core.submission import Submission
from classroom.instructor.classrooms.github import fetch, fetch_commits
from classroom.instructor.classrooms.github_git import RepoName
from classroom.instructor.github.received import write_receipts
from classroom.instructor.grading.deadline import Deadline, resolve_deadline
from github_stand_in.server import served

from .conftest import WEEK

DUE = Deadline(datetime(2026, 11, 21, 23, 59, tzinfo=UTC))
IN_TIME, LATE = "2026-11-21T12:00:00Z", "2026-11-23T12:00:00Z"
NAME = RepoName("school", f"{WEEK}-ada")


class Remote:
    """Ada's repository on GitHub, and her clone."""

    def __init__(self, tmp_path, stand_in):
        self.hosted, self.clone, self.stand_in = tmp_path / f"hub/{NAME}.git", tmp_path / "ada", stand_in
        self._git("init", "--quiet", "--bare", "--initial-branch", "main", self.hosted)
        self._git("-C", self.hosted, "config", "uploadpack.allowAnySHA1InWant", "true")
        self._git("clone", "--quiet", self.hosted, self.clone)
        self._git("-C", self.clone, "checkout", "--quiet", "-B", "main")
        stand_in.add(NAME.name)

    def push(self, received, made, *, amend=False):
        """Commit with a date of one's own, and push; return the commit."""
        dates = {"GIT_AUTHOR_DATE": made, "GIT_COMMITTER_DATE": made}
        words = ["--amend"] if amend else []
        self._git("-C", self.clone, "commit", "--quiet", "--allow-empty", "--message", received, *words, env=dates)
        self._git("-C", self.clone, "push", "--quiet", "--force", "origin", "main")
        commit = self._git("-C", self.clone, "rev-parse", "HEAD")
        self.stand_in.push(NAME.name, "ada", received, commit, kind="force_push" if amend else "push")
        return commit

    def _git(self, *words, env=None):
        who = {f"GIT_{role}_{what}": "ada@x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        command = ["git", *map(str, words)]
        done = subprocess.run(command, env=os.environ | who | (env or {}), check=True, capture_output=True, text=True)
        return done.stdout.strip()


@pytest.fixture
def remote(tmp_path, stand_in):
    """Ada's repository."""
    return Remote(tmp_path, stand_in)


@pytest.fixture
def counted(course, tmp_path, monkeypatch):
    """Return a function that fetches Ada's repository, and returns what counts by the deadline, and what was told."""

    def count():
        monkeypatch.setenv("GITHUB_SERVER_URL", f"file://{tmp_path}/hub")
        told = []
        fetch(WEEK, [NAME], tmp_path / "fetched", told.append)
        clone = tmp_path / f"fetched/{NAME.name}.git"
        write_receipts(course.provider, [(NAME, clone)], fetch_commits, told.append)
        head = (clone / "HEAD").read_text()
        assert "refs/heads/main" in head
        tip = subprocess.run(["git", "-C", clone, "rev-parse", "main"], check=True, capture_output=True, text=True)
        submission = Submission("ada", clone, bare=True, commit=tip.stdout.strip())
        return resolve_deadline(submission, DUE), told

    return count


def test_a_commit_that_is_dated_back_and_pushed_late_does_not_count(remote, counted):
    """Only the push in time does."""
    in_time = remote.push(IN_TIME, "2026-11-21T11:00:00Z")
    remote.push(LATE, "2026-11-21T11:30:00Z")

    found, told = counted()

    assert found.submission.commit == in_time
    assert found.at == datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert found.ignored == datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert told == []


def test_a_late_force_push_does_not_lose_the_one_in_time(remote, counted):
    """The commit is on no branch anymore, and is fetched all the same."""
    in_time = remote.push(IN_TIME, "2026-11-21T11:00:00Z")
    remote.push(LATE, "2026-11-23T11:00:00Z", amend=True)

    found, told = counted()

    assert found.submission.commit == in_time
    assert told == []


def test_of_two_pushes_in_one_second_the_later_one_counts(remote, counted):
    """GitHub lists the latest first, and its times have no fractions of a second."""
    remote.push(IN_TIME, "2026-11-21T11:00:00Z")
    later = remote.push(IN_TIME, "2026-11-21T11:30:00Z")

    assert counted()[0].submission.commit == later


def test_a_commit_that_github_has_removed_is_told(remote, counted, stand_in):
    """It cannot count, and somebody should know."""
    remote.push(IN_TIME, "2026-11-21T11:00:00Z")
    stand_in.push(NAME.name, "ada", IN_TIME, "d" * 40)

    _, told = counted()

    assert "school/week1-hello-api-ada: what was pushed at 2026-11-21 12:00 UTC can no longer be fetched" in told[0]


def test_without_the_permission_the_times_of_commits_remain(remote, counted, stand_in, tmp_path):
    """It is told, and nothing that looks like a record is written."""
    remote.push(LATE, "2026-11-21T11:00:00Z")
    del stand_in.permissions["contents"]

    found, told = counted()

    assert "it needs the permission Contents (read)" in told[0]
    assert found.note is not None
    assert not (tmp_path / f"fetched/{NAME.name}.git/classroom-received").exists()


def test_a_repository_without_times_does_not_lose_those_of_the_others(remote, course, tmp_path, monkeypatch):
    """GitHub refuses one request, and returns the next response."""
    remote.push(IN_TIME, "2026-11-21T11:00:00Z")
    monkeypatch.setenv("GITHUB_SERVER_URL", f"file://{tmp_path}/hub")
    fetch(WEEK, [NAME], tmp_path / "fetched", print)
    clone = tmp_path / f"fetched/{NAME.name}.git"
    told = []

    write_receipts(course.provider, [(RepoName("school", "gone"), clone), (NAME, clone)], fetch_commits, told.append)

    assert "GitHub could not read the pushes to school/gone" in told[0]
    assert (clone / "classroom-received").exists()


def test_the_first_push_is_not_taken_for_the_handout(remote, counted, tmp_path):
    """A repository that was empty begins with the student's own work."""
    commit = remote.push(IN_TIME, "2026-11-21T11:00:00Z")

    found, _ = counted()

    assert found.submission.commit == commit
    assert not History(tmp_path / f"fetched/{NAME.name}.git").is_handout(commit)


def test_fetch_writes_the_record_when_there_is_a_token(remote, stand_in, tmp_path, monkeypatch):
    """The command does it by itself; a part without repositories is not a mistake."""
    remote.push(IN_TIME, "2026-11-21T11:00:00Z")
    (tmp_path / "list.txt").write_text(f"{NAME}\n")
    monkeypatch.setenv("GITHUB_SERVER_URL", f"file://{tmp_path}/hub")
    monkeypatch.setenv("CLASSROOM_TOKEN", stand_in.token)
    monkeypatch.chdir(Path(__file__).parents[5])
    words = ["fetch", "1", str(tmp_path / "list.txt")]

    with served(stand_in) as address:
        monkeypatch.setenv("GITHUB_API_URL", address)
        assert main([*words, "--to", str(tmp_path / "in")]) == 0
        assert main([*words, "--to", str(tmp_path / "none"), "--part", "2/2"]) == 0

    record = (tmp_path / f"in/{NAME.name}.git/classroom-received").read_text()
    assert record.splitlines()[-1].startswith("2026-11-21T12:00:00Z refs/heads/main ")
