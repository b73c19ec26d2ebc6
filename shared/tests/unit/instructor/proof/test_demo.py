"""The sample cohort: forty submissions in a folder of its own, and no other folder is mistaken for it."""

from collections import Counter
from pathlib import Path

import pytest
from classroom.core.assignment import Assignment
from classroom.core.errors import UsageError
from classroom.instructor.grading.similarity import similarities
from classroom.instructor.proof.demo import COHORT, sample

WEEK = Assignment.load(Path(__file__).resolve().parents[5] / "week1-hello-api")


def test_sample_is_forty_submissions_the_same_each_time(tmp_path):
    """Forty submissions with names of their own are laid out, and asked again the same ones in place of the first."""

    def texts():
        cohort = sample(WEEK, tmp_path / "demo", sandbox="none")
        return {one.name: (one.path / "app/main.py").read_text() for one in cohort.found if one.path.is_dir()}

    first = texts()
    (tmp_path / "demo/submissions/stray").mkdir()

    assert texts() == first
    assert len(first) == COHORT
    assert Counter(first.values()).most_common(1)[0][1] >= 3


def test_folder_of_ones_own_is_left_alone(tmp_path):
    """A folder that somebody else has made is not taken for a sample, whatever it contains."""
    (tmp_path / "mine/submissions/alice").mkdir(parents=True)

    with pytest.raises(UsageError, match="mine exists: choose another folder with --to"):
        sample(WEEK, tmp_path / "mine", sandbox="none")

    assert (tmp_path / "mine/submissions/alice").is_dir()


def test_only_two_of_the_sample_are_similar(tmp_path):
    """The page of a sample shows one group, the two equal answers: the solution that the others are made from is no copy."""
    cohort = sample(WEEK, tmp_path / "demo", sandbox="none")

    (group,) = similarities(cohort.found, WEEK, common=cohort.common).groups

    assert len(group.names) == 2
