"""The AGENTS.md of an extra that is handed out alone."""

from pathlib import Path

import pytest
from classroom.instructor.handout.extra_agents import agents_alone

COURSE = Path(__file__).resolve().parents[5]
WEEKS = sorted(COURSE.glob("week*/AGENTS.md"))


@pytest.mark.parametrize("page", WEEKS, ids=lambda path: path.parent.name)
def test_extra_has_its_own_title_and_files(page):
    """Only the title and the files differ from the week's page, and they are the extra's."""
    text = page.read_text(encoding="utf-8")

    changed = agents_alone(text, "Ship it", ["app/", "Dockerfile"])

    differing = [new for old, new in zip(text.splitlines(), changed.splitlines(), strict=True) if new != old]
    assert len(differing) == 2
    assert differing[0] == "This folder is a course assignment: Ship it."
    assert "finish a TODO, in `app/`, in `Dockerfile` or in the chat, all at once" in differing[1]
