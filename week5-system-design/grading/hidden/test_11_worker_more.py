"""Task 11 (bonus): a worker that dies."""

import time

from classroom import expect, task


def killed_in_the_middle(site):
    """Return a video whose worker was killed while transcoding it; on a very slow machine, it may have finished."""
    site.restart()
    video = site.ready()
    site.leave_it_to_workers()
    worker = site.system.worker()
    end = time.monotonic() + 15
    while f"begin {video['id']}" not in site.system.transcodes():
        expect.that(worker.running, f"{site.crash([worker])}The worker has exited; it must run until it is stopped.")
        expect.that(time.monotonic() < end, "A video was completed, but no worker started on it within 15 seconds.")
        time.sleep(0.01)
    worker.kill()
    return video


@task(11)
def test_what_a_killed_worker_left_is_taken_up(busy_site):
    """If a worker is killed in the middle of a job, another worker transcodes the video within half a minute, and only once."""
    site = busy_site
    for _ in range(4):
        video = killed_in_the_middle(site)
        if f"end {video['id']}" not in site.system.transcodes():
            break
    site.restart()
    found = site.get(video)
    expect.that(
        found.json.get("transcoded") is not True,
        "The worker was killed in the middle of the job, but the GET says that the video is transcoded.",
        found,
    )

    site.leave_it_to_workers()
    site.wait_for_work([site.system.worker()], [video])

    site.see_one_end([video])
    site.restart()
    site.see_transcoded([video])


@task(11)
def test_a_worker_waits_for_work(busy_site):
    """A worker that starts before there is any work transcodes the videos that are completed later."""
    site = busy_site
    worker = site.system.worker()
    time.sleep(0.3)

    video = site.ready()

    site.leave_it_to_workers()
    site.wait_for_work([worker], [video])
    site.restart()
    site.see_transcoded([video])
