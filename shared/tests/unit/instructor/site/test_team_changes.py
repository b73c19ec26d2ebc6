"""Teams in a classroom's folder: how they are formed, who may use their repository, and what is refused."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading

import pytest
from classroom.cli.main import main
from classroom.core.errors import CouldNotCheck, UsageError
from classroom.instructor.classrooms.adjust import adjust, entry_of
from classroom.instructor.classrooms.classroom import Classroom
from classroom.instructor.classrooms.due_dates import DueDates
from classroom.instructor.classrooms.members import write_members
from classroom.instructor.classrooms.open import open_classroom
from classroom.instructor.classrooms.repository import Repository
from classroom.instructor.classrooms.standing import standings
from classroom.instructor.classrooms.team_changes import TeamChanges
from classroom.instructor.grading.adjustments import read_entries
from classroom.instructor.teams import read_teams

WEEK = "week1-tiny"
NAMES = ("ada", "bob", "cam", "dan")


@pytest.fixture
def room(room):
    """A classroom of four, two of whom have no repository of their own."""
    lines = [f"{name}@x,{name},,{name.title()} {name.upper()}\n" for name in NAMES]
    (room.folder / "roster.csv").write_text("identifier,github_username,github_id,name\n" + "".join(lines))
    return room


@pytest.fixture
def changes(room):
    """The teams of the week, of up to two."""
    changes = TeamChanges(room, WEEK)
    changes.set_up(2, by_students=True)
    return changes


def members(room):
    """Return who is in which team."""
    return {team.name: team.members for team in room.teams(WEEK).teams}


def test_team_shares_one_repository_which_is_made_with_it(room, changes):
    """The student who creates a team and the one who joins it share a repository; their own no longer count."""
    team = changes.create("Blue Whales", "ada")
    changes.join(f" {team.code.lower()} ", "bob")

    shared = room.repository(WEEK, "team-blue-whales")
    assert room.own_repository(WEEK, "ada") == room.own_repository(WEEK, "bob") == shared
    assert room.own_repository(WEEK, "cam") is None
    assert room.repository(WEEK, "ada") is None
    assert list(room.repositories(WEEK)) == ["team-blue-whales"]
    assert (shared.path / "classroom-members").read_text() == "ada\nbob\n"
    assert {row.student.username: row.team for row in standings(room)[0].students} == {
        "ada": "Blue Whales",
        "bob": "Blue Whales",
        "cam": None,
        "dan": None,
    }


def test_last_place_is_taken_once(room, changes):
    """Of three who join at the same moment, one gets the last place, and the others read that the team is full."""
    code = changes.create("Blue", "ada").code
    refused, start = [], threading.Barrier(3)

    def join(name):
        start.wait()
        try:
            TeamChanges(Classroom(room.folder), WEEK).join(code, name)
        except UsageError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=join, args=(name,)) for name in ("bob", "cam", "dan")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert refused == ["Blue is full: a team can have at most 2 members."] * 2
    assert len(members(room)["team-blue"]) == 2


def test_team_that_was_left_by_everyone_is_gone(room, changes):
    """The last member who leaves before the first push takes the team and its empty repository away."""
    changes.create("Blue", "ada")
    changes.leave("ada")

    assert members(room) == {}
    assert not room.repository_path(WEEK, "team-blue").exists()
    assert changes.create("Blue", "bob").name == "team-blue"


def test_nobody_leaves_a_team_that_has_pushed(room, changes, graded):
    """After the first push only the instructor moves members."""
    changes.create("Blue", "ada")
    graded("team-blue")

    with pytest.raises(UsageError, match="Blue has already pushed"):
        changes.leave("ada")
    changes.create("Red")
    changes.place("ada", "Red")
    assert members(room) == {"team-blue": (), "team-red": ("ada",)}
    with pytest.raises(UsageError, match="Blue has already pushed"):
        changes.end()


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Ölfeld & Co.", "team-olfeld-co"),
        ("Команда", "team-1"),
        ("a" * 60, f"team-{'a' * 55}"),
        ("x/../y", "team-x-.-y"),
    ],
)
def test_repository_has_a_name_that_a_path_can_hold(changes, title, name):
    """Whatever a team is called, its repository has a plain name."""
    assert changes.create(title).name == name


@pytest.mark.parametrize("title", ["", " ", "=1+1", "-x", "a\x1b[31m", "a\u202eb", "b" * 61, "<b>", "\n"])
def test_odd_name_is_refused(changes, title):
    """A name that could act in a terminal, a page or a spreadsheet is not accepted."""
    with pytest.raises(UsageError, match="A team's name must begin with a letter"):
        changes.create(title, "ada")


def test_name_is_nobody_elses(room, changes):
    """A team has neither another team's name nor a repository that a student's name would have."""
    (room.folder / "roster.csv").write_text("github_username\nada\nbob\nteam-red\n")
    changes.create("Blue", "ada")

    with pytest.raises(UsageError, match="There is already a team called BLUE"):
        changes.create("BLUE", "bob")
    with pytest.raises(UsageError, match="There is already a team called team-blue"):
        changes.create("team-blue", "bob")
    assert changes.create("Red", "bob").name == "team-red-2"


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda changes: changes.set_up(1, by_students=True), "2 to 20"),
        (lambda changes: changes.create("Red", "ada"), "already in Blue"),
        (lambda changes: changes.create("Red", "eve"), "eve is not on the roster"),
        (lambda changes: changes.join("AAAAAAAA", "bob"), "No team has this code"),
        (lambda changes: changes.leave("bob"), "not in a team"),
        (lambda changes: changes.place("bob", "Green"), "There is no team Green"),
        (lambda changes: changes.place("eve", "Blue"), "eve is not on the roster"),
        (lambda changes: changes.form(dict.fromkeys(NAMES, "Red")), "Red is full"),
    ],
)
def test_mistake_changes_nothing(room, changes, act, said):
    """What is not possible is refused in one sentence, and leaves teams and repositories as they are."""
    changes.create("Blue", "ada")
    before = members(room), sorted(path.name for path in (room.folder / WEEK).iterdir())
    with pytest.raises(UsageError, match=said):
        act(changes)

    assert (members(room), sorted(path.name for path in (room.folder / WEEK).iterdir())) == before


def test_table_is_read_with_any_spaces(room, changes):
    """A team that a table names with more than one space is that team, and its students are in it."""
    assert changes.form({"ada": "Blue  Whales", "bob": "Blue Whales"}) == 1
    assert members(room) == {"team-blue-whales": ("ada", "bob")}


def test_name_of_one_team_is_not_the_title_of_another(room, changes):
    """What the page calls a team by, its name, means no other team that students have called like it."""
    changes.create("team-blue", "ada")
    blue = changes.create("Blue", "bob")
    changes.remove(blue.name)

    assert members(room) == {"team-team-blue": ("ada",)}


def test_teams_of_the_instructor_are_closed_to_students(room, changes):
    """Where the instructor forms the teams, students neither create, join nor leave one."""
    changes.set_up(2, by_students=False)
    team = changes.create("Blue")
    for act in (lambda: changes.create("Red", "ada"), lambda: changes.join(team.code, "ada")):
        with pytest.raises(UsageError, match="Your instructor forms the teams"):
            act()
    changes.place("ada", "Blue")
    with pytest.raises(UsageError, match="Your instructor forms the teams"):
        changes.leave("ada")


def test_closed_week_takes_no_new_members(room, changes):
    """After the closing time a code opens nothing."""
    code = changes.create("Blue", "ada").code
    (room.folder / WEEK / ".closes").write_text("1000000000 long ago\n")
    with pytest.raises(UsageError, match="This week has been closed since 2001"):
        changes.join(code, "bob")


def test_week_in_which_somebody_has_pushed_keeps_its_way(room, graded):
    """Teams cannot be turned on once a student has pushed alone."""
    graded("ada")
    with pytest.raises(UsageError, match=r"Ada ADA \(ada\) has already pushed to week1-tiny"):
        TeamChanges(room, WEEK).set_up(2, by_students=True)
    assert room.teams(WEEK) is None


def test_week_without_teams_again_has_a_repository_for_each(room, changes):
    """Turning off teams removes them, and everyone works alone, also who had no repository before."""
    changes.create("Blue", "ada")
    changes.end()

    assert sorted(room.repositories(WEEK)) == list(NAMES)
    assert room.own_repository(WEEK, "cam").path.name == "week1-tiny-cam.git"


def test_dropped_member_loses_the_repository_and_frees_a_place(room, changes):
    """A student who is dropped from the roster cannot use the team's repository, and takes no place in it."""
    code = changes.create("Blue", "ada").code
    changes.join(code, "bob")
    (room.folder / "roster.csv").write_text("github_username\nada\ncam\n")
    write_members(room)

    assert room.work_name(WEEK, "bob") is None
    assert (room.repository(WEEK, "team-blue").path / "classroom-members").read_text() == "ada\n"
    changes.join(code, "cam")
    assert members(room) == {"team-blue": ("ada", "bob", "cam")}


