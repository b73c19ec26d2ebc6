"""Task 10: every kind of change, every moment of reading, and a cache that comes and goes."""

import time

from classroom import expect, one_of, task


@task(10)
def test_reads_after_a_change_are_cheap_again(site):
    """After a ready video is changed, fifty GETs of it still run at most five statements in total."""
    video, names = site.ready(), site.names()
    site.see_copies(video)
    expected = site.changed(video, title="changed")

    with site.system.primary.counting() as on_primary, site.system.replica.counting() as on_replica:
        for _ in range(25):
            for via in (site.a, site.b):
                site.shows(video, expected, via)

    asked = on_primary.total(naming=names) + on_replica.total(naming=names)
    expect.that(asked <= 5, f"Fifty GETs of one video ran {asked} statements, expected at most 5.")


@task(10)
def test_no_such_video_is_not_kept(site, background):
    """A video is found as soon as it is created, even if its id was requested before and during its POST."""
    video = {"id": site.new_id()}
    site.see_copies(site.ready())
    site.warm(video)

    with site.gate_for_commits() as gate:
        gate.shut()
        create = background(lambda: site.create(via=site.a, id=video["id"]))
        gate.wait_for(create)
        site.warm(video)
        gate.open()
        made = expect(create.result()).ground(task=3, has=["id"])

    for via in (site.b, site.a):
        site.shows(made, {"status": "pending"}, via)


@task(10)
def test_slow_reads_of_an_unknown_id_keep_nothing(site, background):
    """Slow reads of an unknown id through both instances do not hide the video, even if they end after its POST."""
    site.see_copies(site.ready())
    unknown = {"id": site.new_id()}
    site.warm(unknown)

    with site.gate_for_lookups() as gate:
        gate.shut()
        reads = [background(lambda via=via: site.get(unknown, via)) for via in (site.a, site.b)]
        gate.wait_for(*reads)
        made = expect(site.create(via=site.b, id=unknown["id"])).ground(task=3, has=["id"])
        site.uploaded(made)
        site.complete_ground(made)
        gate.open()
        for read in reads:
            expect(read.result()).status(200, 404)

    for via in (site.b, site.a):
        site.shows(made, {"status": "ready", "playback_url": str}, via)


@task(10)
def test_a_read_while_a_complete_waits_keeps_nothing_old(site, background):
    """A video that was read while its /complete request was waiting is ready on both instances right afterwards."""
    video = site.video()
    site.uploaded(video)
    site.see_copies(site.ready())
    site.warm(video)

    with site.gate_for_commits() as gate:
        gate.shut()
        complete = background(lambda: site.complete(video, via=site.b))
        gate.wait_for(complete)
        for _ in range(2):
            site.warm(video)
        gate.open()
        expect(complete.result()).ground(task=6)

    for via in (site.a, site.b):
        site.shows(video, {"status": "ready", "playback_url": str}, via)


@task(10)
def test_a_read_while_a_delete_waits_keeps_nothing(site, background):
    """A video that was read while its DELETE was waiting returns 404 on both instances right afterwards."""
    video = site.ready()
    site.see_copies(video)
    site.warm(video)

    with site.gate_for_commits() as gate:
        gate.shut()
        delete = background(lambda: site.delete(video, via=site.a))
        gate.wait_for(delete)
        for _ in range(2):
            site.warm(video)
        gate.open()
        expect(delete.result()).ground(task=4)

    for via in (site.b, site.a):
        site.gone(video, via)


@task(10)
def test_a_second_change_that_waits_brings_nothing_old_back(site, background):
    """A video that is read during each of two consecutive changes never reverts to its state before the first."""
    video = site.ready()
    site.see_copies(video)
    site.warm(video)
    expected = {"title": video["title"]}
    with site.gate_for_commits() as gate:
        for after in ("first", "second"):
            before = expected["title"]
            gate.shut()
            change = background(lambda after=after: site.change(video, via=site.a, title=after))
            gate.wait_for(change)
            for via in (site.b, site.a):
                expect(site.get(video, via)).ok({"title": one_of(before, after)})
            gate.open()
            expected = site.fields_after(change.result(), title=after)

    for via in (site.b, site.a):
        site.shows(video, expected, via)


@task(10, weight=4)
def test_slow_reads_keep_nothing_old_of_a_complete_or_a_delete(site, background):
    """Slow reads that begin before the commit of a /complete or DELETE and end after it leave no stale copy."""
    waiting, deleted = site.video(), site.ready()
    site.uploaded(waiting)
    site.see_copies(deleted)

    with site.gate_for_reads() as reading, site.gate_for_commits() as commits:
        site.system.cache.flush()
        commits.shut()
        changes = [
            background(lambda: site.complete(waiting, via=site.a)),
            background(lambda: site.delete(deleted, via=site.b)),
        ]
        commits.wait_for(*changes)
        reading.shut()
        reads = [
            background(lambda one=one, via=via: site.get(one, via))
            for one, via in ((waiting, site.b), (deleted, site.a))
        ]
        reading.wait_for(*reads)
        commits.open()
        expect(changes[0].result()).ground(task=6)
        expect(changes[1].result()).ground(task=4)
        reading.open()
        for read in reads:
            expect(read.result()).status(200, 404)

    for via in (site.b, site.a):
        site.shows(waiting, {"status": "ready"}, via)
        site.gone(deleted, via)


@task(10)
def test_changes_are_seen_in_the_middle_of_many_reads(site, background):
    """While other clients read nonstop, each of eight changes shows up in the very next GET on either instance."""
    video = site.ready()
    site.see_copies(video)
    over = []

    def read_on(via):
        while not over:
            site.get(video, via)
            time.sleep(0.01)

    for via in (site.a, site.b):
        background(lambda via=via: read_on(via))
    try:
        for number in range(1, 9):
            by = (site.a, site.b)[number % 2]
            expected = site.changed(video, via=by, title=str(number))
            for via in (site.a, site.b):
                site.shows(video, expected, via)
    finally:
        over.append(True)


@task(10)
def test_a_cache_that_comes_back_tells_nothing_old(site):
    """A change made while the cache was down is visible once the cache is back, and so is every later change."""
    video = site.ready()
    site.see_copies(video)
    site.changed(video, title="before")
    site.warm(video)

    site.system.cache.stop()
    site.wait_for_answers(35)
    expected = site.changed(video, via=site.a, title="without the cache")
    site.system.cache.start()
    for via in (site.b, site.a):
        site.shows(video, expected, via)
    for number, by in enumerate((site.b, site.a)):
        expected = site.changed(video, via=by, title=f"after {number}")
        for via in (site.a, site.b):
            site.shows(video, expected, via)


@task(10)
def test_an_instance_starts_without_the_cache(site):
    """An instance that is started while the cache is down serves requests."""
    video = site.ready()
    site.see_copies(video)

    site.system.cache.stop()
    site.system.a.kill()
    site.system.a.start()

    site.wait_for_answers(35)
    expect(site.get(video, site.a)).ok({"title": video["title"], "playback_url": str})


@task(10)
def test_copies_of_two_videos_are_not_mixed_up(site):
    """Each read returns the right video, however often each video is read; changing one leaves the others unchanged."""
    videos = [site.ready() for _ in range(3)]
    site.see_copies(videos[0])
    videos[1] |= site.changed(videos[1], title="only this one")

    for _ in range(2):
        for video in videos:
            for via in (site.a, site.b):
                site.shows(video, {"title": video["title"], "owner": site.owner, "playback_url": str}, via)
