"""The commands in the READMEs of weeks and extras: with `make` and without it they do the same, and in the student edition they run."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from classroom.cli.main import parser
from classroom.core.course import assignment_folders
from classroom.instructor.handout.layout import TEMPLATES

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = {folder.name: folder for folder in assignment_folders(ROOT)}
WEEKS = [name for name, folder in FOLDERS.items() if folder.parent == ROOT]
# Two names for one command on one line of a README: in a sentence "`A` (or `B`)", in a table "| `A` | `B` |".
BY_HAND = r"`python -m classroom ([^`]+)`"
WITH_MAKE = r"`make ([^`]+)`"
BOTH = re.compile(rf"{BY_HAND}(?: \((?:or )?| \| ){WITH_MAKE}")
NUMBER = re.compile(r"week(\d+)-")
STAYS = ("run", "learn", "--watch", "psql")  # runs until it is stopped
READMES = [*(folder / "README.md" for folder in FOLDERS.values()), TEMPLATES / "README.md"]
PUBLISHED = ("check",)  # run for each week by test_published.py, and here for the quickest


def pairs(week):
    """Return each command of a README that is shown in both forms, as (by hand, with make)."""
    return sorted(set(BOTH.findall((FOLDERS[week] / "README.md").read_text(encoding="utf-8"))))


def meaning(words, week):
    """Return what the command line makes of these words in the folder of a week or an extra."""
    known = vars(parser().parse_args(words))
    if known.get("week", week) in (None, week):
        number = NUMBER.match(week)
        known["week"] = number[1] if number else week
    if known["command"] == "hint":
        known["week_and_task"] = [known["week"], known["week_and_task"][-1]]
    return known


@pytest.mark.parametrize(("week", "by_hand", "with_make"), [(week, *pair) for week in FOLDERS for pair in pairs(week)])
def test_both_forms_are_the_same_command(called, week, by_hand, with_make):
    """A command by hand in the folder, and the one for `make` next to it, mean the same."""
    command, *words = called.make(*shlex.split(with_make)).stdout.splitlines()[-1].split("|")

    assert command == "classroom"
    assert meaning(words, week) == meaning(shlex.split(by_hand), week)


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.parent.name)
def test_every_table_row_and_sentence_has_both_forms(path):
    """Wherever a README names a `make` command for a week's work, the same line has the command without make."""
    text = path.read_text(encoding="utf-8")

    assert re.search(WITH_MAKE, text)
    alone = [line for line in text.splitlines() if re.search(WITH_MAKE, line) and not re.search(BY_HAND, line)]
    assert [line for line in alone if not line.startswith("If you have the whole course")] == []


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    """The student edition, with the environment that runs these tests in the place of its own."""
    folder = tmp_path_factory.mktemp("edition") / "hello backend"
    publish = [sys.executable, "-m", "classroom", "publish", "all", "--to", str(folder)]
    subprocess.run(publish, cwd=ROOT, check=True, capture_output=True)
    tools = folder / ".venv/bin"
    tools.mkdir(parents=True)
    for name, module in {"python": "", "classroom": "-m classroom"}.items():
        (tools / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n')
        (tools / name).chmod(0o755)
    return folder


@pytest.mark.parametrize("form", ["by hand", "with make"])
@pytest.mark.parametrize(
    "week", [WEEKS[0], *(pytest.param(week, marks=pytest.mark.long) for week in FOLDERS if week != WEEKS[0])]
)
def test_commands_of_a_readme_run_in_the_student_edition(edition, week, form):
    """Each command that ends by itself does its work in the student edition, typed as the README shows it."""
    if not shutil.which("make"):
        pytest.skip("make is not installed")
    assert pairs(week)
    for by_hand, with_make in pairs(week):
        words = by_hand.split()
        if any(word in words for word in STAYS) or (week != WEEKS[0] and words[0] in PUBLISHED):
            continue
        typed = f"python -m classroom {by_hand}" if form == "by hand" else f"make PREPARE=: {with_make}"
        done = subprocess.run(
            ["sh", "-c", f'PATH="{edition}/.venv/bin:$PATH" {typed}'],
            cwd=edition / FOLDERS[week].relative_to(ROOT) if form == "by hand" else edition,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in (0, 1), f"{typed}\n{done.stdout}{done.stderr}"
        assert done.stdout.strip()
