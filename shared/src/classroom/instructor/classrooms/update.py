"""Give a week's new handout to every repository that has an older one: on a branch, which the students merge themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from classroom.core.assignment import Assignment
from classroom.core.course import find
from classroom.core.errors import ClassroomError, CouldNotCheck, UsageError
from classroom.core.files import write_atomic
from classroom.core.folders import full_disk_of
from classroom.core.git_history import HANDOUT
from classroom.core.receipts import HANDED_OUT
from classroom.instructor.classrooms.open import install_hooks
from classroom.instructor.classrooms.ownership import ensure_owned
from classroom.instructor.classrooms.repository import Repository
from classroom.instructor.handout.publish import publish

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from classroom.instructor.classrooms.classroom import Classroom

OF_STUDENT = f"{HANDOUT}-of-student"  # where a branch of that name is moved that was not the course's


@dataclass
class Updated:
    """A week whose handout was updated.

    Attributes:
        week: its name.
        given: the usernames, or the teams' names, of those whose repository has a new handout.
        current: how many already had it.
        conflicts: by username, the files in which the student and the course have changed the same lines; empty if git is
            older than 2.38.
        left_out: files that were not handed out, each with the reason.
        problems: repositories that could not be written, each with the reason.
    """

    week: str
    given: list[str] = field(default_factory=list)
    current: int = 0
    conflicts: dict[str, list[str]] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def update_classroom(classroom: Classroom, weeks: Sequence[str]) -> list[Updated]:
    """Put the newest handout of each week on the branch `handout` of every student's repository.

    Args:
        classroom: the classroom.
        weeks: folders or numbers.

    Raises:
        UsageError: a week was never opened, or the classroom belongs to another account.
    """
    ensure_owned(classroom.folder)
    if not weeks:
        raise UsageError(f"Which weeks? Type: classroom update {classroom.folder} --weeks 1,2")
    sources = {Assignment.load(find(week)).name: find(week).resolve() for week in weeks}
    for name in sources:
        if not (classroom.state_dir / "weeks" / name).is_dir():
            raise UsageError(
                f"{name} is not open in {classroom.folder}. Type: classroom open {classroom.folder} --weeks {','.join(weeks)}"
            )
    updated = []
    for name, source in sources.items():
        template = classroom.state_dir / "weeks" / name
        published = publish(str(source), str(template), source)
        week = Updated(name, left_out=published.left_out)
        _give_to_all(classroom, week, Repository(template))
        updated.append(week)
    return updated


def _give_to_all(classroom: Classroom, week: Updated, template: Repository) -> None:
    names = classroom.owners(week.week)
    for username, repository in classroom.repositories(week.week).items():
        if names and username not in names:
            continue
        try:
            if _give(repository, template):
                week.given.append(username)
                if conflicts := repository.conflicts(HANDOUT):
                    week.conflicts[username] = conflicts
            else:
                week.current += 1
        except (ClassroomError, OSError) as error:
            if full := full_disk_of(error):
                raise full from None
            name = names.get(username, username)
            week.problems.append(f"{name}: {repository.path} could not be written. {error}")


def _give(repository: Repository, template: Repository) -> bool:
    """Put the handout on the branch of a repository; return whether it is new there. The student's branches stay."""
    commit, before = template.tip(), repository.tip(HANDOUT)
    if commit is None:
        raise CouldNotCheck(f"The handout in {template.path} cannot be read.")
    install_hooks(repository.path)
    repository.hide_course_branches()
    first = repository.pushes()[:1]
    if before == commit or (before is None and [push.commit for push in first] == [commit]):
        return False
    record = repository.path / HANDED_OUT
    known = record.read_text(encoding="ascii").split() if record.exists() else []
    if before and before not in known:
        repository.set_branch(OF_STUDENT, before)
    template.pack([commit], repository.path / "objects" / "pack")
    # The record first: a kill in between leaves a commit in it that is on no branch yet.
    write_atomic(record, "".join(f"{name}\n" for name in dict.fromkeys([*known, commit])))
    repository.set_branch(HANDOUT, commit)
    return True
