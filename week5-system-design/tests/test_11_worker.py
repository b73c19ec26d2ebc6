"""Task 11 (bonus): transcoding."""

from classroom import task


@task(11)
def test_three_workers_share_the_work(busy_site):
    """With three workers, every completed video is transcoded once, and a GET then returns "transcoded": true."""
    site = busy_site
    videos = [site.ready() for _ in range(5)]
    for video in videos:
        site.complete_ground(video)  # a second complete queues no second job
        site.warm(video)

    site.leave_it_to_workers()
    workers = [site.system.worker() for _ in range(3)]
    site.wait_for_work(workers, videos)

    site.see_one_end(videos)
    site.restart()
    site.see_transcoded(videos)
