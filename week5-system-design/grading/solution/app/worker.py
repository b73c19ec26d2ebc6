"""`python -m app.worker` takes jobs from the database, one at a time, until it is stopped (bonus)."""

import time

from sqlalchemy import select

from app import cache
from app.database import writing
from app.models import Job
from app.transcoder import transcode


def work_once() -> bool:
    """Take a job that nobody else has, and do it. False when there is none."""
    with writing() as session:
        # The row stays locked while the work is done, and the others pass over locked rows. When a worker is killed its
        # connection ends, the database rolls back and the lock is gone: the job is there for the next one.
        job = session.scalar(select(Job).where(~Job.done).limit(1).with_for_update(skip_locked=True))
        if job is None:
            return False
        transcode(job.video_id)
        job.done = True
    cache.forget(job.video_id)
    return True


def main() -> None:
    """Work as long as there is work, then look again every now and then."""
    while True:
        if not work_once():
            time.sleep(0.5)


if __name__ == "__main__":
    main()
