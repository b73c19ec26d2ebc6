"""Grading a week with teams: a team's submission is graded once, and each member has the result."""

import csv
from pathlib import Path

import pytest
from classroom.instructor.grading.cohort import Cohort
from classroom.instructor.grading.report import read_week
from classroom.instructor.grading.similarity import read_pairs
from classroom.instructor.teams import Team, Teams, write_teams

TEXT = (Path(__file__).parents[2] / "course/week1-tiny/grading/solution/app/main.py").read_text(encoding="utf-8")
WRONG = TEXT.replace("2 * number", "3 * number")
# Enough of one's own for a copy to be noticed.
OWN = "".join(
    f"\n\ndef measured_{word}(values):\n    total = {number}\n    for value in values:\n"
    f"        total = total * {number + 3} - len(str(value)) // {number + 1}\n    return [total, {number * 17}]\n"
    for number, word in enumerate(("brook", "cliff", "dune", "estuary", "fjord"), 2)
)
ROSTER = "github_username,name\n" + "".join(f"{name},{name.title()}\n" for name in ("ada", "bob", "cam", "dan"))
ADJUSTMENTS = """student,week,kind,value,note
ada,week1-tiny,points,2=-10,
team-blue,week1-tiny,comment,Well done together.,
bob,week1-tiny,comment,For Bob alone.,
"""


@pytest.fixture
def cohort(handed_in, assignment, tmp_path):
    """A function that returns the cohort: Ada and Bob, Cam alone with a copy, Dan in no team, Eve dropped."""
    handed_in("week1-tiny-team-blue", TEXT + OWN)
    handed_in("week1-tiny-team-green", TEXT + OWN)
    handed_in("week1-tiny-dan", WRONG)  # from before the week had teams
    teams = (
        Team("team-blue", "Blue", "A", ("ada", "bob", "eve")),
        Team("team-green", "Green", "B", ("cam",)),
        Team("team-red", "Red", "C", ()),
    )
    write_teams(handed_in.folder, Teams(3, by_students=True, teams=teams))
    (tmp_path / "roster.csv").write_text(ROSTER)
    (tmp_path / "adjustments.csv").write_text(ADJUSTMENTS)

    def make(**more):
        roster, adjustments = tmp_path / "roster.csv", tmp_path / "adjustments.csv"
        more = {"roster": roster, "adjustments": adjustments, "seed": 7, **more}
        return Cohort(assignment, handed_in.folder, tmp_path / "grades", **more)

    return make


def test_each_member_has_the_score_of_the_team(cohort, handed_in):
    """One grading gives each member a row, with what was adjusted for the member; who is in no team is missing."""
    first, started = cohort(), []
    results = {result.submission: result for result in first.grade(lambda *due: started.append(due), lambda _: None)}

    assert started == [(2, 0)]
    assert {name: (one.status, one.score) for name, one in results.items()} == {
        "ada": ("graded", 90),
        "bob": ("graded", 100),
        "cam": ("graded", 100),
        "dan": ("missing", 0),
    }
    assert results["dan"].reason == "in no team"
    rows = list(csv.DictReader((first.out / "gradebook.csv").read_text().splitlines()))
    assert [(row["github_username"], row["student_repository_name"]) for row in rows] == [
        ("ada", "week1-tiny-team-blue"),
        ("bob", "week1-tiny-team-blue"),
        ("cam", "week1-tiny-team-green"),
        ("dan", ""),
    ]
    texts = {path.stem: path.read_text() for path in (first.out / "feedback").glob("*.md")}
    assert {name: ("Well done together." in text, "For Bob alone." in text) for name, text in texts.items()} == {
        "ada": (True, False),
        "bob": (True, True),
        "team-blue": (True, False),
        **dict.fromkeys(("cam", "dan", "team-green"), (False, False)),
    }
    # A copy is a team's, and never that of a teammate.
    assert {frozenset((pair.left.name, pair.right.name)) for pair in read_pairs(first.out)} == {
        frozenset(("team-blue", "team-green"))
    }
    page = read_week(first.out)
    assert (page.label("team-blue"), page.place("team-blue")) == ("Blue (Ada, Bob)", "ada")

    # Nothing is graded again for a member, or if nothing has changed; a new submission of the team is, for all of it.
    handed_in("week1-tiny-team-blue", WRONG)
    again = cohort(only=("bob",))
    scores = {one.submission: one.score for one in again.grade(lambda *due: started.append(due), lambda _: None)}
    assert started[1:] == [(1, 0)]
    assert scores == {"ada": 40, "bob": 40, "cam": 100, "dan": 0}
    assert {change.name for change in again.changes} == {"ada", "bob"}


def test_without_a_roster_the_teams_name_their_members(cohort):
    """The members of the teams get results also if there is no roster."""
    assert sorted(cohort(roster=None, adjustments=None).people.names) == ["ada", "bob", "cam", "eve"]
