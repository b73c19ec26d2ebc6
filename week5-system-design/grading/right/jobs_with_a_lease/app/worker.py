"""Takes jobs by a lease, so that no transaction stays open while the work is done."""

import threading
import time
import uuid

from sqlalchemy import text

from app import cache
from app.database import writing
from app.transcoder import transcode

ME = str(uuid.uuid4())
SECONDS = 10


def ask(sql, **values):
    with writing() as session:
        result = session.execute(text(sql), {"me": ME, "seconds": SECONDS, **values})
        return result.scalar() if result.returns_rows else None


def take():
    return ask(
        "UPDATE jobs SET worker = :me, until = now() + make_interval(secs => :seconds) WHERE video_id ="
        " (SELECT video_id FROM jobs WHERE NOT done AND (until IS NULL OR until < now())"
        "  ORDER BY video_id FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING video_id"
    )


def go_on(video_id, over):
    while not over.wait(SECONDS / 3):
        ask("UPDATE jobs SET until = now() + make_interval(secs => :seconds) WHERE video_id = :id AND worker = :me", id=video_id)


def main():
    while True:
        video_id = take()
        if video_id is None:
            time.sleep(0.5)
            continue
        over = threading.Event()
        threading.Thread(target=go_on, args=(video_id, over), daemon=True).start()
        transcode(video_id)
        over.set()
        ask("UPDATE jobs SET done = true WHERE video_id = :id AND worker = :me", id=video_id)
        cache.forget(video_id)


if __name__ == "__main__":
    main()
