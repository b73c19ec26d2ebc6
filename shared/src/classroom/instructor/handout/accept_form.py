"""The files of the public repository in which students ask for their own: an issue form and the workflow behind it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.files import write_atomic
from classroom.core.text import one_line
from classroom.instructor.handout.layout import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from classroom.core.assignment import Assignment

NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}")
REPOSITORY = re.compile(rf"{NAME.pattern}/{NAME.pattern}")
ROSTER = re.compile(r"(?!/)(?!.*\.\.)[A-Za-z0-9_./-]{0,200}")
OPTION = '        - "@WEEK@"\n'


def write_accept_form(
    to: Path,
    organization: str,
    repository: str,
    course: str,
    weeks: Sequence[Assignment],
    roster: str = "",
    *,
    force: bool = False,
) -> list[Path]:
    """Write the files, and return their paths in the folder.

    Args:
        to: a folder, such as a clone of the public repository.
        organization: in which students' repositories are created.
        repository: the name of the public repository that the files are for.
        course: the course's private repository, such as `school/backend`.
        weeks: the weeks that students can choose.
        roster: the roster's path in the repository of the course; without one, everyone gets a repository.
        force: whether to replace files that differ.

    Raises:
        UsageError: a name is not one, or a file would be replaced.
    """
    for text, pattern, example in (
        (organization, NAME, "an organization, such as school"),
        (repository, NAME, "the name of a repository, such as start"),
        (course, REPOSITORY, "a repository, such as school/backend"),
        (roster, ROSTER, "a path in the course's repository, such as roster.csv"),
    ):
        if not pattern.fullmatch(text):
            raise UsageError(f"{one_line(text)[:80]} is not {example}.")
    if to.exists() and not to.is_dir():
        raise UsageError(f"{to} is a file: --to needs a folder.")
    values = {
        "ORG": organization,
        "REPO": repository,
        "COURSE": course,
        "ROSTER": roster,
        "NUMBERS": ",".join(re.sub(r"^week(\d+).*", r"\1", week.folder.name) for week in weeks),
    }
    values["OPTIONS"] = "".join(OPTION.replace("@WEEK@", week.name) for week in weeks)
    source = TEMPLATES / "accept"
    texts = {
        path.relative_to(source): _filled(path.read_text(encoding="utf-8"), values)
        for path in sorted(source.rglob("*"))
        if path.is_file()
    }
    for path, text in texts.items():
        if not force and (to / path).exists() and (to / path).read_text(encoding="utf-8", errors="replace") != text:
            raise UsageError(f"{to / path} exists: add --force to replace it, or choose another folder with --to.")
    for path, text in texts.items():
        (to / path).parent.mkdir(parents=True, exist_ok=True)
        write_atomic(to / path, text)
    return list(texts)


def _filled(text: str, values: Mapping[str, str]) -> str:
    text = text.replace(OPTION, values["OPTIONS"])
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text
