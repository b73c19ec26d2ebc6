"""Graded feedback on GitHub: one issue in each repository, updated at a regrade, whatever happens in between."""

import random
from dataclasses import replace

import pytest
from classroom.core.errors import UsageError
from classroom.core.result import EXCUSED, GRADED, MISSING, Result
from classroom.instructor.github.feedback import CUT, FeedbackIssues
from classroom.instructor.github.provider import ProviderError
from github_stand_in import GitHub, Killed

from .conftest import NAMES, WEEK

COMMIT = "c" * 40
MARKER = f"<!-- classroom feedback {WEEK} -->"


def write_grades(folder, *results):
    """Write a folder as `grade` does."""
    for result in results:
        for name, text in {
            f"results/{result.submission}.json": result.to_json(),
            f"feedback/{result.submission}.md": f"# {WEEK}\n\n**{result.score} of 100 points**\n",
        }.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return folder


def graded(name, score=90, **more):
    """Return a student's result."""
    return Result(WEEK, name, **{"status": GRADED, "score": score, "max_score": 100, "commit": COMMIT, **more})


@pytest.fixture
def pushed(stand_in):
    """Each student's repository, with the commit that is graded."""
    for name in NAMES:
        stand_in.add(f"{WEEK}-{name}")
        stand_in.push(f"{WEEK}-{name}", name, "2026-11-21T10:00:00Z", COMMIT)
    return stand_in


@pytest.fixture
def deliver(course, pushed, tmp_path):
    """Return a function that delivers results, those of all students by default."""
    return lambda *results: {
        row.name: row
        for row in FeedbackIssues(
            course.provider, write_grades(tmp_path / "grades", *(results or map(graded, NAMES)))
        ).deliver()
    }


def issues(stand_in, name):
    """Return the issues of a student's repository."""
    return stand_in.of(f"{WEEK}-{name}").issues


def test_each_repository_has_one_issue_and_the_status(deliver, pushed):
    """The issue has the feedback, the commit the score."""
    rows = deliver()

    assert {row.state for row in rows.values()} == {"new"}
    (issue,) = issues(pushed, "ada")
    assert issue["title"] == "Feedback: Week 1"
    assert issue["body"] == f"{MARKER}\n# {WEEK}\n\n**90 of 100 points**"
    ((commit, status),) = pushed.of(f"{WEEK}-ada").statuses
    assert commit == COMMIT
    assert status == {"state": "success", "context": "classroom/grade", "description": "90 of 100 points"}


def test_again_writes_nothing(deliver, pushed):
    """What is there already is left as it is."""
    deliver()
    writes = len(pushed.changes)

    rows = deliver()

    assert {row.state for row in rows.values()} == {"unchanged"}
    assert len(pushed.changes) == writes + 2, "the two probes of permissions, which change nothing"


def test_a_regrade_rewrites_the_issue(deliver, pushed):
    """No second issue, and one that was closed is opened again."""
    deliver()
    issues(pushed, "ada")[0]["state"] = "closed"

    rows = deliver(graded("ada", 100), graded("bob"))

    assert [rows[name].state for name in ("ada", "bob")] == ["updated", "unchanged"]
    (issue,) = issues(pushed, "ada")
    assert "**100 of 100 points**" in issue["body"]
    assert issue["state"] == "open"


def test_an_issue_of_the_student_is_left_alone(deliver, pushed):
    """One that looks like feedback is not taken for it."""
    pushed.open_issue(f"{WEEK}-ada", "ada", "Feedback: Week 1", f"{MARKER}\n**100 of 100 points**")

    assert deliver()["ada"].state == "new"
    assert [issue["user"]["login"] for issue in issues(pushed, "ada")] == ["ada", "teacher"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"private": False}, "school/week1-hello-api-ada is public, so nothing was written to it."),
        ({"has_issues": False}, "Issues has been disabled"),
        ({"activity": []}, "No commit found"),
    ],
)
def test_what_cannot_be_written_is_told(deliver, pushed, change, told):
    """The others get theirs all the same."""
    for name, value in change.items():
        setattr(pushed.of(f"{WEEK}-ada"), name, value)

    rows = deliver()

    assert told in rows["ada"].problem
    assert issues(pushed, "ada") == []
    assert rows["bob"].state == "new"


