"""The solution's site under load and with a replica that lags: what is measured, and what its visitors see."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
import time

import pytest
from classroom.core.assignment import Assignment
from classroom.core.errors import UsageError
from classroom.core.load import under_load
from classroom.services.manager import Services
from classroom.student.load import Load, Parts
from classroom.student.load.command import Wish, measure
from classroom.student.load.own_system import own_system
from classroom.student.load.running import address_of, announced, running_system
from classroom.student.load.visitors import Visitors

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the site runs on Linux and macOS here")
LAG = 0.8


@pytest.fixture(scope="module")
def solved(week5, tmp_path_factory):
    """Week 5's folder with the solution in it."""
    folder = tmp_path_factory.mktemp("solved") / f"week5-load-{os.getpid()}"
    shutil.copytree(week5, folder, ignore=shutil.ignore_patterns("grading", ".classroom", "__pycache__", ".venv"))
    shutil.copytree(week5 / "grading" / "solution", folder, dirs_exist_ok=True)
    yield Assignment.load(folder)
    with contextlib.closing(Services(["postgres"])) as services:
        services.provisioner.remove(services.provisioner.names.kept(folder.name))


@pytest.fixture(scope="module")
def system(solved):
    """The solution's system, running."""
    with own_system(solved, workers=1) as system:
        yield system


class Visitor(Visitors):
    """A visitor whose requests are sent one by one."""

    def ask(self, method, path, body=None):
        """Send a request; return status code and JSON."""
        response = asyncio.run(self._ask(method, path, body))
        return response.status, response.json()

    def title(self, video):
        """Return the title that a read shows, or None if the video is not found."""
        return self.ask("GET", f"/videos/{video}")[1].get("title")

    def listed(self, video):
        """Return the title that the list shows, which no cache keeps."""
        items = self.ask("GET", "/videos?limit=100")[1]["items"]
        return next(item["title"] for item in items if item["id"] == video)


@pytest.fixture(scope="module")
def visitor(system):
    """A visitor of the site, with some videos of its own."""
    visitor = Visitor(address_of(system.ports.site))
    asyncio.run(visitor.prepare())
    return visitor


@pytest.fixture
def lag(system):
    """Lets the replica lag for one test."""
    yield lambda: system.set_replica_lag(LAG)
    system.set_replica_lag(0)


def until(true):
    """Wait until something is true."""
    end = time.monotonic() + under_load(60)
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def change_behind_the_replica(visitor, video, shown):
    """Change a title again and again until the replica shows an older one: from then on it lags; return the new title."""
    end = time.monotonic() + under_load(60)
    while True:
        before, title = shown(video), f"title {time.monotonic()}"
        assert visitor.ask("PATCH", f"/videos/{video}", {"title": title})[0] == 200
        if [shown(video), shown(video)] == [before, before]:  # through both instances
            return title
        assert time.monotonic() < end, "the replica does not lag"


@pytest.mark.long
def test_what_a_load_shows_is_what_the_parts_have_counted(system, visitor):
    """Requests, statements, cached keys and files: the parts count the same as the load, and nothing fails."""
    load, parts = Load(visitor.address, 80, writers=0.3), Parts(system)
    load.start()
    until(lambda: load.figures(None).requests >= 40)
    load.stop()
    before = parts.count()
    with system.database.counting() as primary, system.database.reader().counting() as replica:
        load.start(prepare=False)
        until(lambda: load.figures(None).requests >= 120)
        load.stop()
    until(lambda: parts.count().jobs > 0)
    figures, counts = load.figures(None), parts.count().since(before)

    assert (figures.errors_by, counts.refused) == ({}, 0)
    assert sum(counts.requests.values()) == figures.requests
    assert abs(counts.requests["a"] - counts.requests["b"]) <= 1
    tables = system.database.names()
    assert counts.replica == replica.total(tables) > 0
    # The worker looks for jobs in the meantime, twice a second.
    assert primary.total(tables) <= counts.primary
    assert figures.requests_by["create"] <= counts.primary
    assert counts.storage >= 2 * figures.requests_by["complete"]
    assert counts.hits > counts.misses > 0


def test_an_instance_that_is_killed_loses_only_what_it_was_working_on(system, visitor):
    """After a kill, requests that the instance held are lost, then none; an instance that starts again gets its share."""
    load, parts = Load(visitor.address, 80), Parts(system)
    load.start()

    def further(number):
        before = load.figures(None).requests
        until(lambda: load.figures(None).requests >= before + number)
        return load.figures(None)

    further(20)
    system.kill("a")
    soon, given, later = further(20), parts.count().requests["a"], further(40)
    kept = parts.count().requests["a"]
    system.restart("a")
    until(lambda: parts.count().requests["a"] > kept)
    load.stop()

    assert given == kept
    assert later.errors == soon.errors
    assert {reason.partition(": ")[2] for reason in soon.errors_by} <= {"the connection was lost"}


@pytest.fixture
def no_cache(system):
    """Takes the cache away for one test."""
    system.kill("cache")
    yield
    system.restart("cache")


