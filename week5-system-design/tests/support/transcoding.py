"""Workers, and the videos that they transcode."""

import time

from classroom import expect

from .videos import Videos


class Transcoding(Videos):
    """What the log of the transcoder and a GET show."""

    def leave_it_to_workers(self):
        """Kill both instances, so that nothing but a worker can transcode, and check that the app has not done so."""
        for instance in (self.system.a, self.system.b):
            instance.kill()
        lines = self.system.transcodes_in_app()
        expect.that(
            not lines, f"The app transcoded by itself ({len(lines)} lines in the log): that is the worker's work."
        )

    def restart(self):
        """Start both instances again."""
        for instance in (self.system.a, self.system.b):
            instance.start()

    def wait_for_work(self, workers, videos, seconds=31):
        """Wait until every one of these videos is transcoded."""
        end = time.monotonic() + seconds
        wanted = {f"end {video['id']}" for video in videos}
        while not wanted <= set(self.system.transcodes()):
            left = len(wanted - set(self.system.transcodes()))
            running = any(worker.running for worker in workers)
            expect.that(running, f"{left} videos are still to be transcoded, and every worker has ended by itself.")
            expect.that(time.monotonic() < end, f"After {seconds} seconds {left} videos are still not transcoded.")
            time.sleep(0.02)

    def see_one_end(self, videos):
        """Check that each of these videos was transcoded once, also after a while in which it may be started again."""
        time.sleep(0.6)
        for video in videos:
            ends = self.system.transcodes().count(f"end {video['id']}")
            expect.that(ends == 1, f"A video was completed, and the log has {ends} ending lines for it.")

    def see_transcoded(self, videos):
        """Check that a GET of each of these videos shows it as transcoded, through both instances."""
        end = time.monotonic() + 5
        for video in videos:
            for via in (self.a, self.b):
                answer = self.get(video, via)
                while answer.status == 200 and answer.json.get("transcoded") is not True and time.monotonic() < end:
                    time.sleep(0.1)
                    answer = self.get(video, via)
                expect(answer).ok({"transcoded": True, "status": "ready"})
