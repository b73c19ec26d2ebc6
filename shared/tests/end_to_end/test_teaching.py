"""docs/teaching.md, executed: each command is typed as shown, and prints what the page shows."""

import json
import os
import re
import selectors
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from github_stand_in import GitHub
from github_stand_in.hub import Hub
from github_stand_in.server import served

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs/teaching.md").read_text(encoding="utf-8")
ROSTER = "identifier,github_username,github_id,name\nAda Lovelace,ada,,\nBob Ross,bob,,\nÇelik Ö.,,,\n"
ON_GITHUB = "identifier,github_username,github_id,name\nAda Lovelace,ada,,\nBob Ross,bob,,\n"
WEEK = "week1-hello-api"
GRADEBOOK = re.search(r"^assignment_name,.*\n.*\n", PAGE, re.MULTILINE)[0]
CANVAS = re.search(r"^Student,ID,(?:.*\n)*?(?=\$)", PAGE, re.MULTILINE)[0]
END = "this is the end of a command"
SECONDS = 300


def steps():
    """Return each command of the page with the lines that are shown after it."""
    for block in re.findall(r"^```console\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE):
        command, shown = None, []
        for line in block.splitlines():
            if line.startswith("$ "):
                if command:
                    yield command, shown
                command, shown = line[2:], []
            else:
                shown.append(line)
        yield command, shown


def fits(told, shown):
    """Return whether an output is what is shown: `...` stands for anything, alone on a line for any lines."""
    pattern = "".join(
        r"(?:.*\n)*?" if line == "..." else re.escape(line.rstrip()).replace(re.escape("..."), ".*") + r"\s*\n"
        for line in shown
    )
    return re.fullmatch(pattern, "".join(f"{line.rstrip()}\n" for line in told.splitlines()))


class Terminal:
    """A shell in the course's folder, in a home of its own."""

    def __init__(self, home, course, environment):
        self.home, self.course = home, course
        self.environment = environment
        self.shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=course,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.others = []

    def type(self, command):
        """Return what a command prints, and its exit status."""
        self.shell.stdin.write(f"{command}\nstatus=$?; echo; echo {END} $status\n".encode())
        self.shell.stdin.flush()
        said = b""
        with selectors.DefaultSelector() as ready:
            ready.register(self.shell.stdout, selectors.EVENT_READ)
            until = time.monotonic() + SECONDS
            while not (end := re.search(rb"\n" + END.encode() + rb" (\d+)\n$", said)):
                assert ready.select(until - time.monotonic()), f"{command} has not ended: {said.decode()}"
                piece = os.read(self.shell.stdout.fileno(), 65536)
                assert piece, said.decode()
                said += piece
        return said[: end.start()].decode(), int(end[1])

    def begin(self, command):
        """Start a command in a terminal of its own, and return what it prints until it serves."""
        process = subprocess.Popen(
            ["bash", "-c", f". .venv/bin/activate; exec {command}"],
            cwd=self.course,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.others.append(process)
        told = ""
        while "Serving" not in told and (line := process.stdout.readline()):
            told += line
        return told

    def close(self):
        """End all."""
        for process in self.others:
            process.terminate()
            process.communicate(timeout=240)
        self.shell.stdin.close()
        self.shell.wait()
        self.shell.stdout.close()


@pytest.fixture
def terminal(kit, tmp_path):
    """A terminal in a course with the real week 1, and stand-ins for the reader's git, ssh and GitHub."""
    course, home, tools = tmp_path / "course", tmp_path / "home", tmp_path / "tools"
    for folder in (course / "cohorts", home, tools):
        folder.mkdir(parents=True)
    for name in ("week1-hello-api", "shared", "Makefile", ".ci"):
        (course / name).symlink_to(ROOT / name)
    (home / "roster.csv").write_text(ROSTER, encoding="utf-8")
    (home / "old-gradebook.csv").write_text(GRADEBOOK, encoding="utf-8")
    (home / "canvas-export.csv").write_text(CANVAS, encoding="utf-8")
    (home / "classroom_roster.csv").write_text(ON_GITHUB, encoding="utf-8")
    programs = {
        "prepare": f"mkdir -p .venv/bin\necho 'PATH=\"{Path(sys.executable).parent}:$PATH\"' > .venv/bin/activate",
        "ssh": 'for command; do :; done\nSSH_ORIGINAL_COMMAND="$command" exec "$HOME/classroom/.classroom/door" ada',
    }
    for name, text in programs.items():
        (tools / name).write_text(f"#!/bin/sh\n{text}\n")
        (tools / name).chmod(0o755)
    github = GitHub("school", "ada", "bob")
    github.add(WEEK, is_template=True)
    github.hub = Hub(tmp_path / "hub")
    github.hub.folder.mkdir()
    github.hub.commit(f"school/{WEEK}", {"README.md": "# Week 1\n"})
    with served(github) as address:
        terminal = Terminal(home, course, environment_of(kit, tmp_path, address))
        terminal.hub, terminal.github = tmp_path / "hub", github
        yield terminal
        terminal.close()


def environment_of(kit, tmp_path, github):
    """Return the reader's environment, with the stand-ins."""
    home, tools = tmp_path / "home", tmp_path / "tools"
    return kit.environment(
        HOME=str(home),
        MAKEFLAGS=f"PREPARE={tools}/prepare",
        GIT_SSH=str(tools / "ssh"),
        GIT_SSH_VARIANT="simple",
        GITHUB_SERVER_URL=f"file://{tmp_path}/hub",
        GITHUB_API_URL=github,
        CLASSROOM_TOKEN="a-token",
        GIT_AUTHOR_NAME="Ada",
        GIT_AUTHOR_EMAIL="ada@school.example",
        GIT_COMMITTER_NAME="Ada",
        GIT_COMMITTER_EMAIL="ada@school.example",
        LC_ALL="C.UTF-8",
    )


@pytest.mark.long
def test_every_command_of_the_page_does_what_it_shows(terminal, kit):
    """Typed one after another, each command of the page succeeds and prints what is shown after it."""
    from classroom.apps.sandbox.bubblewrap import why_unavailable

    if trouble := why_unavailable():
        pytest.skip(trouble)
    walked = 0
    for command, shown in steps():
        if command == "classroom serve ~/classroom":
            (terminal.home / "classroom/.classroom/patience").write_text("240\n")  # a machine may have much else to do
            assert "Serving" in terminal.begin(command)
            continue
        if command.startswith("classroom fetch"):
            for name in ("ada", "bob"):
                handed_in = terminal.home / f"classroom/{WEEK}/{WEEK}-{name}.git"
                hosted = terminal.hub / f"school/{WEEK}-{name}.git"
                shutil.rmtree(hosted)
                kit.git(terminal.home, "clone", "--quiet", "--bare", handed_in, hosted)
        if command.startswith("classroom github update"):
            terminal.github.hub.commit(f"school/{WEEK}", {"README.md": "# Week 1, second edition\n"})
        if command.startswith("classroom github status"):
            terminal.github.accept(f"{WEEK}-ada", "ada")
            pushed = terminal.home / f"classroom/{WEEK}/{WEEK}-ada.git"
            commit = subprocess.check_output(["git", "-C", pushed, "rev-parse", "main"], text=True).strip()
            terminal.github.push(f"{WEEK}-ada", "ada", "2026-11-20T10:00:00Z", commit)
            terminal.github.run(f"{WEEK}-ada", "success")
        if command.startswith("classroom feedback --github"):
            for path in (terminal.home / "fetched-grades/results").glob("*.json"):
                commit = json.loads(path.read_text(encoding="utf-8"))["commit"]
                terminal.github.push(f"{WEEK}-{path.stem}", path.stem, "2026-11-20T11:00:00Z", commit)
        told, status = terminal.type(command)
        assert status == 0, f"{command}\n{told}"
        assert fits(told, shown), f"{command}\nsays:\n{told}\nand the page shows:\n" + "\n".join(shown)
        walked += 1

    assert walked > 20


def test_page_names_what_is_there():
    """Each command of ours that the page names in a sentence has that name, and each link leads somewhere."""
    from classroom.cli.main import parser

    commands = next(action.choices for action in parser()._actions if action.dest == "command")
    named = {shlex.split(text)[1] for text in re.findall(r"`(classroom [a-z][^`]*)`", PAGE)}
    targets = set(
        re.findall(
            r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text() + (ROOT / ".ci/instructor.mk").read_text(), re.MULTILINE
        )
    )

    assert named <= set(commands)
    assert {text.split()[1] for text in re.findall(r"`(make [a-z][^`]*)`", PAGE)} <= targets
    for path, _, heading in re.findall(r"\]\(([^)#:]+)(#([a-z0-9-]+))?\)", PAGE):
        text = (ROOT / "docs" / path).read_text(encoding="utf-8")
        assert not heading or heading in {
            re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-")
            for line in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        }
    for name in re.findall(r"`([\w-]+\.yml)`", PAGE):
        assert list((ROOT / ".github/workflows").glob(name))
