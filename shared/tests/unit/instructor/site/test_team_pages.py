"""Teams on the site: students form them, share a repository and a score, and see nothing of other teams."""

from __future__ import annotations

import re

import pytest
from classroom.instructor.classrooms.team_changes import TeamChanges
from classroom.instructor.site import people, tokens
from classroom.instructor.site.models import API

WEEK = "week1-tiny"
PAGE = f"/weeks/{WEEK}/"
TEAMS = f"/class/weeks/{WEEK}/teams"
ODD = "Blue <i>&"  # a name that would act in a page if it was not escaped


@pytest.fixture
def room(room):
    """A classroom of three."""
    with (room.folder / "roster.csv").open("a") as file:
        file.write("cam@x,cam,,Cam Corder\n")
    return room


@pytest.fixture
def in_teams(room):
    """The week in teams of two."""
    changes = TeamChanges(room, WEEK)
    changes.set_up(2, by_students=True)
    return changes


@pytest.fixture
def blue(in_teams):
    """A team of Ada and Bob; Cam is in none."""
    team = in_teams.create(ODD, "ada")
    return in_teams.join(team.code, "bob")


def test_students_form_a_team_with_a_code(room, in_teams, joined):
    """One creates it, another joins with the code; both see who is in it, and a third sees neither name nor code."""
    ada, bob, cam = joined("ada"), joined("bob"), joined("cam")
    assert "Find a team" in ada.look("/weeks/").text
    ada.look(PAGE)
    ada.submit(f"{PAGE}create-team", title=ODD)
    (code,) = re.findall(r'join with this code: <code class="code">(\w+)<', ada.look(PAGE).text)
    assert "You get a repository once you are in a team." in bob.look(PAGE).text
    bob.submit(f"{PAGE}join-team", code=f" {code.lower()}")

    seen = [browser.look(PAGE).text for browser in (ada, bob)]
    assert "<strong>Blue &lt;i&gt;&amp;</strong>, 2 of 2: Ada Lovelace (you), Bob Builder." in seen[0]
    assert "Ada Lovelace, Bob Builder (you)" in seen[1]
    assert "Blue" not in cam.look(PAGE).text
    assert code not in cam.shown
    refused = cam.submit(f"{PAGE}join-team", code=code)
    assert (refused.status_code, "is full: a team can have at most 2 members." in refused.text) == (409, True)
    assert cam.submit(f"{PAGE}create-team", title="\x1b[31m").status_code == 409


@pytest.mark.parametrize(
    ("form", "fields"), [("create-team", {"title": ODD}), ("join-team", {"code": "AAAA"}), ("leave-team", {})]
)
def test_refusal_is_shown_on_the_whole_page_of_the_week(in_teams, joined, form, fields):
    """The address of a refusal is as deep as the week's: its parts and events are found from there, and a reload leads back."""
    in_teams.create(ODD, "bob")
    ada = joined("ada")
    ada.look(PAGE)
    refused = ada.submit(f"{PAGE}{form}", **fields)

    assert (refused.status_code, 'role="alert"' in refused.text) == (409, True)
    assert ada.get(refused.url.join("parts/team")).status_code == 200
    assert ada.get(refused.url).url.path == PAGE


def test_code_cannot_be_guessed(context, in_teams, joined):
    """After a number of wrong codes, none is looked at for a while."""
    context.attempts.most = 2
    ada = joined("ada")
    ada.look(PAGE)

    assert [ada.submit(f"{PAGE}join-team", code="AAAA").status_code for _ in range(3)] == [409, 409, 429]


def test_students_without_a_team_get_no_repository(room, in_teams, joined):
    """Neither the button nor an upload makes a repository before there is a team."""
    ada = joined("ada")
    ada.look(PAGE)

    assert ada.submit(f"{PAGE}accept").status_code == 409
    assert ada.submit_files(f"{PAGE}hand-in", ("main.py", b"x = 1\n")).status_code in {409, 422}
    assert "Hand in without git" not in ada.shown
    assert ada.get(f"{PAGE}work.zip").status_code == 404
    assert room.repositories(WEEK) == {}