def test_who_has_no_repository_is_told_unless_nothing_was_handed_in(deliver):
    """Who is missing or excused has nothing to be written to."""
    absent = [graded(name, 0, status=status, commit=None) for name, status in (("eve", MISSING), ("fay", EXCUSED))]
    rows = deliver(graded("ada"), graded("dora"), *absent)

    assert "has no week1-hello-api repository" in rows["dora"].problem
    assert not {"eve", "fay"} & set(rows)


@pytest.mark.parametrize("name", ["hw-one-ada", "cs1-hw-one-ada"])
def test_repositories_are_those_of_the_slug_that_was_graded(course, stand_in, tmp_path, name):
    """A week with another name on GitHub, and Classroom 50's repositories, are found."""
    stand_in.add(name)
    grades = write_grades(tmp_path, graded("ada", commit=None))
    (grades / "grading.json").write_text('{"slug": "hw-one"}')

    (row,) = FeedbackIssues(course.provider, grades).deliver()

    assert (row.state, len(stand_in.of(name).issues)) == ("new", 1)


def test_long_feedback_is_cut(course, pushed, tmp_path):
    """GitHub accepts 65,536 characters."""
    grades = write_grades(tmp_path, graded("ada"))
    (grades / "feedback/ada.md").write_text("One line of feedback.\n" * 4000)

    list(FeedbackIssues(course.provider, grades).deliver())

    body = issues(pushed, "ada")[0]["body"]
    assert len(body) < 65_536
    assert body.endswith(CUT.strip())


@pytest.mark.parametrize(("permission", "name"), [("issues", "Issues"), ("statuses", "Commit statuses")])
def test_a_missing_permission_is_named_before_anything_is_written(deliver, pushed, permission, name):
    """The permission is named as GitHub's settings call it."""
    pushed.permissions[permission] = "read"

    with pytest.raises(ProviderError, match=rf"Nothing was changed.*{name} \(read and write\)"):
        deliver()
    assert issues(pushed, "ada") == []


def test_a_folder_with_two_weeks_is_refused(deliver):
    """The folder of a grading has one week."""
    with pytest.raises(UsageError, match="several weeks: week1-hello-api, week2-validation"):
        deliver(graded("ada"), replace(graded("bob"), assignment="week2-validation"))


def test_a_response_that_was_lost_does_not_open_a_second_issue(course, pushed, tmp_path):
    """GitHub has done what it did not confirm: the command ends, and finds the issue when it is run again."""
    grades = write_grades(tmp_path, graded("ada", commit=None), graded("bob", commit=None))
    pushed.lost = [502]

    with pytest.raises(ProviderError, match="did not say whether the last request"):
        list(FeedbackIssues(course.provider, grades).deliver())

    assert [row.state for row in FeedbackIssues(course.provider, grades).deliver()] == ["unchanged", "new"]
    assert len(issues(pushed, "ada")) == 1


def test_killed_twenty_times_at_random_nobody_has_two_issues(open_course, tmp_path):
    """Twenty students: at the end each has one issue with the latest feedback, and the status."""
    names = [f"student-{number}" for number in range(20)]
    stand_in = GitHub("school", *names)
    for name in names:
        stand_in.add(f"{WEEK}-{name}")
        stand_in.push(f"{WEEK}-{name}", name, "2026-11-21T10:00:00Z", COMMIT)
    random_source = random.Random(23)
    for attempt in range(20):
        if attempt in (0, 10):  # a grading and a regrade
            grades = write_grades(tmp_path, *(graded(name, 80 + attempt) for name in names))
        stand_in.kill_at = len(stand_in.log) + random_source.randint(1, 20)
        stand_in.kill_after = random_source.random() < 0.5
        with pytest.raises(Killed):
            list(FeedbackIssues(open_course(stand_in).provider, grades).deliver())
    stand_in.kill_at = None

    rows = list(FeedbackIssues(open_course(stand_in).provider, grades).deliver())

    assert {row.problem for row in rows} == {""}
    for name in names:
        (issue,) = issues(stand_in, name)
        assert "**90 of 100 points**" in issue["body"]
        assert stand_in.of(f"{WEEK}-{name}").statuses[-1][1]["description"] == "90 of 100 points"
