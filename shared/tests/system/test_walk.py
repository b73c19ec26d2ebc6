"""The walk through a README: a shell runs its lines beside the solution's whole system."""

from __future__ import annotations

import pytest
from classroom import walk
from classroom.assignment import Assignment

pytestmark = pytest.mark.skipif(bool(walk.missing()), reason=f"a walk takes {' and '.join(walk.missing())}")


def test_the_walk_of_week_5_is_true_line_by_line(week5):
    """Create, upload with `curl -T`, complete, play, change as somebody else: every line answers what is shown."""
    text = (week5 / "README.md").read_text(encoding="utf-8")

    assert walk.problems(Assignment.load(week5), text) == []
    for shown in ("curl -i -T ducks.mp4", "/complete", "PLAYBACK_URL", "HTTP/1.1 403 Forbidden"):
        assert shown in text


def test_a_line_that_is_not_true_is_named(week5):
    """A status, a body and a printed word that are not those of the solution are told with their lines."""
    text = (
        "```console\n"
        "$ NAME=health\n"
        '$ curl -i "http://127.0.0.1:8000/$NAME"\n'
        "HTTP/1.1 404 Not Found\n"
        "\n"
        '{"status":"ok"}\n'
        "$ curl http://127.0.0.1:8000/$NAME\n"
        '{"status":"..."}\n'
        "$ curl http://127.0.0.1:8000/$NAME\n"
        '{"status":"ill"}\n'
        "$ python -c 'print(1)'\n"
        "2\n"
        "$ false\n"
        "```\n"
    )

    found = walk.problems(Assignment.load(week5), text)

    assert [told.partition("line ")[2].partition(":")[0] for told in found] == ["3", "9", "11", "13"]
