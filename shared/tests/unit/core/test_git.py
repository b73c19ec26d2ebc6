"""How the kit runs git: hardened, with a time limit, and with git's own reason for a failure."""

import os
import sys

import pytest
from classroom.core.errors import ClassroomError, CouldNotCheck
from classroom.core.git import CPU_SECONDS, FROM_FOLDER, MEMORY_BYTES, error_line, git, git_output


@pytest.fixture
def repository(tmp_path):
    """A repository with one commit."""
    folder = tmp_path / "repository"
    git("init", "--quiet", "--initial-branch", "main", folder)
    (folder / "a.txt").write_text("a\n")
    git("add", "a.txt", cwd=folder)
    git("commit", "--quiet", "--message", "A", cwd=folder)
    return folder


def test_output_is_returned_without_the_final_newline(repository):
    """What git prints is returned as text."""
    assert git("log", "--format=%s by %an", cwd=repository) == "A by Course"


def test_standard_input_reaches_git(repository):
    """A text given as stdin is what git reads."""
    assert git("hash-object", "--stdin", cwd=repository, stdin="a\n") == git("rev-parse", "HEAD:a.txt", cwd=repository)


def test_failure_raises_the_reason_that_git_gives(repository):
    """The message of an error is git's own line."""
    with pytest.raises(ClassroomError, match=r"^git says: fatal: bad revision 'nowhere'$"):
        git("log", "nowhere", "--", cwd=repository)


def test_silent_failure_is_named_by_its_exit_status(repository):
    """If git prints nothing, the message has its exit status."""
    with pytest.raises(ClassroomError, match=r"^git failed with exit status 1\.$"):
        git("rev-parse", "--verify", "--quiet", "refs/heads/none", cwd=repository)


@pytest.mark.skipif(sys.platform == "win32", reason="The alias that waits is a line of sh.")
def test_command_that_takes_too_long_is_ended(repository):
    """At the time limit git is ended, and the kit's own error is raised."""
    with pytest.raises(CouldNotCheck, match="did not finish within"):
        git("-c", "alias.wait=!exec sleep 600", "wait", cwd=repository, timeout=0.2)


@pytest.mark.skipif(sys.platform != "linux", reason="Elsewhere a process cannot be limited from outside.")
def test_git_has_little_memory_and_processor_time(repository):
    """The resources of git and the programs that it starts are limited, except when it contacts another repository."""
    show = ("-c", "alias.limits=!sleep 0.5; ulimit -t; ulimit -v", "limits")

    assert git(*show, cwd=repository).split() == [str(CPU_SECONDS), str(MEMORY_BYTES // 1024)]
    assert git(*show, cwd=repository, network=True).split() != [str(CPU_SECONDS), str(MEMORY_BYTES // 1024)]


@pytest.mark.skipif(sys.platform == "win32", reason="A named pipe keeps git waiting.")
def test_output_of_a_git_that_is_ended_is_not_complete(repository):
    """Output of a git killed at its time limit is not taken for complete output."""
    os.mkfifo(repository / "pipe")

    with git_output("hash-object", repository / "pipe", timeout=0.2) as output:
        assert output.stream.read() == b""
        with pytest.raises(ClassroomError, match="was stopped"):
            output.ensure_complete()


def test_hook_of_a_repository_does_not_run(repository):
    """A hook, which may be somebody else's, is not run."""
    hook = repository / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)

    git("commit", "--quiet", "--allow-empty", "--message", "B", cwd=repository)

    assert git("log", "-1", "--format=%s", cwd=repository) == "B"


def test_no_other_repository_is_reached_unless_allowed(repository, tmp_path):
    """A clone is refused by default, and allowed from a folder or with the network."""
    with pytest.raises(ClassroomError, match="not allowed"):
        git("clone", "--quiet", "--no-local", repository, tmp_path / "refused")

    git("clone", "--quiet", "--no-local", repository, tmp_path / "folder", env=FROM_FOLDER)
    git("clone", "--quiet", repository.as_uri(), tmp_path / "network", network=True)

    assert (tmp_path / "folder/a.txt").exists()
    assert (tmp_path / "network/a.txt").exists()


def test_variables_of_the_caller_do_not_act_offline(repository, monkeypatch, tmp_path):
    """`GIT_DIR` and similar variables in the kit's environment do not lead to another repository."""
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))

    assert git("log", "--format=%s", cwd=repository) == "A"


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("remote: Repository not found.\nfatal: repository 'x' not found\n", "remote: Repository not found."),
        (
            "git@github.com: Permission denied (publickey).\nfatal: Could not read.\n\nand the repository exists.\n",
            "git@github.com: Permission denied (publickey).",
        ),
        (
            "To x\n ! [rejected] main -> main (fetch first)\nerror: failed to push\nhint: Updates were rejected\n",
            "! [rejected] main -> main (fetch first)",
        ),
        (
            "Warning: Permanently added 'x' to the list of known hosts.\nremote: \nremote: error: GH006: protected\n",
            "remote: error: GH006: protected",
        ),
        ("", ""),
    ],
    ids=["not found", "no key", "rejected", "protected", "silent"],
)
def test_reason_is_picked_from_many_lines(output, line):
    """From everything that git prints, the line with the reason is chosen."""
    assert error_line(output) == line
