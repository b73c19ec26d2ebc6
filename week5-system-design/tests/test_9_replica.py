"""Task 9: reads go to the replica."""

from classroom import expect, ground, task


def all_reads(site, video):
    """Every kind of GET, on both instances, with an empty cache."""
    site.system.cache.flush()
    for via in (site.a, site.b):
        yield via.get("/videos", params={"limit": 2})
        yield site.get(video, via)


@task(9)
def test_reads_ask_the_replica_alone(site):
    """GET /videos and GET /videos/{id} read through DATABASE_REPLICA_URL, and run no statement on the primary."""
    video = site.ready()
    system, names = site.system, site.names()
    ground(site.tables(), task=3)
    for answer in all_reads(site, video):
        expect(answer).ground(task=4)

    with system.primary.counting() as on_primary, system.replica.counting() as on_replica:
        for answer in all_reads(site, video):
            expect(answer).ok()

    asked = on_primary.of(naming=names)
    expect.that(
        not asked,
        f"GETs asked the primary {on_primary.total(naming=names)} times, such as: {asked[0].query[:160] if asked else ''}",
    )
    expect.that(on_replica.total(naming=names), "GETs asked the replica nothing.")


@task(9)
def test_reads_go_on_without_the_primary(site):
    """While the primary is away GET /videos, GET /videos/{id} and GET /health go on."""
    video = site.ready()
    for answer in all_reads(site, video):
        expect(answer).ground(task=4)

    with site.primary_away():
        for answer in all_reads(site, video):
            expect(answer).ok()
        for via in (site.a, site.b):
            expect(via.get("/health")).ok()