def test_member_with_another_login_stays_in_the_team(room, changes, made_room, tmp_path):
    """Opening a classroom with a roster in which a login has changed keeps teams, and makes no repository of one student."""
    changes.create("Blue", "ada")
    (tmp_path / "new.csv").write_text("identifier,github_username\nada@x,ada-lovelace\neve@x,eve\n")
    (week,) = open_classroom(room.folder, tmp_path / "new.csv", [str(made_room.parent / WEEK)])

    assert room.work_name(WEEK, "ada") == "team-blue"
    assert (week.new, week.kept) == (0, 1)
    assert not room.repository_path(WEEK, "eve").exists()


def push(room, repository, key=None):
    """Run what a push over ssh runs, up to its first answer; return what it says."""
    words = [room.state_dir / "door", key] if key else ["git", "receive-pack", room.repository_path(WEEK, repository)]
    asked = {"SSH_ORIGINAL_COMMAND": f"git-receive-pack '{WEEK}/{WEEK}-{repository}.git'"}
    done = subprocess.run(words, input=b"0000", capture_output=True, env=os.environ | asked, check=False)
    return done.returncode, done.stderr.decode()


def test_ssh_lets_members_in_and_nobody_else(room, changes):
    """Over ssh a member reaches the team's repository; others, also by a name that is alike, reach nothing."""
    changes.create("Blue", "ada")

    assert push(room, "team-blue", "ada") == (0, "")
    for name in ("bob", "team-blue", "a", ".*", "ada\nbob"):
        assert push(room, "team-blue", name)[0] == 1
    status, said = push(room, "ada", "ada")
    assert (status, said) == (
        1,
        "There is no repository of yours there. Its address ends in WEEK/WEEK-team-TEAM.git\n",
    )


