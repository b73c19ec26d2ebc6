"""Pretends to make a small and a large copy of a video (provided, for the bonus).

A real one would start ffmpeg and keep a machine busy for minutes. This one writes down when it begins and when it ends.
"""

import os
import time
from pathlib import Path


def transcode(video_id: object) -> None:
    """Work on one video for a while. Raises nothing, and knows nothing of the database."""
    _write(f"begin {video_id}")
    time.sleep(float(os.environ.get("TRANSCODE_SECONDS", "1")))
    _write(f"end {video_id}")


def _write(line: str) -> None:
    # Opened to append and written in one piece: lines of several workers never mix.
    with Path(os.environ.get("TRANSCODE_LOG", "transcode.log")).open("a", encoding="utf-8") as log:
        log.write(line + "\n")
