"""Task 9: every kind of read."""

from classroom import expect, task


@task(9)
def test_every_kind_of_single_read_asks_the_replica(site):
    """Pending videos, changed videos and unknown ids are read only from the replica."""
    pending, changed, unknown = site.video(), site.video(), {"id": site.new_id()}
    site.changed(changed, title="changed")
    expect(site.get(site.video())).ground(task=4)
    site.system.cache.flush()

    with site.replica_alone():
        for via in (site.a, site.b):
            expect(site.get(pending, via)).ok({"status": "pending"})
            expect(site.get(changed, via)).ok()
            expect(site.get(unknown, via)).refused(404)


@task(9)
def test_every_kind_of_page_asks_the_replica(site):
    """A ready video, the first and later pages, and a page with limit=100 are read only from the replica."""
    videos = [site.ready(content=b"x") for _ in range(3)]
    cursors = {via: site.page(via=via, limit=1)["next_cursor"] for via in (site.a, site.b)}
    site.system.cache.flush()

    with site.replica_alone():
        for via, cursor in cursors.items():
            if cursor is not None:  # task 7 checks that a page leads on
                expect(via.get("/videos", params={"limit": 1, "cursor": cursor})).ok()
            expect(via.get("/videos", params={"limit": 1})).ok()
            expect(via.get("/videos", params={"limit": 100})).ok()
            expect(site.get(videos[0], via)).ok({"status": "ready"})


@task(9)
def test_writes_go_to_the_primary(site):
    """Creating, changing and deleting a video each run a statement on the primary; reading one does not."""
    expect(site.get(site.video())).ground(task=4)
    names = site.names()

    with site.system.primary.counting() as on_primary:
        video = site.video()
        site.changed(video, title="new")
        expect(site.delete(video)).ground(task=4)
    asked = on_primary.total(naming=names)
    expect.that(asked >= 3, f"Three writes ran {asked} statements through DATABASE_URL, expected 3 or more.")

    video = site.video()
    with site.replica_alone():
        expect(site.look(video)).ok()


@task(9)
def test_the_pages_go_on_without_the_primary(site):
    """While the primary is down, the pages show the same videos, and an unknown id still returns 404."""
    for _ in range(4):
        site.ready(content=b"x")
    before = [item["id"] for item in site.walk(limit=2)]
    site.system.cache.flush()

    with site.primary_away():
        shown = [item["id"] for item in site.walk(limit=2)]
        expect(site.get({"id": site.new_id()})).refused(404)

    expect.that(shown == before, "While the primary was down, the pages did not show the same videos as before.")