def test_push_to_a_repository_from_before_is_refused(room, changes, pushed, tmp_path):
    """A clone of a student's own repository says where to push now, and a team's accepts the push."""
    changes.create("Blue", "ada")
    work = tmp_path / "work"
    subprocess.run(["git", "clone", "--quiet", room.repository_path(WEEK, "ada"), work], check=True)
    (work / "app").mkdir(exist_ok=True)
    (work / "app/new.py").write_text("x = 1\n")
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@x")
    for words in (("add", "-A"), ("commit", "--quiet", "-m", "Work")):
        subprocess.run(["git", *who, *words], cwd=work, check=True)

    def send(name):
        words = ["git", "push", "--quiet", room.repository_path(WEEK, name), "HEAD:main"]
        return subprocess.run(
            words, cwd=work, capture_output=True, text=True, check=False, env=os.environ | {"CLASSROOM_NO_WAIT": "1"}
        )

    refused, accepted = send("ada"), send("team-blue")
    assert "This week is handed in by teams, so the push was rejected. Clone your team's repository" in refused.stderr
    assert accepted.returncode == 0
    assert len(room.repository(WEEK, "team-blue").pushes()) == 2


def test_extension_of_a_member_keeps_the_repository_open(room, changes):
    """One repository closes when the last member's time is over; a row can also name the team."""
    changes.form({"ada": "Blue", "bob": "Blue", "cam": "Red"})
    (room.folder / WEEK / ".closes").write_text("1900000000 far off\n")
    for name, until in (("ada", "2099-01-01T12:00Z"), ("team-red", "2098-01-01T12:00Z")):
        adjust(room.folder, room.weeks()[0], entry_of(name, WEEK, "extension", until, "", show_note=False), room)
    dates = DueDates(room)
    dates.read()

    closes = {name: (one.path / "classroom-closes").read_text() for name, one in room.repositories(WEEK).items()}
    assert "2099-01-01" in closes["team-blue"]
    assert "2098-01-01" in closes["team-red"]
    assert [dates.own_closing(WEEK, name).moment.year for name in ("ada", "bob", "cam")] == [2099, 2030, 2098]
    with pytest.raises(UsageError, match="There is no student team-green"):
        adjust(room.folder, room.weeks()[0], entry_of("team-green", WEEK, "excuse", "", "", show_note=False), room)


