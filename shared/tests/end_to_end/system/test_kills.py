"""Either instance of week 5's solution is killed at any moment of work at the same time: nothing is lost."""

from __future__ import annotations

import random
import threading
import time
import uuid
from types import SimpleNamespace

import pytest
from classroom.apps.exchange import NoAnswer
from classroom.apps.open import open_launcher
from classroom.checks.app_under_test import AppUnderTest
from classroom.checks.by_hand.trail import Trail
from classroom.checks.system import system_of
from classroom.core.assignment import Assignment
from classroom.instructor.proof.cases import solution
from classroom.services.cache import Cache
from classroom.services.manager import Services
from classroom.services.storage import LIBRARIES, Storage

KILLS, FEW = 12, 4  # the others take longer than make test may
CLIENTS = 8
TRIES = 10


@pytest.fixture(scope="module")
def system(tmp_path_factory, week5):
    """The solution's system, both instances running."""
    week, room = Assignment.load(week5), tmp_path_factory.mktemp("kills")
    solution(week).materialize(week, room / "solution")
    ours, theirs = open_launcher(LIBRARIES), open_launcher(week.preload)
    services, cache, storage = Services(week.services), Cache(), Storage(week.folder, ours)
    cache.start()
    database = services.system_database()
    backing = services.backing(database, cache, storage, room / "transcode.log")
    run = SimpleNamespace(assignment=week, trail=Trail(), used_up=False, exchanges=[], seconds_left=lambda: 10)

    def make(kind, backing):
        return kind(room / "solution", theirs, environment=backing.environment(week.database_scheme))

    for system in system_of(backing, make, lambda app: AppUnderTest(run, app, {})):
        for instance in (system.a, system.b):
            instance.start()
        yield system
    database.drop()
    for one in (storage, cache, theirs, ours, services):
        one.close()


@pytest.fixture
def until_answered(system):
    """Do what a sensible client does: send the same request again until there is a response."""
    headers = system.bearer("alice")

    def send(method, path, **more):
        for _ in range(TRIES):
            try:
                answer = system.client.request(method, path, headers=headers, **more)
            except NoAnswer:
                continue
            return answer
        raise AssertionError(f"{method} {path} got no answer in {TRIES} tries, with one instance left")

    return send


@pytest.mark.parametrize(
    "number", [pytest.param(number, marks=[pytest.mark.long] if number >= FEW else []) for number in range(KILLS)]
)
def test_nothing_is_lost_whichever_is_killed_whenever(system, until_answered, number):
    """Eight clients announce and change videos while an instance dies: everything is there once, on both instances."""
    moment = random.Random().uniform(0, 0.2)  # another one in each run: anywhere in the work
    ids = [str(uuid.uuid4()) for _ in range(CLIENTS)]
    told = {}

    def work(video_id):
        created = until_answered("POST", "/videos", json={"id": video_id, "title": "new"})
        changed = until_answered("PATCH", f"/videos/{video_id}", json={"title": "changed", "description": video_id})
        told[video_id] = (created.status, changed.status)

    clients = [threading.Thread(target=work, args=(video_id,)) for video_id in ids]
    victim = (system.a, system.b)[number % 2]
    for client in clients:
        client.start()
    time.sleep(moment)
    victim.kill()
    for client in clients:
        client.join()
    victim.start()

    assert set(told) == set(ids), f"killed after {moment:.3f} s"
    for created, changed in told.values():
        assert created in (200, 201)
        assert changed == 200
    for instance in (system.a, system.b):
        for video_id in ids:
            found = instance.client.get(f"/videos/{video_id}")
            assert (found.status, found.json["title"], found.json["description"]) == (200, "changed", video_id)
