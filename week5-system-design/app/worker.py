"""`python -m app.worker` takes jobs from the database, one at a time, until it is stopped (bonus)."""

import time


def work_once() -> bool:
    """Take a job that no other worker has, and do it; return False if there is none."""
    # `app.transcoder.transcode(video_id)` does the work.
    # TODO 11 (bonus): many workers run this at the same time, and any of them may be killed in the middle.
    raise NotImplementedError("TODO 11: take one job and do it")


def main() -> None:
    """Work as long as there is work, then look again twice a second (provided)."""
    while True:
        if not work_once():
            time.sleep(0.5)


if __name__ == "__main__":
    main()
