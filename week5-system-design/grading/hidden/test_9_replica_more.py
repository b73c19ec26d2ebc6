"""Task 9: every read there is."""

from classroom import expect, ground, task


@task(9)
def test_every_kind_of_read_asks_the_replica(site):
    """A pending video, an unknown id, a following page, a page of limit=100: none of them touches the primary."""
    videos = [site.ready(content=b"x") for _ in range(3)]
    pending, unknown = site.video(), {"id": site.new_id()}
    system, names = site.system, site.names()
    ground(site.tables(), task=3)
    cursor = expect(site.any.get("/videos", params={"limit": 1})).ground(task=7, has=["items", "next_cursor"])[
        "next_cursor"
    ]
    ground(site.get(pending).status == 200, task=4)
    system.cache.flush()

    with system.primary.counting() as on_primary, system.replica.counting() as on_replica:
        for via in (site.a, site.b):
            expect(site.get(pending, via)).ok({"status": "pending"})
            expect(site.get(unknown, via)).refused(404)
            expect(via.get("/videos", params={"limit": 1, "cursor": cursor})).ok()
            expect(via.get("/videos", params={"limit": 100})).ok()
            expect(site.get(videos[0], via)).ok({"status": "ready"})

    asked = on_primary.total(naming=names)
    expect.that(not asked, f"GETs asked the primary {asked} times.")
    expect.that(on_replica.total(naming=names), "GETs asked the replica nothing.")


@task(9)
def test_writes_go_to_the_primary(site):
    """Create, change, complete and delete each run a statement through DATABASE_URL."""
    site.ready(content=b"x")
    names = site.names()
    ground(site.tables(), task=3)

    with site.system.primary.counting() as on_primary:
        video = site.video()
        site.uploaded(video, b"x")
        expect(site.change(video, title="new")).ground(task=4)
        expect(site.complete(video)).ground(task=6)
        expect(site.delete(video)).ground(task=4)

    asked = on_primary.total(naming=names)
    expect.that(asked >= 4, f"Four writes ran {asked} statements through DATABASE_URL.")


@task(9)
def test_the_pages_go_on_without_the_primary(site):
    """While the primary is away a walk over the pages and an unknown id are answered as always."""
    videos = {site.ready(content=b"x")["id"] for _ in range(4)}
    expect(site.any.get("/videos")).ground(task=7)
    site.system.cache.flush()

    with site.primary_away():
        shown = {item["id"] for item in site.walk(limit=2, until=videos)}
        expect(site.get({"id": site.new_id()})).refused(404)

    expect.that(videos <= shown, "The primary was away, and the pages showed not every video.")
