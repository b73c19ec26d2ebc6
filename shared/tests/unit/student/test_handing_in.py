"""What is left to do when everything passes."""

from pathlib import Path

import pytest
from classroom.core.git import git
from classroom.student.handing_in import is_handed_in, is_template


@pytest.fixture
def clone(tmp_path):
    """A clone with a DESIGN.md, whose commit is pushed."""
    git("init", "--bare", "-b", "main", tmp_path / "origin.git")
    git("clone", tmp_path / "origin.git", tmp_path / "clone", network=True)
    folder = tmp_path / "clone"
    (folder / "DESIGN.md").write_text("*Fill this in.*\n")
    git("checkout", "-b", "main", cwd=folder)
    commit(folder)
    git("push", "-u", "origin", "main", cwd=folder, network=True)
    return folder


def commit(folder):
    """Commit everything in a folder."""
    git("add", "-A", cwd=folder)
    git("commit", "-m", "work", cwd=folder)


def test_pushed_commit_is_handed_in(clone):
    """With nothing left to commit or push, the week is handed in."""
    assert is_handed_in(clone)


def test_change_that_is_not_committed_is_not_handed_in(clone):
    """A saved change has to be committed."""
    (clone / "main.py").write_text("x = 1\n")

    assert not is_handed_in(clone)


def test_commit_that_is_not_pushed_is_not_handed_in(clone):
    """A commit has to be pushed."""
    (clone / "main.py").write_text("x = 1\n")
    commit(clone)

    assert not is_handed_in(clone)


def test_folder_without_a_repository_is_not_handed_in(tmp_path):
    """Without a repository it is unknown, and nothing is claimed."""
    assert not is_handed_in(tmp_path)
    assert not is_template(tmp_path)


def test_design_as_it_was_committed_first_is_the_template(clone):
    """An untouched DESIGN.md is the template, one with answers is not."""
    assert is_template(clone)

    (clone / "DESIGN.md").write_text("People watch videos.\n")

    assert not is_template(clone)


def test_design_without_answers_is_the_template_without_a_repository(tmp_path):
    """In a week that was downloaded as a ZIP, the handout's DESIGN.md is the template until there is an answer in it."""
    template = (Path(__file__).resolve().parents[4] / "week5-system-design/DESIGN.md").read_text()
    (tmp_path / "DESIGN.md").write_text(template)
    assert is_template(tmp_path)

    (tmp_path / "DESIGN.md").write_text(template.replace("| cache | | |", "| cache | keeps copies | lie |"))

    assert not is_template(tmp_path)
