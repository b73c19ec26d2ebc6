"""Task 10: a cache that never lies. First what every cache must do, last what makes it hard."""

from classroom import expect, one_of, task, together


@task(10)
def test_a_hundred_reads_cost_five_statements(site):
    """A hundred GETs of one ready video, across both instances, run at most five statements on the app's tables."""
    video, names = site.ready(), site.names()
    site.see_copies(video)

    with site.system.primary.counting() as on_primary, site.system.replica.counting() as on_replica:
        for _ in range(100):
            site.shows(video, {"title": video["title"], "status": "ready"})

    asked = on_primary.total(naming=names) + on_replica.total(naming=names)
    expect.that(asked <= 5, f"A hundred GETs of one video ran {asked} statements, expected at most 5.")


@task(10)
def test_a_change_is_seen_at_once_through_the_other(site):
    """The very next GET through one instance shows everything that the other has created, changed, completed or deleted."""
    site.see_copies(site.ready())
    unknown = {"id": site.new_id()}
    site.warm(unknown)
    video = site.video(via=site.a, id=unknown["id"])
    site.shows(video, {"title": video["title"], "status": "pending"}, site.b)

    for sent in ({"description": "other words"}, {"title": "changed"}):
        site.warm(video)
        expected = site.changed(video, via=site.a, **sent)
        site.shows(video, expected, site.b)

    site.uploaded(video)
    site.warm(video)
    expect(site.complete(video, via=site.b)).ground(task=6)
    site.shows(video, {"status": "ready", "playback_url": str}, site.a)

    site.warm(video)
    expect(site.delete(video, via=site.a)).ground(task=4)
    site.gone(video, site.b)


@task(10)
def test_the_list_shows_a_change_at_once(site):
    """When a video is completed, changed or deleted through one instance, both instances' lists show it at once."""
    site.see_copies(site.ready())
    video = site.video()
    site.uploaded(video)
    site.read_list()

    expect(site.complete(video, via=site.b)).ground(task=6)
    expect.that(
        video["id"] in site.titles(site.a),
        "A stale list: a video was completed, but the list of instance a does not show it.",
    )

    expected = site.changed(video, via=site.a, title="once more")
    for via in (site.b, site.a):
        shown = site.titles(via).get(video["id"])
        stays = expected["title"].mismatch(shown, "title")
        expect.that(
            stays is None, f"A stale list: a title was changed, but the list of {via.name} still shows the old one."
        )

    expect(site.delete(video, via=site.a)).ground(task=4)
    expect.that(
        video["id"] not in site.titles(site.b),
        "A stale list: a video was deleted, but the list of instance b still shows it.",
    )


@task(10)
def test_without_the_cache_everything_works(site):
    """Without the cache, every request still works, and each change is visible through the other instance."""
    playing, changed, waiting, deleted = site.ready(), site.ready(), site.video(), site.ready()
    site.uploaded(waiting)
    site.see_copies(playing)
    for video in (playing, changed, waiting, deleted):
        site.warm(video)
    site.changed(changed, title="before")

    site.system.cache.stop()
    site.wait_for_answers(35)

    played, listed, made, change, complete, delete = together(
        lambda: site.get(playing, site.b),
        lambda: site.any.get("/videos", params={"limit": 5}),
        lambda: site.create(via=site.a),
        lambda: site.change(changed, via=site.a, title="after"),
        lambda: site.complete(waiting, via=site.b),
        lambda: site.delete(deleted, via=site.a),
    )
    expect(played).ok({"title": playing["title"], "playback_url": str})
    expect(listed).ok({"items": list})
    expect(made).status(200, 201).json({"id": str})
    expected = site.fields_after(change, title="after")
    expect(complete).ok({"status": "ready"})
    expect(delete).ground(task=4)

    answers = together(
        *[
            lambda one=one, via=via: site.get(one, via)
            for one, via in ((changed, site.b), (waiting, site.a), (deleted, site.b), (made.json, site.b))
        ]
    )
    expect(answers[0]).ok(expected)
    expect(answers[1]).ok({"status": "ready", "playback_url": str})
    expect(answers[2]).refused(404)
    expect(answers[3]).ok()


@task(10)
def test_one_create_sent_ten_times_at_once_is_one_video_without_the_cache_too(site, shape):
    """Without the cache, the same POST /videos sent ten times at once still returns the same video ten times."""
    site.see_copies(site.ready())
    with_it, without_it = (site.new(id=site.new_id()) for _ in range(2))
    with site.slow_commit(0.15):
        answers = together(*[lambda: site.create(**with_it)] * 10)
    if not all(answer.status in (200, 201) and answer.json.get("id") == with_it["id"] for answer in answers):
        return  # with the cache, this is checked in task 3

    site.system.cache.stop()
    site.wait_for_answers(35)

    with site.slow_commit(0.15):
        answers = together(*[lambda: site.create(**without_it)] * 10)
    for answer in answers:
        expect(answer).status(200, 201).json(shape(id=without_it["id"], owner=site.owner))


@task(10)
def test_a_read_while_the_change_waits_keeps_nothing_old(site, background):
    """A change is visible at once, even if the video was read while the change was waiting for the database."""
    for warm in (True, False):
        video = site.ready()
        site.see_copies(video)
        site.warm(video) if warm else site.system.cache.flush()
        with site.gate_for_commits() as gate:
            gate.shut()
            change = background(lambda video=video: site.change(video, via=site.a, title="changed"))
            gate.wait_for(change)
            for via in (site.b, site.a, site.b):
                expect(site.get(video, via)).ok({"title": one_of(video["title"], "changed")})
            gate.open()
            expected = site.fields_after(change.result(), title="changed")
        for via in (site.b, site.a):
            site.shows(video, expected, via)


@task(10)
def test_a_slow_read_of_an_unknown_id_keeps_nothing(site, background):
    """A slow read of an unknown id that ends after the video is created does not hide the new video."""
    site.see_copies(site.ready())
    unknown = {"id": site.new_id()}

    with site.gate_for_lookups() as gate:
        gate.shut()
        read = background(lambda: site.get(unknown, site.b))
        gate.wait_for(read)
        video = site.video(via=site.a, id=unknown["id"])
        gate.open()
        expect(read.result()).status(200, 404)

    for via in (site.b, site.a):
        site.shows(video, {"title": video["title"], "status": "pending"}, via)


@task(10, weight=5)
def test_a_slow_read_keeps_nothing_old(site, background):
    """A slow read that begins before a change's commit and ends after it leaves no stale copy behind."""
    video = site.ready()
    site.see_copies(video)

    with site.gate_for_reads() as reads, site.gate_for_commits() as commits:
        site.system.cache.flush()
        commits.shut()
        change = background(lambda: site.change(video, via=site.a, title="changed"))
        commits.wait_for(change)
        reads.shut()
        read = background(lambda: site.get(video, site.b))
        reads.wait_for(read)
        commits.open()
        expected = site.fields_after(change.result(), title="changed")
        reads.open()
        expect(read.result()).ok({"title": one_of(video["title"], "changed")})

    for via in (site.b, site.a):
        site.shows(video, expected, via)
