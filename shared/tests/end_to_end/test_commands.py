"""The command in both editions: everything here, the student's part there."""

import subprocess
import sys

import pytest
from classroom.cli.main import INSTRUCTORS, parser

STUDENTS = {"check", "hint", "run", "learn", "load", "progress", "psql", "reset"}


def commands():
    """Every command, with its parser."""
    return next(action.choices for action in parser()._actions if action.dest == "command")


def test_every_command_is_the_students_or_the_instructors():
    """The list of the instructor's commands is complete, and every command belongs to one side."""
    assert set(commands()) == STUDENTS | set(INSTRUCTORS)


@pytest.mark.parametrize("name", sorted(INSTRUCTORS))
def test_help_shows_an_example(name):
    """`-h` of each command ends with an example that the command itself takes."""
    command = commands()[name]
    example = command.format_help().rpartition("Example: ")[2].split()

    assert example[:2] == ["classroom", name]
    parser().parse_args(example[1:])


def test_student_edition_has_the_students_commands_alone(kit, tmp_path):
    """In a published week the help names the student's commands; the instructor's are said to be such."""
    kit.classroom("publish", "1", "--to", tmp_path / "week", cwd=kit.course(tmp_path))

    def run(*words):
        command = "import sys; sys.path.insert(0, 'kit/src'); from classroom.cli.main import main; sys.exit(main())"
        return subprocess.run(
            [sys.executable, "-P", "-c", command, *words],
            cwd=tmp_path / "week",
            capture_output=True,
            text=True,
            check=False,
            env=kit.environment(),
        )

    shown = run("-h").stdout
    refused = run("grade", "1")

    assert {line.split()[0] for line in shown.splitlines() if line.startswith("    ")} - {"COMMAND"} == STUDENTS
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "`grade` is a command for instructors; the student edition does not have it.\n"
