"""What the server and its workers have agreed on: how long a worker keeps a job without being heard of."""

from __future__ import annotations

BEAT_SECONDS = 5
HEARD_SECONDS = 30  # after which a worker counts as lost, and others take its jobs
MAX_TAKES = 3  # a push during which so many workers were lost is graded by the server
