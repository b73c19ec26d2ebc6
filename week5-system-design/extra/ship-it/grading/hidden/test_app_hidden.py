"""The rules of the visible checks of the app, with other values and at other moments."""

import pytest
from classroom import expect, gate_for_commits, task
from support.poll import LIVE, NOT_DRAINING, READY, SOON


@task(2)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "jdbc:postgresql://database:5432/poll"),
        ("DRAIN_SECONDS", "-1"),
        ("DRAIN_SECONDS", ""),
    ],
)
def test_wrong_setting_ends_the_start(settings, name, value):
    """A DATABASE_URL not beginning with postgresql://, or an empty or negative DRAIN_SECONDS, aborts startup."""
    settings.accepts({"DRAIN_SECONDS": "0"})

    settings.rejects({name: value}, name)


@task(3)
def test_app_starts_without_its_database(container, poll):
    """An app started while the database is down is alive but not ready, and is ready once the database is up."""
    expect(poll.client.get(READY)).ok()

    with poll.database.away():
        started = container()
        expect(started.client.get(LIVE)).ok({"status": "alive"})
        expect(started.client.get(READY)).refused(503)

    expect(started.client.get(READY)).ok({"status": "ready"})


@task(4)
def test_all_requests_under_way_are_answered(instance, poll, background):
    """Three votes that are being stored when SIGTERM arrives each get a 201; then the database is closed."""
    container, mine = instance()
    wanted = [mine.name() for _ in range(3)]
    expect(mine.vote(mine.name())).ground(task=1)
    before = poll.closings()

    with gate_for_commits(poll.database) as gate:
        gate.shut()
        votes = [background(lambda name=name: mine.vote(name)) for name in wanted]
        expect.that(mine.soon(lambda: gate.waiting() == 3), "The votes were not stored.")
        container.terminate()
        mine.soon(mine.refuses)
        expect.that(poll.closings() == before, "The database was closed before the requests were finished.")
        gate.open()
        for name, vote in zip(wanted, votes, strict=True):
            expect(vote.result()).created({"name": name, "votes": 1})

    container.shuts_down(SOON, NOT_DRAINING)
    poll.was_closed(before)


@task(4)
def test_app_ends_after_the_seconds(instance, poll):
    """With DRAIN_SECONDS=0.5, the app exits cleanly soon after SIGTERM, even if the signal arrives twice."""
    container, _ = instance(DRAIN_SECONDS="0.5")
    before = poll.closings()

    container.terminate()
    container.terminate()

    container.shuts_down(SOON, "with DRAIN_SECONDS=0.5")
    poll.was_closed(before)