def test_members_share_repository_pushes_and_score(blue, room, joined, graded, instructor):
    """What one member pushes is everyone's in the team, on every page; nobody else sees any of it."""
    ada, bob, cam = joined("ada"), joined("bob"), joined("cam")
    ada.look(PAGE)
    made = ada.submit(f"{PAGE}accept").text
    assert re.search(rf"git clone http://ada:\S+@class\.test/git/{WEEK}/{WEEK}-team-blue-i\.git", made)
    ada.look(PAGE)
    ada.submit_files(f"{PAGE}hand-in", ("app/main.py", b"app = None\n"))
    graded("team-blue-i", 70, commit=room.repository(WEEK, "team-blue-i").tip())

    for browser in (ada, bob):
        assert "<strong>70</strong> of 100" in browser.look("/weeks/").text
        assert "+1 " in browser.get(f"{PAGE}parts/pushes").text
        assert browser.get(f"{PAGE}work.zip").status_code == 200
    assert "<strong>70</strong>" not in cam.look("/weeks/").text
    assert "Leave the team" not in ada.look(PAGE).text
    table = instructor.look("/class/").text
    assert (table.count("70 of 100"), table.count("no team")) == (2, 1)
    work = instructor.look(f"/class/students/bob/weeks/{WEEK}/").text
    assert "Blue &lt;i&gt;&amp;" in work
    assert f"/class/students/ada/weeks/{WEEK}/" in work
    assert "app = None" in work


def test_comment_is_for_the_whole_team(blue, joined, graded, instructor):
    """A comment on one member's page is about the work, so both members read it, and nobody else."""
    graded("team-blue-i")
    instructor.look(f"/class/students/ada/weeks/{WEEK}/")
    instructor.submit(f"/class/students/ada/weeks/{WEEK}/comments", about="task 1", text="Look at this together.")

    shown = {name: "Look at this together." in joined(name).look(PAGE).text for name in ("ada", "bob", "cam")}
    assert shown == {"ada": True, "bob": True, "cam": False}


def test_adjustment_is_for_one_member_or_for_the_team(blue, joined, graded, instructor):
    """What is granted to a member stays with that member; marked as the team's, each member gets it."""
    graded("team-blue-i", 70)
    instructor.look("/class/students/ada")
    fields = {"week": WEEK, "kind": "comment"}
    instructor.submit("/class/students/ada/adjust", value="For Ada alone.", **fields)
    instructor.submit("/class/students/ada/adjust", value="For both.", for_team="yes", **fields)

    pages = {name: joined(name).look(PAGE).text for name in ("ada", "bob", "cam")}
    assert {name: ("For Ada alone." in page, "For both." in page) for name, page in pages.items()} == {
        "ada": (True, True),
        "bob": (False, True),
        "cam": (False, False),
    }
    assert "Undo for the team" in instructor.look("/class/students/bob").text


def test_api_has_the_team_and_its_score(blue, context, joined, graded, instructor):
    """Each member has the team's result in the API, with the team's name; others may not ask for it."""
    graded("team-blue-i", 70)
    joined("ada"), joined("cam")
    with context.begin() as db:
        known = people.students(db)
        secrets = {name: tokens.issue(db, known[name], API, "a test") for name in ("ada", "cam")}
        staff = tokens.issue(db, people.instructor(db), API, "a test")

    def ask(secret, path):
        return instructor.get(f"/api/weeks/{WEEK}/students{path}", headers={"Authorization": f"Bearer {secret}"})

    own = ask(secrets["ada"], "/ada").json()
    assert (own["username"], own["team"], own["score"], own["pushes"]) == ("ada", ODD, 70, 1)
    listed = {each["username"]: (each["team"], each["score"]) for each in ask(staff, "").json()["items"]}
    assert listed == {"ada": (ODD, 70), "bob": (ODD, 70), "cam": (None, None)}
    assert [ask(secrets["cam"], f"/{name}").status_code for name in ("ada", "team-blue-i", "cam")] == [403, 403, 200]


