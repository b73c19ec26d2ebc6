"""The project's own check says what `make test` says, here and on GitHub."""

import os
import re
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
    """Each script is executable and free of slips that the shell sees."""
    shell = "bash" if "bash" in path.read_text().splitlines()[0] else "sh"

    assert os.access(path, os.X_OK)
    assert subprocess.run([shell, "-n", path], capture_output=True, text=True, check=False).stderr == ""


def test_ci_run_calls_make_test():
    """.ci/run comes down to `make test`, without stdin and with CI=true."""
    text = (ROOT / ".ci" / "run").read_text()

    assert text.rstrip().splitlines()[-1] == "make test"
    assert "exec </dev/null" in text
    assert "export CI=true" in text


@pytest.mark.parametrize("path", sorted(CI.parent.glob("*.yml")), ids=lambda path: path.name)
def test_workflows_fit_their_schema(path):
    """Every workflow is what GitHub's schema asks for."""
    command = [Path(sys.executable).with_name("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", sorted(CI.parent.glob("*.yml")), ids=lambda path: path.name)
def test_workflows_take_no_more_than_they_need(path):
    """A workflow may read, unless it says otherwise, and names each action by its commit."""
    workflow = YAML(typ="safe").load(path)
    actions = re.findall(r"uses: ([^\s#]+)", path.read_text())

    assert workflow["permissions"] in ({}, {"contents": "read"})
    assert [name for name in actions if not name.startswith("./") and not re.search(r"@[0-9a-f]{40}$", name)] == []


def test_ci_calls_the_make_targets():
    """GitHub runs the same make targets as everybody, on each Python that the course promises."""
    jobs = YAML(typ="safe").load(CI)["jobs"]
    commands = [step["run"] for step in jobs["test"]["steps"] if "run" in step]

    assert jobs["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert commands[-1] == "make test"
    assert all("make " in command or "sysctl" in command for command in commands)


def test_nothing_that_is_ignored_is_tracked():
    """What .gitignore names, no commit holds."""
    listed = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    done = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git repository, or not one's own")

    assert done.stdout == ""


def test_no_paths_of_a_machine_and_no_index_hosts():
    """No file of the house names a place on somebody's machine, or a host to install from."""
    named = re.compile(
        r"/(?:home|Users|work)/[a-z]|/root/[.]|files\.pythonhosted|(?:index-url|find-links)[ =]\S*(?:/|\.)",
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
