"""Task 11 (bonus): transcoding."""

from classroom import expect, task


@task(11)
def test_three_workers_share_the_work(busy_site):
    """With three workers every completed video has exactly one ending line, and its GET then holds "transcoded": true."""
    site = busy_site
    videos = [site.ready() for _ in range(5)]
    for video in videos:
        site.complete_ground(video)  # a second complete queues no second job
        site.warm(video)

    workers = [site.system.worker() for _ in range(3)]
    site.wait_for_work(workers, videos)

    for video in videos:
        ends = site.system.transcodes().count(f"end {video['id']}")
        expect.that(ends == 1, f"A video was completed, and the log has {ends} ending lines for it.")
    site.see_transcoded(videos)
