"""Access over ssh, where all students share one account: each key opens its own student's repositories."""

import os
import subprocess

import pytest


@pytest.fixture(scope="module")
def house(new_room, tmp_path_factory):
    """A classroom of two, and `house.ssh(NAME)`, which stands in for ssh with the key of that student."""
    room = new_room(tmp_path_factory.mktemp("door"), "ada", "bob")

    def ssh(name):
        program = room.base / f"ssh as {name}"
        door = room.place / ".classroom/door"
        program.write_text(
            f'#!/bin/sh\nfor command; do :; done\nexec env -i PATH="$PATH" SSH_ORIGINAL_COMMAND="$command" "{door}" {name}\n'
        )
        program.chmod(0o755)
        return {"GIT_SSH": str(program), "GIT_SSH_VARIANT": "simple"}

    room.ssh = ssh
    return room


def address(name):
    """Return the path of a student's repository, as the student types it."""
    return f"git@school.example:week1-tiny/week1-tiny-{name}.git"


def test_own_repository_is_cloned_and_pushed_to(house, tmp_path):
    """A student clones from, and pushes to, the repository that is the student's own, and the hook answers."""
    house.git(tmp_path, "clone", "--quiet", address("ada"), "mine", **house.ssh("ada"))
    house.git(tmp_path / "mine", "commit", "--quiet", "--allow-empty", "--message", "x")

    told = house.git(tmp_path / "mine", "push", **house.ssh("ada"))

    assert "in the queue" in told


@pytest.mark.parametrize(
    "command",
    [
        "git-upload-pack 'week1-tiny/week1-tiny-bob.git'",
        "git-receive-pack 'week1-tiny/week1-tiny-bob.git'",
        "git-upload-pack '../week1-tiny/../week1-tiny/week1-tiny-bob.git'",
        "git-upload-pack '.classroom/weeks/week1-tiny'",
        "git-upload-pack '.classroom/.classroom-ada.git'",
        "git-upload-pack 'week1-tiny/week1-tiny-ada.git'; cat roster.csv #'",
        "git-upload-archive 'week1-tiny/week1-tiny-ada.git'",
        "git-upload-pack --exec=sh 'week1-tiny/week1-tiny-ada.git'",
        "cat roster.csv",
        "",
    ],
)
def test_nothing_else_opens(house, command):
    """Another student's repository, the classroom's own files, and any other command are rejected with a sentence."""
    around = {"PATH": os.environ["PATH"], "SSH_ORIGINAL_COMMAND": command}
    done = subprocess.run(
        [house.place / ".classroom/door", "ada"],
        env=around,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(("There is no repository of yours there", "This key is for git"))


def test_push_made_to_be_expensive_ends_alone(house, tmp_path):
    """What git does for a push has a limit of memory and of processor time, and settings that keep it small."""
    hook = house.repository("bob") / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\nulimit -v\nulimit -t\ngit config core.bigFileThreshold\n")
    house.git(tmp_path, "clone", "--quiet", address("bob"), "mine", **house.ssh("bob"))
    house.git(tmp_path / "mine", "commit", "--quiet", "--allow-empty", "--message", "x")

    told = house.git(tmp_path / "mine", "push", **house.ssh("bob"))

    assert [line.split()[1] for line in told.splitlines()[:3]] == ["2000000", "120", "32m"]