@pytest.mark.usefixtures("no_cache")
def test_a_change_is_seen_when_the_lag_is_over(visitor, lag):
    """Without a cache, a PATCH returns the new title, reads show the old one, and after the lag the new one."""
    video = visitor.ready[0]
    lag()

    title = change_behind_the_replica(visitor, video, visitor.title)
    began = time.monotonic()
    until(lambda: [visitor.title(video), visitor.title(video)] == [title, title])  # through both instances

    assert time.monotonic() - began > LAG / 2


def test_a_new_video_does_not_exist_until_the_lag_is_over(system, visitor, lag):
    """A create returns the video, reads return 404, and after the lag 200."""
    lag()
    change_behind_the_replica(visitor, visitor.ready[1], visitor.listed)

    status, video = visitor.ask("POST", "/videos", {"title": "Ducks"})
    found = visitor.ask("GET", f"/videos/{video['id']}")[0]
    until(lambda: visitor.ask("GET", f"/videos/{video['id']}")[0] == 200)

    assert (status, found) == (201, 404)


def test_a_cache_keeps_the_old_title_beyond_the_lag(system, visitor, lag):
    """A read during the lag puts the old title into the cache, where it stays when the replica has long caught up."""
    lag()
    video = visitor.ready[2]
    title = change_behind_the_replica(visitor, video, visitor.listed)
    old = visitor.title(video)
    until(lambda: [visitor.listed(video), visitor.listed(video)] == [title, title])

    kept = visitor.title(video)
    system.cache.flush()

    assert old == kept != title
    assert visitor.title(video) == title


def test_without_lag_a_change_is_seen_at_once(system, visitor):
    """When the replica no longer lags, a read after a change shows it, through either instance."""
    system.set_replica_lag(0)
    video = visitor.ready[3]

    def seen_at_once():
        title = f"title {time.monotonic()}"
        visitor.ask("PATCH", f"/videos/{video}", {"title": title})
        return [visitor.title(video), visitor.title(video)] == [title, title]

    until(seen_at_once)
    assert all(seen_at_once() for _ in range(5))


def test_a_site_that_runs_is_measured_as_it_is(solved, system):
    """`load` finds the site of `run`, counts what it sends there, leaves no videos behind, and does not change the site."""
    with announced(system, solved.folder):
        report = measure(solved, Wish(40, 1, 0.5))
        with pytest.raises(UsageError, match="A site is running, and `load` changes nothing about it"):
            measure(solved, Wish(40, 1, lag=1))

    assert report.figures.errors == 0
    assert report.figures.requests == sum(report.counts.requests.values()) > 0
    assert report.of_run
    assert running_system(solved.folder) is None, "its note is gone"


def test_a_note_of_a_site_that_was_killed_is_ignored(solved, system):
    """A note that was left behind is not taken for a running site."""
    with announced(system, solved.folder):
        note = solved.folder / ".classroom" / "running.json"
        left = json.loads(note.read_text())
        for changed in ({"process": 2**22 + 1}, {"records": str(solved.folder / "none")}, {"port": None}):
            note.write_text(json.dumps(left | changed))
            assert running_system(solved.folder) is None
        note.write_text(json.dumps(left | {"port": 1}))
        with pytest.raises(UsageError, match=r"^The site that `run` starts does not accept connections on port 1 yet"):
            running_system(solved.folder)
        note.write_text("not JSON")
        assert running_system(solved.folder) is None
        note.write_text(json.dumps(left))
        assert running_system(solved.folder).port == system.ports.site


def test_a_week_without_a_site_is_told(week5):
    """A week with a single app is told in one sentence."""
    with pytest.raises(
        UsageError, match=r"^week1-hello-api is a single app: `load` needs a whole site, as in week 5\.$"
    ):
        measure(Assignment.load(week5.parent / "week1-hello-api"), Wish(1, 1))


def run_load(*words):
    """Run `classroom load` with these words."""
    command = [sys.executable, "-m", "classroom", "load", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"NO_COLOR": "1"})


@pytest.mark.long
def test_the_site_of_run_is_found(solved, run):
    """`classroom load` measures what `classroom run` has started, and deletes its videos."""
    command = run(solved.folder)

    done = run_load(solved.folder, "--rate", 40, "--seconds", 1, "--writers", 0.5, "--json")
    videos = command.get("/videos")["items"]
    command.end()

    report = json.loads(done.stdout)
    assert (done.returncode, report["errors"]) == (0, 0), done.stderr
    assert report["requests"] == sum(report["parts"]["requests"].values()) > 0
    assert videos == []


@pytest.mark.long
def test_the_starter_is_measured_too(week5):
    """On the starter, where routes are missing, errors are counted and explained; the exit status is 1."""
    done = run_load(week5, "--rate", 20, "--seconds", 1, "--without", "cache")

    assert done.returncode == 1, done.stderr
    assert "list: 501" in done.stdout
    assert done.stdout.rstrip().endswith("501 is the response from a task that is not done yet.")
    assert max(map(len, done.stdout.splitlines())) <= 80
