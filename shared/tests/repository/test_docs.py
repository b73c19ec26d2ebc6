"""README, CONTRIBUTING and CHANGELOG are correct."""

import contextlib
import functools
import io
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from classroom.cli.main import parser
from classroom.core.assignment import duration

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "README.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
PAGES = {"README.md": README, "CONTRIBUTING.md": CONTRIBUTING, "CHANGELOG.md": CHANGELOG}


def commands(text):
    """Return every command on a page: the lines of fenced blocks, and inline code."""
    fenced = re.findall(r"^```(?:console|sh|)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [line.removeprefix("$ ").strip() for block in fenced for line in block.splitlines()] + re.findall(
        r"`([^`\n]+)`", rest
    )


@pytest.mark.parametrize("page", PAGES)
def test_make_targets_on_a_page_exist(page):
    """Each `make` command on a page is a target of the Makefile."""
    makefiles = (ROOT / "Makefile").read_text() + (ROOT / ".ci" / "instructor.mk").read_text()
    targets = set(re.findall(r"^([a-z0-9-]+):", makefiles, re.MULTILINE))

    lines = [command.split()[1:] for command in commands(PAGES[page]) if command.startswith("make ")]
    named = {word for words in lines for word in words if re.fullmatch(r"[a-z][a-z0-9-]*", word)}
    assert named - targets == set()


@pytest.mark.parametrize("page", PAGES)
def test_commands_of_classroom_on_a_page_exist(page):
    """Each `classroom` command on a page exists, with its options."""
    pattern = re.compile(r"(?:python -m |\.venv/bin/|^)classroom ([a-z-]+)(.*)")
    for command, rest in [found.groups() for line in commands(PAGES[page]) if (found := pattern.search(line))]:
        known = _help(command)
        assert known, f"classroom {command} is no command"
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in known, f"classroom {command} knows no {option}"


@functools.cache
def _help(command):
    """Return what a command prints about itself, or nothing if there is no such command."""
    printed, ended = io.StringIO(), pytest.raises(SystemExit)
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()), ended as end:
        parser().parse_args([command, "-h"])
    return "" if end.value.code else printed.getvalue()


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    """Each link to a file or a heading of this repository works."""
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", PAGES[page]):
        path, _, heading = target.partition("#")
        there = ROOT / (path or page)
        assert there.exists(), f"{page} links to {target}"
        if heading:
            slugs = {
                re.sub(r"[^\w -]", "", line.lower()).strip().replace(" ", "-")
                for line in re.findall(r"^#+ (.+)$", there.read_text(), re.MULTILINE)
            }
            assert heading in slugs, f"{page} links to {target}"


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_one_sentence_a_line(page):
    """A line contains one sentence, so that a diff shows the sentence that changed."""
    text = re.sub(r"^```.*?^```", "", PAGES[page], flags=re.MULTILINE | re.DOTALL)
    lines = [line for line in text.splitlines() if not line.startswith(("|", "#"))]

    assert [line for line in lines if re.search(r"[a-z`)][.!?] [A-Z]", line)] == []


def test_third_line_says_whose_this_is():
    """The README's third line says that this repository contains the solutions, and that students clone another one."""
    line = README.splitlines()[2]

    assert "solutions" in line
    assert "instructors'" in line
    assert "student edition" in line


def test_readme_names_every_week():
    """Each week has a row, with a link and the title and points of its assignment.toml."""
    for path in sorted(ROOT.glob("week*/assignment.toml")):
        assignment = tomllib.loads(path.read_text())
        (row,) = [
            line for line in README.splitlines() if line.startswith("|") and f"({path.parent.name}/README.md)" in line
        ]
        assert assignment["title"] in row
        assert f"| {len([task for task in assignment['tasks'] if not task.get('bonus')])} |" in row


def test_readme_names_every_extra():
    """Each extra exercise has a row, with a link, its title and its time."""
    for path in sorted(ROOT.glob("week*/extra/*/assignment.toml")):
        assignment = tomllib.loads(path.read_text())
        place = path.parent.relative_to(ROOT).as_posix()
        (row,) = [
            line
            for line in README.splitlines()
            if line.startswith("|") and f"[{path.parent.name}]({place}/README.md)" in line
        ]
        assert f"**{assignment['title']}**" in row
        assert row.endswith(f"| {duration(assignment['minutes'])} |")


def test_readme_shows_a_true_scorecard():
    """The scorecard in the README shows the tasks of week 1 with their points."""
    tasks = tomllib.loads((ROOT / "week1-hello-api" / "assignment.toml").read_text())["tasks"]
    card = README[README.index("Hello, API  (week1-hello-api)") :]

    for task in tasks:
        assert re.search(rf"{task['number']}  {re.escape(task['title'])} +\d+/{task['points']}\b", card)


def test_readme_has_a_picture():
    """The flow is drawn."""
    assert "```mermaid\nflowchart" in README


def test_contributing_is_short_and_says_why_each_package_is_there():
    """CONTRIBUTING stays under 120 lines, with a sentence for each package that the kit or the course asks for."""
    project = tomllib.loads((ROOT / "shared" / "pyproject.toml").read_text())
    texts = project["project"]["dependencies"] + [
        line for extra in project["project"]["optional-dependencies"].values() for line in extra
    ]
    texts += [
        line
        for path in (ROOT / "shared").glob("*.in")
        for line in path.read_text().splitlines()
        if line and not line.startswith("#")
    ]
    names = {re.match(r"[\w-]+", text)[0].lower() for text in texts}

    assert len(CONTRIBUTING.splitlines()) < 120
    assert {name for name in names if f"`{name}`" not in CONTRIBUTING.lower()} == set()


def test_changelog_keeps_its_form():
    """The newest heading of the CHANGELOG is "Unreleased" or the kit's version, and each section is one of the six."""
    version = tomllib.loads((ROOT / "shared" / "pyproject.toml").read_text())["project"]["version"]

    headings = re.findall(r"^## \[(.+?)\]", CHANGELOG, re.MULTILINE)
    assert headings[0] in ("Unreleased", version)
    parts = set(re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE))
    assert parts <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_each_part_of_soak_has_a_row_of_evidence():
    """docs/evidence.md is a table with one row for each part of `make soak`, and short."""
    page = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    parts = subprocess.run(
        [sys.executable, "-c", "import soak; print(*soak.PARTS)"],
        cwd=ROOT / "shared" / "bench",
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    rows = [line.split(" | ")[0].removeprefix("| ") for line in page.splitlines() if line.startswith("| ")]

    assert rows[2:] == parts
    assert len(page.splitlines()) < 120


def test_each_attack_that_once_worked_is_tried_again():
    """Every row of the page of attacks names tests or submissions that exist."""
    rows = [line.split("|") for line in (ROOT / "docs/attacks.md").read_text().splitlines() if re.match(r"\| \d", line)]

    assert [int(row[1]) for row in rows] == [*range(1, len(rows) + 1)]
    for named in (name for row in rows for name in re.findall(r"`([^`]+)`", row[4])):
        if named.startswith("bank"):
            assert (ROOT / f"shared/tests/attacks/{named}.toml").is_file(), named
        elif "::" in named:
            file, test = named.split("::")
            before, found, _ = (ROOT / "shared/tests" / file).read_text().partition(f"def {test}(")
            assert found, named
            assert "mark.long" not in before.rpartition("\n\n")[2], f"{named} is not part of make test"
        else:
            assert (ROOT / named).is_file(), named
