"""`make test` and the workflows on GitHub run the same steps."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[3]
SCRIPTS = [ROOT / ".ci" / name for name in ("run", "lock", "system-packages")]
CI = ROOT / ".github" / "workflows" / "ci.yml"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_can_be_run(path):
    """Each script is executable and has no syntax error."""
    shell = "bash" if "bash" in path.read_text().splitlines()[0] else "sh"

    assert os.access(path, os.X_OK)
    assert subprocess.run([shell, "-n", path], capture_output=True, text=True, check=False).stderr == ""


@pytest.mark.parametrize(
    ("words", "wanted"),
    [([], {"bubblewrap", "git"}), (["all"], {"bubblewrap", "git", "docker.io", "docker-compose", "iptables"})],
)
def test_only_what_grading_needs_is_installed(tmp_path, words, wanted):
    """Without ALL=1 a browser and Docker, which only the tests use, are not installed."""
    (tmp_path / "id").write_text("#!/bin/sh\necho 1000\n")
    (tmp_path / "id").chmod(0o755)

    done = subprocess.run(
        [shutil.which("bash"), SCRIPTS[-1], *words],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    named = re.search(r"Only root can install ([^.]*(?:\.io[^.]*)?)\.", done.stderr)[1]
    assert set(named.split()) - {"chromium-headless-shell"} == wanted, "on Ubuntu the browser is no package of its own"


def test_ci_run_calls_make_test():
    """.ci/run ends with `make test`, without stdin and with CI=true."""
    text = (ROOT / ".ci" / "run").read_text()

    assert text.rstrip().splitlines()[-1] == "make test"
    assert "exec </dev/null" in text
    assert "export CI=true" in text


def test_workflows_fit_their_schema():
    """Every workflow conforms to GitHub's schema."""
    checker = Path(sys.executable).with_name("check-jsonschema")
    command = [checker, "--builtin-schema", "vendor.github-workflows", *sorted(CI.parent.glob("*.yml"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", sorted(CI.parent.glob("*.yml")), ids=lambda path: path.name)
def test_workflows_take_no_more_than_they_need(path):
    """A workflow has read permission at most, and pins each action to a commit."""
    workflow = YAML(typ="safe").load(path)
    actions = re.findall(r"uses: ([^\s#]+)", path.read_text())

    assert workflow["permissions"] in ({}, {"contents": "read"})
    assert [name for name in actions if not name.startswith("./") and not re.search(r"@[0-9a-f]{40}$", name)] == []


def ci_job(name):
    """Return a job of ci.yml and the commands of its steps."""
    job = YAML(typ="safe").load(CI)["jobs"][name]
    return job, [step["run"] for step in job["steps"] if "run" in step]


@pytest.mark.parametrize("name", ["lint", "week", "test"])
def test_ci_calls_make_targets(name):
    """GitHub runs the same make targets as everybody else."""
    _, commands = ci_job(name)

    assert all("make " in command or "sysctl" in command for command in commands)


def test_ci_tests_on_each_supported_python():
    """The tests and a sample of the known answers run on each Python that the course supports."""
    job, commands = ci_job("test")

    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert commands[-1] == 'make test STEPS="verify tests"'


def test_ci_proves_each_week_in_a_job_of_its_own():
    """Every known answer of each week is graded, in the sandbox; the weeks are those of another job."""
    job, commands = ci_job("week")

    assert job["needs"] == "weeks"
    assert job["strategy"]["matrix"]["week"] == "${{ fromJSON(needs.weeks.outputs.numbers) }}"
    assert commands[-1] == 'make verify WEEK="$WEEK" ARGS="--sandbox bubblewrap"'


def test_ci_finds_the_weeks_by_their_folders(tmp_path):
    """The job `weeks` lists the number of each week and the name of each extra, so that a new one needs no change."""
    for name in ("week1-hello", "week6-more-queues", "week6-more-queues/extra/retries-and-more"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "assignment.toml").touch()
    job, (command,) = ci_job("weeks")
    output = tmp_path / "output"

    environment = {**os.environ, "GITHUB_OUTPUT": str(output)}
    subprocess.run([shutil.which("bash"), "-ec", command], cwd=tmp_path, env=environment, check=True)

    assert job["outputs"] == {"numbers": "${{ steps.list.outputs.numbers }}"}
    assert output.read_text() == 'numbers=[1,6,"retries-and-more"]\n'


def test_ci_lints_once():
    """What depends neither on the Python nor on the week runs in one job."""
    job, commands = ci_job("lint")

    assert "strategy" not in job
    assert commands == ["make lint types imports"]


def test_steps_of_make_test_can_be_chosen():
    """A step can be run alone, and is counted as one thing."""
    command = [sys.executable, ROOT / ".ci" / "test.py", "imports"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.fullmatch(r"1 passed, 0 failed in \d+ s", done.stdout.splitlines()[-1])


def test_an_unknown_step_is_an_error():
    """A name that is not a step runs nothing, and the steps are listed."""
    command = [sys.executable, ROOT / ".ci" / "test.py", "tset"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "no such step: tset (choose from lint, format, types, imports, verify, tests)" in done.stderr


def test_nothing_that_is_ignored_is_tracked():
    """No ignored file is tracked."""
    listed = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    done = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git repository, or owned by another account")

    assert done.stdout == ""


def test_no_paths_of_a_machine_and_no_index_hosts():
    """No file contains a path of one machine, or the host of a package index."""
    named = re.compile(
        r"/(?:home|Users|work)/[a-z]|/(?:root)/[.]|files\.pythonhosted|(?:index-url|find-links)[ =]\S*(?:/|\.)",
        re.IGNORECASE,
    )
    paths = [ROOT / name for name in ("Makefile", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "pyproject.toml")]
    paths += [
        path
        for folder in (".ci", ".github", "shared")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in ("", ".mk", ".py", ".yml", ".toml", ".in", ".lock")
        and path.is_file()
        and "tests" not in path.parts
    ]

    assert [
        f"{path.relative_to(ROOT)}: {found[0]}" for path in paths if (found := named.search(path.read_text()))
    ] == []