def test_title_that_is_a_students_name_draws_no_adjustments(room, changes):
    """A team called like a student gets nothing that was granted to the student."""
    changes.create("bob", "ada")
    adjust(room.folder, room.weeks()[0], entry_of("bob", WEEK, "excuse", "", "", show_note=False), room)
    dates = DueDates(room)
    dates.read()

    assert [bool(dates.adjustments(room.weeks()[0]).excuse(name)) for name in ("ada", "team-bob", "bob")] == [0, 0, 1]


@pytest.fixture
def extended(room, changes):
    """A team of Ada with an extension, next to one of Bob's own."""
    changes.create("Blue", "ada")
    for name in ("team-blue", "bob"):
        adjust(room.folder, room.weeks()[0], entry_of(name, WEEK, "extension", "+2d", "", show_note=False), room)
    return changes


def test_team_with_adjustments_stays_when_everyone_leaves(room, extended):
    """A student who leaves a team makes nobody's adjustments invalid: a team that a row names stays, though empty."""
    extended.leave("ada")

    assert members(room) == {"team-blue": ()}
    assert room.repository(WEEK, "team-blue")
    assert DueDates(room).read()


def test_nothing_is_granted_to_a_team_while_it_is_left(room, changes, monkeypatch):
    """A row for a team is added before the last member leaves, and then keeps the team, or after, and is refused."""
    monkeypatch.setattr("classroom.instructor.classrooms.adjust.LOCK_SECONDS", 0)
    changes.create("Blue", "ada")
    entry = entry_of("team-blue", WEEK, "extension", "+2d", "", show_note=False)
    with changes._lock(), pytest.raises(CouldNotCheck, match=r"teams\.lock"):
        adjust(room.folder, room.weeks()[0], entry, room)
    changes.leave("ada")
    with pytest.raises(UsageError, match="There is no student team-blue"):
        adjust(room.folder, room.weeks()[0], entry, room)

    assert DueDates(room).read()


@pytest.mark.parametrize(
    "act", [lambda changes: changes.remove("Blue"), lambda changes: changes.end()], ids=["one", "all"]
)
def test_removed_team_takes_its_adjustments_along(room, extended, act):
    """The rows of a team that the instructor removes go with it, because they would name nobody; others stay."""
    act(extended)

    assert [entry.student for entry in read_entries(room.folder / "adjustments.csv")] == ["bob"]
    assert DueDates(room).read()


def test_team_is_left_while_the_adjustments_cannot_be_read(room, extended):
    """A mistake in `adjustments.csv` keeps nobody in a team."""
    (room.folder / "adjustments.csv").write_text("student\n")
    extended.leave("ada")

    assert members(room) == {"team-blue": ()}


def test_collected_work_keeps_its_teams(room, changes, tmp_path):
    """`collect` copies the teams' repositories and who is in them, and nothing that no longer counts."""
    changes.form({"ada": "Blue", "bob": "Blue", "cam": "Red"})
    assert room.collect(tmp_path / "out", pytest.fail) == {WEEK: 2}

    found = sorted(path.name for path in (tmp_path / "out" / WEEK).glob("[!.]*"))
    assert found == ["team-blue.git", "team-red.git"]
    assert read_teams(tmp_path / "out" / WEEK) == room.teams(WEEK)


