"""Workers, and the videos that they transcode."""

import re
import time

from classroom import expect

from .videos import Videos

PLACE = re.compile(r'File "(?:[^"]*/)?(app/[^"]+\.py)", line (\d+)')


class Transcoding(Videos):
    """Workers, watched through the transcoder's log and GET requests."""

    def leave_it_to_workers(self):
        """Kill both instances, so that only a worker can transcode, and check that the app has not done so."""
        for instance in (self.system.a, self.system.b):
            instance.kill()
        lines = self.system.transcodes_in_app()
        expect.that(not lines, f"An instance transcoded ({len(lines)} lines in its log): only the worker may do that.")

    def restart(self):
        """Start both instances again."""
        for instance in (self.system.a, self.system.b):
            instance.start()

    @staticmethod
    def crash(workers):
        """Return a line saying where and why a worker exited with an error, or nothing if none has."""
        for worker in workers:
            text = worker.output.since(0) if worker.output else ""
            lines = [line for line in text.splitlines() if line.strip()]
            if places := PLACE.findall(text):
                file, line = places[-1]
                return f"{file}, line {line}: {lines[-1][:300]}\n"
            if lines:
                return f"{lines[-1][:300]}\n"
        return ""

    def wait_for_work(self, workers, videos, seconds=31):
        """Wait until every one of these videos is transcoded."""
        end = time.monotonic() + seconds
        wanted = {f"end {video['id']}" for video in videos}
        while not wanted <= set(self.system.transcodes()):
            left = len(wanted - set(self.system.transcodes()))
            running = any(worker.running for worker in workers)
            expect.that(
                running, f"{self.crash(workers)}Every worker has exited, but {left} videos have not been transcoded."
            )
            expect.that(time.monotonic() < end, f"After {seconds} seconds {left} videos are still not transcoded.")
            time.sleep(0.02)

    def see_one_end(self, videos):
        """Check that each of these videos was transcoded once, and that none is started again shortly afterwards."""
        time.sleep(0.6)
        for video in videos:
            ends = self.system.transcodes().count(f"end {video['id']}")
            again = " Is its job locked while a worker has it?" if ends > 1 else ""
            expect.that(ends == 1, f"A video was transcoded {ends} times, expected once.{again}")

    def see_transcoded(self, videos):
        """Check that a GET of each of these videos, through both instances, shows it as transcoded."""
        end = time.monotonic() + 5
        for video in videos:
            for via in (self.a, self.b):
                answer = self.get(video, via)
                while answer.status == 200 and answer.json.get("transcoded") is not True and time.monotonic() < end:
                    time.sleep(0.1)
                    answer = self.get(video, via)
                expect(answer).ok({"transcoded": True, "status": "ready"})
