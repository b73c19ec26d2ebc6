"""Submissions that were graded in different parts are compared with each other."""

import pytest
from classroom.core.result import GRADED, Result
from classroom.instructor.grading.evidence import Evidence, write_evidence
from classroom.instructor.grading.similarity import joined_similarities, write_similarities
from classroom.instructor.grading.similarity.pair import Pair, Side
from classroom.instructor.grading.similarity.search import Similarities

WORK = "\n".join(
    f"def knot_{number}(rope):\n    return [strand * {number * 37} for strand in rope if strand % {number + 11} == 3]\n"
    for number in range(12)
)


@pytest.fixture
def joined(tmp_path):
    """A folder in which two parts were joined, and the parts' folders."""
    for name, text in {"ada": WORK, "bob": WORK, "cleo": "def other():\n    return None\n"}.items():
        for folder in ("results", "code"):
            (tmp_path / "all" / folder).mkdir(parents=True, exist_ok=True)
        result = Result("week1-tiny", name, GRADED, 60, 100)
        (tmp_path / f"all/results/{name}.json").write_text(result.to_json())
        write_evidence(tmp_path / f"all/code/{name}.json", Evidence(files=(("app/main.py", text),)))
    parts = [tmp_path / "part-1", tmp_path / "part-2"]
    for part in parts:
        part.mkdir()
    return tmp_path / "all", parts


def test_students_of_different_parts_are_a_group(joined, assignment):
    """No part alone could find it."""
    to, parts = joined

    found = joined_similarities(parts, to, assignment)

    assert [(pair.left.name, pair.right.name) for pair in found.pairs] == [("ada", "bob")]


def test_what_a_part_has_found_in_an_older_cohort_is_kept(joined, assignment):
    """With a number of its own, next to what was found among all students; a part's own pairs are found again."""
    to, parts = joined
    with_known = Pair(0.9, 0.8, Side("cleo", ()), Side("2025/zoe", (), known=True), 1)
    within = Pair(0.9, 0.8, Side("ada", ()), Side("cleo", ()), 2)
    for part in parts:
        write_similarities(part, Similarities((with_known, within)))

    found = joined_similarities(parts, to, assignment)

    assert [(pair.group, pair.right.name) for pair in found.pairs] == [(1, "bob"), (2, "2025/zoe"), (3, "2025/zoe")]