def test_feedback_for_one_member_is_not_put_where_the_others_read_it(room, changes, tmp_path):
    """The branch `feedback` of a team has the team's text alone."""
    changes.form({"ada": "Blue", "bob": "Blue"})
    (tmp_path / "feedback").mkdir()
    (tmp_path / "grading.json").write_text(json.dumps({"assignment": WEEK}))
    for name in ("ada", "bob", "team-blue"):
        (tmp_path / "feedback" / f"{name}.md").write_text(f"For {name}.")

    assert room.give_feedback(tmp_path, pytest.fail) == (1, 0)
    assert room.repository(WEEK, "team-blue").text("feedback", "FEEDBACK.md") == "For team-blue."
    assert room.own_repository(WEEK, "ada").tip("feedback")


def test_feedback_is_that_of_the_moment_of_the_release(room, tmp_path, monkeypatch):
    """A grading that begins while feedback is delivered changes nothing about it, and stops it nowhere."""
    (tmp_path / "feedback").mkdir()
    (tmp_path / "grading.json").write_text(json.dumps({"assignment": WEEK}))
    for name in ("ada", "bob"):
        (tmp_path / "feedback" / f"{name}.md").write_text("Released.")
    reply = Repository.reply

    def replied(repository, *words):
        shutil.rmtree(tmp_path / "feedback", ignore_errors=True)
        return reply(repository, *words)

    monkeypatch.setattr(Repository, "reply", replied)
    assert room.give_feedback(tmp_path, pytest.fail) == (2, 0)
    assert room.repository(WEEK, "bob").text("feedback", "FEEDBACK.md") == "Released."


def test_command_forms_teams_from_a_table_and_shows_them(room, tmp_path, capsys):
    """`classroom teams` turns on teams, forms them from a table with any columns, and lists them."""
    table = tmp_path / "my teams.csv"
    table.write_text("Group;Name\nBlue;Ada ADA\nBlue;bob@x\nRed;cam\n")
    command = ["teams", str(room.folder), str(room.state_dir / "weeks" / WEEK)]
    assert main([*command, "--size", "2", "--assigned", "--from", str(table)]) == 0

    assert capsys.readouterr().out == (
        "week1-tiny: teams of up to 2, assigned by you\n"
        "  Blue (team-blue): Ada ADA (ada), Bob BOB (bob)\n"
        "  Red (team-red): Cam CAM (cam)\n"
        "  In no team: Dan DAN (dan)\n"
    )
    assert main([*command, "--off"]) == 0
    assert capsys.readouterr().out == "week1-tiny: students hand in on their own. To turn on teams, add --size 3\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "has no columns named team and student"),
        ("team,student\nBlue,eve\n", "line 2: there is no student eve on the roster"),
        ("team,student\n,ada\n", "line 2: ada has no team"),
        ("team,student\nBlue,ada\nRed,Ada ADA\n", "line 3: Ada ADA is on an earlier line, too"),
        ("team,student\n", "has no students"),
        ("team,student\n=cmd,ada\n", "A team's name must begin with a letter"),
    ],
)
def test_wrong_table_is_refused_with_its_line(room, changes, tmp_path, capsys, text, said):
    """A table with a mistake forms no team at all."""
    (tmp_path / "teams.csv").write_text(text)
    command = ["teams", str(room.folder), str(room.state_dir / "weeks" / WEEK), "--from", str(tmp_path / "teams.csv")]

    assert main(command) == 2
    assert said in capsys.readouterr().err
    assert members(room) == {}


@pytest.mark.parametrize("text", ["", "[]", '{"size": 2}', '{"size": "x", "by_students": true, "teams": []}'])
def test_broken_file_is_named(room, changes, text):
    """A list of teams that cannot be read opens nothing to anybody."""
    (room.folder / WEEK / ".teams.json").write_text(text)
    with pytest.raises(UsageError, match=r"\.teams\.json is not valid"):
        room.repository(WEEK, "ada")


def test_student_in_two_teams_is_named(room, changes):
    """A file in which somebody is in two teams is not used."""
    changes.form({"ada": "Blue", "bob": "Red"})
    path = room.folder / WEEK / ".teams.json"
    data = json.loads(path.read_text())
    data["teams"][1]["members"].append("ada")
    path.write_text(json.dumps(data))
    with pytest.raises(UsageError, match="ada is in two teams"):
        room.teams(WEEK)
