"""Task 9: reads go to the replica."""

from classroom import expect, task


def single(site, video):
    """Return the responses of GET /videos/{id} on both instances, with an empty cache."""
    site.system.cache.flush()
    return [site.get(video, via) for via in (site.a, site.b)]


def listed(site):
    """Return the responses of GET /videos on both instances, with an empty cache."""
    site.system.cache.flush()
    return [via.get("/videos", params={"limit": 2}) for via in (site.a, site.b)]


@task(9)
def test_one_video_is_read_from_the_replica(site):
    """GET /videos/{id} reads through DATABASE_REPLICA_URL and runs no statements on the primary."""
    video = site.video()  # it has not been read before, so the cache has no copy of it
    for answer in single(site, site.video()):
        expect(answer).ground(task=4)

    with site.replica_alone():
        for answer in single(site, video):
            expect(answer).ok()


@task(9)
def test_the_list_is_read_from_the_replica(site):
    """GET /videos reads through DATABASE_REPLICA_URL and runs no statements on the primary."""
    for answer in listed(site):
        expect(answer).ground(task=7)

    with site.replica_alone():
        for answer in listed(site):
            expect(answer).ok()


@task(9)
def test_reads_go_on_without_the_primary(site):
    """While the primary is down, GET /videos, GET /videos/{id} and GET /health still work."""
    video = site.video()
    for answer in single(site, video):
        expect(answer).ground(task=4)
    for answer in listed(site):
        expect(answer).ground(task=7)

    with site.primary_away():
        answers = [*single(site, video), *listed(site), *(via.get("/health") for via in (site.a, site.b))]
        for answer in answers:
            told = f"While the primary was down, {answer.exchange} returned {answer.status}, expected 200"
            expect.that(answer.status == 200, f"{told}: does it use the primary?", answer)
