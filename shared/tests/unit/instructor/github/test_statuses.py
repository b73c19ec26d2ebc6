"""Scores are set as statuses of the commits that were graded."""

import json

import pytest
from classroom.core.result import Result
from classroom.instructor.classrooms.github_git import RepoName
from classroom.instructor.github.provider import ProviderError
from classroom.instructor.github.statuses import set_statuses

COMMIT = "1" * 40
LIST = [RepoName("school", "hw-one-ada"), RepoName("school", "hw-one-eve")]


@pytest.fixture
def grades(tmp_path, stand_in):
    """A grading of Ada's repository."""
    stand_in.add("hw-one-ada")
    stand_in.push("hw-one-ada", "ada", "2026-11-20T10:00:00Z", COMMIT)
    (tmp_path / "results").mkdir()
    (tmp_path / "results/ada.json").write_text(Result("week1-tiny", "ada", "graded", 70, 100, commit=COMMIT).to_json())
    (tmp_path / "grading.json").write_text(json.dumps({"slug": "hw-one"}))
    return tmp_path


@pytest.mark.parametrize(("stored", "given"), [("hw-one", ""), ("", "hw-one")])
def test_statuses_are_those_of_the_slug(course, stand_in, grades, stored, given):
    """A status finds its student's repository by the slug that was graded, or the one that is given."""
    (grades / "grading.json").write_text(json.dumps({"slug": stored}))

    found = set_statuses(course.provider, grades, LIST, "https://run", slug=given)

    assert found == (1, [])
    ((commit, status),) = stand_in.of("hw-one-ada").statuses
    assert (commit, status["description"], status["target_url"]) == (COMMIT, "70 of 100 points", "https://run")


def test_a_commit_that_is_gone_is_told(course, stand_in, grades):
    """The others get their status all the same."""
    stand_in.of("hw-one-ada").activity.clear()

    count, (problem,) = set_statuses(course.provider, grades, LIST)

    assert count == 0
    assert "refused to set the status of 1111111 in school/hw-one-ada: No commit found" in problem


def test_a_missing_permission_is_named(course, stand_in, grades):
    """It would be missing for every repository, so the command ends at the first one."""
    del stand_in.permissions["statuses"]

    with pytest.raises(ProviderError, match=r"the permission Statuses \(write\)"):
        set_statuses(course.provider, grades, LIST)
