"""The hints of a week, shown one by one."""

import pytest
from classroom.student.hints import hints_left, next_hint


def test_hints_come_one_by_one_and_stay_at_the_last(assignment):
    """Each call shows the next hint, up to the last one."""
    total = hints_left(assignment, 2)

    shown = [next_hint(assignment, 2)[0] for _ in range(total + 1)]

    assert shown == [*range(1, total + 1), total]
    assert hints_left(assignment, 2) == 0


@pytest.mark.parametrize("text", ["[]", "no JSON", '{"2": "three"}'])
def test_broken_memory_starts_over(assignment, text):
    """If the file of shown hints is invalid, no hint counts as shown."""
    memory = assignment.folder / ".classroom" / "hints.json"
    memory.parent.mkdir(exist_ok=True)
    memory.write_text(text)

    assert next_hint(assignment, 2)[0] == 1


def test_week_without_hints_has_none(assignment):
    """Without HINTS.md no task has hints."""
    (assignment.folder / "HINTS.md").unlink()

    assert hints_left(assignment, 2) == 0
    assert next_hint(assignment, 2) == (0, [])
