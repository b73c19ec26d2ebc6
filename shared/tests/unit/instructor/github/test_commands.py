"""`classroom github`: what is printed, and the exit status."""

import csv
from pathlib import Path

import pytest
from classroom.cli.main import main
from classroom.core.locks import Lock
from github_stand_in.hub import Hub
from github_stand_in.server import served

from .conftest import WEEK

ASSIGNMENT = Path(__file__).resolve().parents[5] / WEEK / "assignment.toml"
ROSTER = "identifier,github_username,github_id,name\nA1,ada,,Ada Lovelace\nB2,bob,,Bob Ross\nC3,,,Cleo\n"


@pytest.fixture
def run(stand_in, tmp_path, monkeypatch, capsys):
    """Return a function that runs a command against the stand-in, and returns its exit status, output and errors."""
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    (tmp_path / WEEK).mkdir()
    (tmp_path / WEEK / "assignment.toml").write_text(ASSIGNMENT.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLASSROOM_TOKEN", stand_in.token)
    monkeypatch.setenv("CLASSROOM_CACHE", str(tmp_path / "cache"))
    with served(stand_in) as address:
        monkeypatch.setenv("GITHUB_API_URL", address)

        def command(*words):
            status = main(["github", *words])
            return status, *capsys.readouterr()

        yield command


def test_hand_out_prints_links_and_invitations(run):
    """Problems come last, and the exit status tells that there are some."""
    status, out, _ = run("hand-out", "school", "1", "--roster", "roster.csv", "--csv", "links.csv")

    assert status == 3
    assert f"school/{WEEK}: 2 new, 0 kept, 1 problem\n" in out
    line = next(line for line in out.splitlines() if "Ada Lovelace (ada)" in line)
    assert line.split()[3:] == ["new", "invited", f"https://github.com/school/{WEEK}-ada/invitations"]
    assert out.endswith("Cleo (C3): no GitHub username on the roster: add it, and run this again.\n")


def test_hand_out_writes_the_links_for_a_mail_merge(run, tmp_path):
    """One row for each student."""
    run("hand-out", "school", "1", "--roster", "roster.csv", "--csv", "links.csv")

    with (tmp_path / "links.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["identifier"]: row for row in csv.DictReader(file)}
    assert rows["A1"]["link"] == f"https://github.com/school/{WEEK}-ada/invitations"
    assert rows["C3"]["problem"].startswith("no GitHub username")


def test_what_was_done_is_printed_when_the_rest_fails(run, stand_in):
    """The table has who was handed the week before GitHub refused."""
    stand_in.full = "Repository limit reached"

    status, out, error = run("hand-out", "school", "1", "--roster", "roster.csv")

    assert status == 1
    assert f"school/{WEEK}: 0 new, 0 kept" in out
    assert "Repository limit reached" in error


@pytest.mark.parametrize(
    "roster",
    [
        "Student,ID,SIS Login ID\nAda Lovelace,7,ada\n",
        "First name,Last name,Username\nAda,Lovelace,ada\n",
        "Ada Lovelace\nBob Ross\n",
    ],
    ids=["Canvas", "Moodle", "a list of names"],
)
def test_a_roster_without_usernames_of_github_is_refused(run, tmp_path, stand_in, roster):
    """A name or a login of another system could be a stranger's account."""
    (tmp_path / "roster.csv").write_text(roster, encoding="utf-8")

    status, _, error = run("hand-out", "school", "1", "--roster", "roster.csv")

    assert status == 2
    assert error == "roster.csv has no column with GitHub usernames: add one named github_username.\n"
    assert stand_in.log == []


def test_a_roster_of_classroom_50_has_usernames_of_github(run, tmp_path):
    """Its column `username` is one."""
    text = "username,first_name,last_name,email,section\nada,Ada,Lovelace,ada@school.example,1\n"
    (tmp_path / "roster.csv").write_text(text, encoding="utf-8")

    assert run("hand-out", "school", "1", "--roster", "roster.csv")[0] == 0


def test_status_prints_where_everybody_stands(run, stand_in, tmp_path):
    """Pushed when, late or not, and how the checks ended."""
    run("hand-out", "school", "1", "--roster", "roster.csv")
    stand_in.push(f"{WEEK}-ada", "ada", "2026-11-21T22:00:00Z", "a" * 40)
    stand_in.push(f"{WEEK}-ada", "ada", "2026-11-22T10:00:00Z", "b" * 40)
    stand_in.run(f"{WEEK}-ada", "failure")
    (tmp_path / "adjustments.csv").write_text(f"student,week,kind,value,note\nbob,{WEEK},extension,+2d,\n")

    words = ("--roster", "roster.csv", "--deadline", "2026-11-21T23:59Z", "--csv", "status.csv")
    status, out, _ = run("status", "school", "1", *words)

    assert status == 0
    assert f"school/{WEEK}: 1 of 3 have started" in out
    ada = next(line for line in out.splitlines() if "Ada" in line)
    assert "late: aaaaaaa of 2026-11-21" in ada
    assert "checks failed" in ada
    with (tmp_path / "status.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["identifier"]: row for row in csv.DictReader(file)}
    assert (rows["A1"]["commit"], rows["A1"]["commit_in_time"]) == ("b" * 40, "a" * 40)
    assert rows["B2"]["deadline"].startswith("2026-11-23T23:59")
    assert [rows[key]["status"] for key in rows] == ["started", "not-accepted", "missing"]


def test_status_again_counts_only_what_has_changed(run, stand_in, tmp_path):
    """GitHub does not count a response that has not changed; a push is seen at once."""
    run("hand-out", "school", "1", "--roster", "roster.csv")
    stand_in.accept(f"{WEEK}-ada", "ada")
    words = ("status", "school", "1", "--roster", "roster.csv")
    first = run(*words)
    used = stand_in.used

    assert run(*words) == first
    again = stand_in.used - used
    stand_in.push(f"{WEEK}-ada", "ada", "2026-11-21T22:00:00Z", "a" * 40)
    assert "1 of 3 have started" in run(*words)[1]
    assert again == 2, "whether Ada and Bob have access: GitHub gives that no ETag"
    (kept,) = (tmp_path / "cache/github").iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    assert stand_in.token not in kept.name + kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["[]", '{"https://api.github.com": [1]}'])
def test_what_was_kept_may_be_broken(run, stand_in, tmp_path, text):
    """Everything is read again then, and so it is for another token."""
    words = ("status", "school", "1", "--roster", "roster.csv")
    first = run(*words)
    (kept,) = (tmp_path / "cache/github").iterdir()
    kept.write_text(text)

    assert run(*words) == first


def test_status_names_repositories_of_nobody(run, stand_in):
    """A student who left, or a renamed one."""
    stand_in.add(f"{WEEK}-zoe")

    assert f"{WEEK}-zoe belongs to nobody on the roster.\n" in run("status", "school", "1", "--roster", "roster.csv")[1]


def test_check_tells_what_the_token_may_do(run):
    """For each purpose, with the expiry and the rate limit."""
    status, out, _ = run("check", "school", "1")

    assert status == 0
    assert f"school/{WEEK} is a template, and the token can access 1 repository of school." in out
    assert out.count(" ok\n") == 7
    assert "The token expires on 2027-01-31" in out
    assert "of 5000 requests are left until" in out


def test_check_needs_no_week(run, stand_in):
    """Any template will do to try the permissions; without one it says what to do."""
    assert f"school/{WEEK} is a template" in run("check", "school")[1]
    stand_in.of(WEEK).is_template = False

    status, _, error = run("check", "school")
    assert (status, error.startswith("None of the repositories that the token can access is a template")) == (2, True)


@pytest.mark.parametrize(
    ("permission", "told"),
    [
        ("administration", "hand-out  missing: Administration (read and write), to create repositories and change"),
        ("actions", "status    missing: Actions (read), to read the runs"),
        ("statuses", "grade     missing: Commit statuses (read and write), to set scores"),
        ("issues", "feedback  missing: Issues (read and write), to write feedback and replies"),
        ("contents", "hand-out  missing: Contents (read), to read pushes"),
        ("pull_requests", "update    missing: Pull requests (read and write), to ask students to merge it"),
    ],
)
def test_check_names_each_missing_permission_and_changes_nothing(run, stand_in, permission, told):
    """Each permission taken away in turn."""
    del stand_in.permissions[permission]

    status, out, _ = run("check", "school", "1")

    assert status == 1
    assert told in out
    assert list(stand_in.repositories) == [f"school/{WEEK}"]


def test_close_and_reopen_print_what_changed(run, stand_in, tmp_path):
    """Bob has an extension, and Ada is let in again."""
    run("hand-out", "school", "1", "--roster", "roster.csv")
    stand_in.accept(f"{WEEK}-ada", "ada")
    (tmp_path / "adjustments.csv").write_text(
        f"student,week,kind,value,note\nbob,{WEEK},extension,2099-01-01T12:00Z,\n"
    )
    common = ("school", "1", "--roster", "roster.csv")

    status, out, _ = run("close", *common, "--deadline", "2026-01-01T12:00Z", "--csv", "access.csv")

    assert status == 0
    assert f"school/{WEEK}: 1 closed, 1 open, 1 missing" in out
    assert "until 2099-01-01 12:00" in out
    assert "closed" in (tmp_path / "access.csv").read_text(encoding="utf-8")
    assert f"school/{WEEK}: 1 reopened" in run("reopen", *common, "--only", "Ada Lovelace")[1]
    assert run("reopen", *common, "--only", "zoe")[2] == "Nobody on the roster is called zoe.\n"


@pytest.mark.parametrize("command", ["status", "close"])
def test_extensions_without_a_deadline_are_refused(run, stand_in, command):
    """They would be ignored, and `close` would close for everybody."""
    status, _, error = run(command, "school", "1", "--roster", "roster.csv", "--adjustments", "adjustments.csv")

    assert status == 2
    assert error == "Extensions extend a deadline: add one, such as --deadline 2026-11-21T23:59.\n"
    assert stand_in.log == []


def test_update_prints_pull_requests_and_conflicts(run, stand_in, tmp_path, monkeypatch):
    """With the files that the student and the course have both changed, and the same as CSV."""
    (tmp_path / "hub").mkdir()
    hub = stand_in.hub = Hub(tmp_path / "hub")
    monkeypatch.setenv("GITHUB_SERVER_URL", hub.address)
    hub.commit(f"school/{WEEK}", {"README.md": "First\n"})
    run("hand-out", "school", "1", "--roster", "roster.csv")
    hub.commit(f"school/{WEEK}-ada", {"README.md": "Mine\n"})
    hub.commit(f"school/{WEEK}", {"README.md": "Second\n"})

    status, out, _ = run("update", "school", "1", "--roster", "roster.csv", "--csv", "update.csv")

    assert status == 0
    assert f"school/{WEEK}: 2 opened, 1 missing\n" in out
    ada, bob = (next(line for line in out.splitlines() if f"({name})" in line).rstrip() for name in ("ada", "bob"))
    assert "conflict in README.md" in ada
    assert "conflict" not in bob
    with (tmp_path / "update.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["identifier"]: row for row in csv.DictReader(file)}
    assert (rows["A1"]["state"], rows["A1"]["conflicts"], rows["C3"]["state"]) == ("opened", "README.md", "missing")


def test_list_prints_the_repositories_of_a_week(run, stand_in):
    """Also those of Classroom 50, whose names begin with the classroom; the template and other weeks are not in it."""
    for name in (f"{WEEK}-bob", f"cs1-{WEEK}-ada", "week2-validation-ada", "notes"):
        stand_in.add(name)
    stand_in.add(f"{WEEK}-starter", is_template=True)

    assert run("list", "school", "1") == (0, f"school/cs1-{WEEK}-ada\nschool/{WEEK}-bob\n", "")
    status, _, error = run("list", "school", "1", "--slug", "hw-one")
    assert status == 2
    assert error.startswith("school has no repositories for hw-one that the token can access.")


def test_list_asks_which_classroom_if_a_student_is_in_two(run, stand_in):
    """One of the two repositories would not be graded, and nobody would notice."""
    for classroom in ("cs1", "cs2"):
        stand_in.add(f"{classroom}-{WEEK}-ada")

    status, out, error = run("list", "school", "1")

    assert (status, out) == (2, "")
    assert f"school/cs1-{WEEK}-ada and school/cs2-{WEEK}-ada have the same week and the same student" in error
    assert error.endswith(f"such as --slug cs1-{WEEK}.\n")
    assert run("list", "school", "1", "--slug", f"cs1-{WEEK}") == (0, f"school/cs1-{WEEK}-ada\n", "")
    stand_in.add(f"{WEEK}-ada")
    status, out, error = run("list", "school", "1")
    assert (status, out) == (0, f"school/{WEEK}-ada\n")
    assert [line.partition(":")[0] for line in error.splitlines()] == [
        f"school/cs1-{WEEK}-ada is left out",
        f"school/cs2-{WEEK}-ada is left out",
    ]


def test_feedback_is_returned_by_one_command_at_a_time(run, tmp_path, capsys):
    """Two at once would each open an issue."""
    (tmp_path / "grades").mkdir()
    lock = Lock(tmp_path / "grades/.feedback.lock")
    assert lock.attempt()

    assert main(["feedback", "--github", "school", "--grades", "grades"]) == 3
    assert "Another command is returning the feedback in grades" in capsys.readouterr().err
    lock.close()
    assert main(["feedback", "--github", "school", "--grades", "grades"]) == 2
    assert "There are no results in grades" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["--github", "school", "somewhere"]])
def test_feedback_goes_to_a_classroom_or_to_github(run, capsys, words):
    """Neither or both is a mistake."""
    assert main(["feedback", *words, "--grades", "grades"]) == 2
    assert capsys.readouterr().err.startswith("Give a classroom or an organization: classroom feedback --github")