def test_instructor_forms_teams_on_the_page(room, joined, instructor):
    """Teams are turned on, formed by hand and from a file, changed, and turned off again; the log says who did it."""
    assert "Students hand in this week on their own" in instructor.look(TEAMS).text
    instructor.submit(f"{TEAMS}/set-up", size="2")
    instructor.submit(f"{TEAMS}/new", title="Red")
    instructor.submit(f"{TEAMS}/place", student="cam", team="team-red")
    token = re.search(r'name="form_token" value="(\w+)"', instructor.shown)[1]
    table = b"team,student\nBlue,ada\nBlue,bob@x\n"
    instructor.post(f"{TEAMS}/form", data={"form_token": token}, files={"teams": ("t.csv", table)})
    formed = {team.title: team.members for team in room.teams(WEEK).teams}
    assert formed == {"Red": ("cam",), "Blue": ("ada", "bob")}
    assert "Everyone is in a team." in instructor.look(TEAMS).text
    assert "which your instructor forms" not in joined("cam").look(PAGE).text

    refused = instructor.submit(f"{TEAMS}/place", student="cam", team="team-blue")
    assert (refused.status_code, "Blue is full" in refused.text) == (409, True)
    instructor.submit(f"{TEAMS}/remove", team="team-red")
    instructor.submit(f"{TEAMS}/end")
    assert room.teams(WEEK) is None
    log = instructor.look("/class/log").text
    assert "formed teams from a file, with 2 students in week1-tiny" in log
    assert "turned off teams in week1-tiny" in log


def test_table_of_teams_may_be_as_large_as_the_page_says(in_teams, instructor):
    """A file of less than 1 MB is read, whatever the limit of other forms."""
    instructor.look(TEAMS)
    token = re.search(r'name="form_token" value="(\w+)"', instructor.shown)[1]
    table = b"team,student,notes\nBlue,ada," + b"x" * 100_000
    answer = instructor.post(f"{TEAMS}/form", data={"form_token": token}, files={"teams": ("t.csv", table)})

    assert (answer.status_code, "Blue" in answer.text) == (200, True)


def test_teams_come_before_the_first_student(room, joined, instructor):
    """Once a student has accepted the week, it stays with everyone alone."""
    ada = joined("ada")
    ada.look(PAGE)
    ada.submit(f"{PAGE}accept")
    instructor.look(TEAMS)
    refused = instructor.submit(f"{TEAMS}/set-up", size="3")

    assert refused.status_code == 409
    assert "A student has already accepted this week" in refused.text
    assert room.teams(WEEK) is None
    assert instructor.submit(f"{TEAMS}/new", title="Red").status_code == 409


def test_student_called_like_a_team_is_not_in_it(room, in_teams, joined, instructor):
    """Whoever has the name of a team's repository as a username reads no comment on its work, and gets none there."""
    in_teams.create("Blue", "ada")
    instructor.look(f"/class/students/ada/weeks/{WEEK}/")
    instructor.submit(f"/class/students/ada/weeks/{WEEK}/comments", text="For Ada's team.")
    with (room.folder / "roster.csv").open("a") as file:
        file.write("eve@x,team-blue,,Eve\n")
    eve = joined("team-blue")
    instructor.look("/class/")
    answer = instructor.submit(f"/class/students/team-blue/weeks/{WEEK}/comments", text="For Eve.")

    assert "For Ada" not in eve.look(PAGE).text + eve.get(f"{PAGE}parts/comments").text
    assert (answer.status_code, "is not in a team" in answer.text) == (409, True)
    assert "For Eve" not in joined("ada").look(PAGE).text


def test_typed_name_is_not_that_of_a_team(room, in_teams, browser_of, code):
    """A student who joins under a new name does not get the name of a team's repository as a username."""
    in_teams.create("Blue", "ada")
    browser = browser_of()
    browser.look(f"/join/{code}")
    browser.submit(f"/join/{code}", name="team-blue")

    assert room.students()[-1].username == "team-blue-2"
