"""The workflows around `classroom github`, rehearsed: each step runs unchanged, with the event that GitHub describes."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from github_stand_in import GitHub
from github_stand_in.events import event, issue_opened
from github_stand_in.hub import Hub
from github_stand_in.server import served

from .test_workflows import ACCEPT, FORMS, OURS, Runner, course, environment_of, load

__all__ = ["course"]
WEEK, PLACE = "week1-tiny", "start"


@pytest.fixture
def github(tmp_path):
    """GitHub, with the template, and the public repository in which students ask."""
    stand_in = GitHub("school", "ada", "bob", "teacher")
    stand_in.hub = Hub(tmp_path / "hub")
    stand_in.hub.folder.mkdir()
    stand_in.hub.commit(f"school/{WEEK}", {"README.md": "Week 1"})
    stand_in.add(WEEK, is_template=True)
    stand_in.add(PLACE, private=False)
    with served(stand_in) as address:
        stand_in.address = address
        yield stand_in


@pytest.fixture
def rehearse(kit, course, github, tmp_path):
    """Return a function that makes a runner for a workflow that an event has started."""
    (course / "roster.csv").write_text("identifier,github_username,name\nA1,ada,Ada Lovelace\nB2,bob,Bob | Ross\n")
    (course / "adjustments.csv").unlink(missing_ok=True)
    kit.git(course, "add", "--all")
    kit.git(course, "commit", "--quiet", "--allow-empty", "--message", "Roster")
    environment = environment_of(kit, tmp_path)

    def make(workflow, payload, **context):
        (tmp_path / "event.json").write_text(json.dumps(payload))
        around = {"GITHUB_API_URL": github.address, "GITHUB_EVENT_PATH": str(tmp_path / "event.json")}
        around["GITHUB_SERVER_URL"] = github.hub.address
        secrets = {"CLASSROOM_TOKEN": github.token}
        known = {"event": payload, "repository_owner": payload["repository"]["owner"]["login"]}
        return Runner(
            tmp_path / "run", workflow, course, environment | around, secrets=secrets, github=known, **context
        )

    return make


@pytest.fixture
def form(kit, course, tmp_path):
    """The files of the form, as the command writes them."""
    words = ("--course", "school/backend", "--weeks", "1", "--roster", "roster.csv", "--to", tmp_path / "start")
    done = kit.classroom("github", "accept-form", f"school/{PLACE}", *words, cwd=course)
    assert done.status == 0, done.err
    assert done.out.endswith("https://github.com/school/start/issues/new?template=accept.yml\n")
    return tmp_path / "start"


def ask(github, body):
    """Let Ada open an issue; return the event."""
    github.open_issue(PLACE, "ada", "My repository", body)
    return issue_opened(f"school/{PLACE}", len(github.of(PLACE).issues), "ada", github.accounts["ada"][1], body)


def test_a_student_who_fills_in_the_form_gets_a_repository(form, rehearse, github):
    """The text that GitHub makes of the form is read by the command, and the log names nobody of the roster."""
    field = load(form / ".github/ISSUE_TEMPLATE/accept.yml")["body"][1]["attributes"]
    payload = ask(github, f"### {field['label']}\n\n{field['options'][0]}\n")
    runner = rehearse(form / ".github/workflows/accept.yml", payload)

    job = runner.job("accept")

    assert job.failed is None, runner.log
    assert f"git clone https://github.com/school/{WEEK}-ada" in github.of(PLACE).comments[1][0]["body"]
    assert github.of(PLACE).issues[0]["locked"]
    assert "Lovelace" not in runner.log


def test_what_a_student_writes_is_never_run(form, rehearse, github):
    """Neither in the week nor next to it."""
    text = '"; touch hacked; echo "$(touch hacked)`touch hacked`${{ secrets.X }}'
    runner = rehearse(form / ".github/workflows/accept.yml", ask(github, f"### Week\n\n{WEEK}{text}\n\n{text}"))

    job = runner.job("accept")

    assert job.failed is None, runner.log
    assert not list(job.workspace.rglob("hacked"))
    assert "Please use the form" in github.of(PLACE).comments[1][0]["body"]


def test_a_robots_issue_starts_no_job(form, rehearse):
    """Only people ask for repositories."""
    conditions = {}
    for kind in ("User", "Bot"):
        payload = issue_opened("school/start", 1, "somebody", 7, "", kind)
        runner = rehearse(form / ".github/workflows/accept.yml", payload)
        conditions[kind] = runner.value(runner.workflow["jobs"]["accept"]["if"].strip("${} "))

    assert conditions == {"User": True, "Bot": False}


def test_no_step_contains_what_a_student_can_write():
    """The event is in a file that the command reads; expressions name nothing but the kind of account and the token."""
    text = (ACCEPT / "workflows/accept.yml").read_text(encoding="utf-8")

    used = {name.strip() for name in re.findall(r"\$\{\{(.*?)\}\}", text)}
    assert used == {"github.event.issue.user.type == 'User'", "secrets.CLASSROOM_TOKEN"}


@pytest.mark.parametrize("name", FORMS)
def test_the_form_fits_githubs_schema(form, name):
    """As it is written, and with the weeks as choices."""
    path = form / ".github/ISSUE_TEMPLATE" / name
    command = [Path(sys.executable).with_name("check-jsonschema"), "--builtin-schema", FORMS[name], path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "@" not in path.read_text(encoding="utf-8")


def test_written_files_are_replaced_only_on_request(form, kit, course):
    """A form that was changed by hand is kept, and a name that would be more than a name is refused."""
    words = ("github", "accept-form", "school/start", "--weeks", "1", "--roster", "roster.csv", "--to", form)
    path = form / "README.md"
    path.write_text("mine\n")

    kept = kit.classroom(*words, "--course", "school/backend", cwd=course)
    refused = kit.classroom(*words, "--course", 'school/x" #', cwd=course)
    forced = kit.classroom(*words, "--course", "school/backend", "--force", cwd=course)

    assert (kept.status, kept.err) == (
        2,
        f"{path} exists: add --force to replace it, or choose another folder with --to.\n",
    )
    assert (refused.status, refused.err) == (2, 'school/x" # is not a repository, such as school/backend.\n')
    assert forced.status == 0
    assert path.read_text() != "mine\n"


def test_the_dashboard_is_the_summary_of_a_run(rehearse, github):
    """Each week of the variable, with its deadline, and names without any meaning in Markdown."""
    payload = event("workflow-dispatch", repository={"owner": {"login": "school"}})
    github.add(f"{WEEK}-ada", made_from=github.of(WEEK))
    github.push(f"{WEEK}-ada", "ada", "2026-11-22T10:00:00Z", "a" * 40)
    runner = rehearse(OURS / "dashboard.yml", payload, vars={"CLASSROOM_WEEKS": f"1=2026-11-21T23:59Z {WEEK}"})

    job = runner.job("status")

    assert job.failed is None, runner.log
    assert runner.summary.count(f"## school/{WEEK}\n") == 2
    ada = next(line for line in runner.summary.splitlines() if line.startswith("| Ada"))
    assert f"[started](https://github.com/school/{WEEK}-ada) | pushed 2026-11-22" in ada
    assert "late: nothing was pushed by 2026-11-21" in ada
    assert "| Bob \\| Ross (bob) | missing |" in runner.summary


@pytest.mark.parametrize(("weeks", "wanted"), [("", False), ("1 2", True)])
def test_the_dashboard_is_off_until_it_is_asked_for(rehearse, weeks, wanted):
    """A copy of the course without the variable starts no job."""
    runner = rehearse(OURS / "dashboard.yml", event("workflow-dispatch"), vars={"CLASSROOM_WEEKS": weeks})

    assert runner.value(runner.workflow["jobs"]["status"]["if"].strip("${} ")) is wanted
