"""A course with the kit's lock, in which weeks are made."""

from pathlib import Path

import pytest
from classroom.instructor.authoring.course import Course
from classroom.instructor.authoring.new_week import make_week

SHARED = Path(__file__).resolve().parents[4]
README = """\
# A course

| week | what it is about | tasks | time |
| --- | --- | --- | --- |
| [1](week1-tiny/README.md) | **Tiny** | 3 | 1 hour |

Each week has 100 points.
"""


@pytest.fixture
def top(course):
    """The folder of a course with the small week, the kit and a README."""
    (course / "shared").symlink_to(SHARED)
    (course / "README.md").write_text(README, encoding="utf-8")
    return course


@pytest.fixture
def queues(top):
    """A week that was just made."""
    return make_week(Course(top), "week6-queues", title=None, minutes=90)
