"""Export a week for Classroom 50: the bundle, the entry and the template of an assignment."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from classroom.core.assignment import Assignment
from classroom.core.course import find
from classroom.core.errors import ClassroomError, UsageError
from classroom.core.files import write_atomic
from classroom.core.scratch import ScratchDir
from classroom.instructor.handout.allow_list import CLASSROOM50
from classroom.instructor.handout.layout import (
    TEMPLATES,
    copy_kit,
    copy_week,
    ensure_nothing_leaks,
    point_to_kit,
    write_name,
)
from classroom.instructor.handout.publish import publish

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,38}")
MAX_BYTES = 10 * 1024 * 1024  # of a packed bundle
RUNTIME = {"python": "3.13", "apt": ["bubblewrap"]}
BUILD_TOOLS = (
    "# What the kit is built with"  # the line of shared/requirements.in after which packages are not for submissions
)


@dataclass(frozen=True)
class Exported:
    """What was exported.

    Attributes:
        bundle: its folder.
        size: of the packed bundle, in bytes.
        left_out: files that were not exported, each with the reason.
    """

    bundle: Path
    size: int
    left_out: dict[str, str]


def export_classroom50(week: str, to: Path, template: str | None = None, *, draft: bool = False) -> Exported:
    """Export a week for Classroom 50.

    Args:
        week: a week's folder or number.
        to: a new folder, or one exported to before.
        template: the repository that students will get it from, such as `school/week1-hello-api`.
        draft: whether a week that git does not track yet is exported as a whole.

    Raises:
        UsageError: there is no such week, git tracks nothing of it, or the target contains something else.
        ClassroomError: something of `grading/` would be exported, or the bundle is too large.
    """
    assignment = Assignment.load(find(week))
    if to.exists() and (not to.is_dir() or (any(to.iterdir()) and not (to / "assignments.json").is_file())):
        raise UsageError(f"{to} contains something else: --to needs a new folder, or one that was exported to before.")
    slug = slug_of(assignment.name)
    owner, _, repository = (template or f"SCHOOL/{slug}").partition("/")
    if not owner or not repository or "/" in repository:
        raise UsageError(f"{template} is not a repository, such as school/{slug}.")
    bundle = to / "autograders" / slug
    with ScratchDir("export") as scratch:
        tree = scratch / slug
        _make_bundle(assignment, tree, draft=draft)
        size = Path(shutil.make_archive(str(scratch / "bundle"), "gztar", scratch, slug)).stat().st_size
        if size > MAX_BYTES:
            raise ClassroomError(
                f"The bundle of {assignment.name} is {size} bytes; Classroom 50 accepts up to {MAX_BYTES}."
            )
        own = assignment.folder
        published = publish(str(own), str(to / "template"), own, workflows=False, draft=draft)
        shutil.rmtree(bundle, ignore_errors=True)
        shutil.copytree(tree, bundle)
    entry = _entry(assignment, slug, owner, repository)
    manifest = {"schema": "classroom50/assignments/v1", "assignments": [entry]}
    write_atomic(to / "assignments.json", json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    readme = (TEMPLATES / "classroom50" / "README.md").read_text(encoding="utf-8")
    write_atomic(to / "README.md", readme.replace("{slug}", slug).replace("{title}", assignment.title))
    return Exported(bundle, size, published.left_out)


def _entry(assignment: Assignment, slug: str, owner: str, repository: str) -> dict[str, object]:
    """Return the assignment's entry in assignments.json."""
    return {
        "slug": slug,
        "name": assignment.title,
        "template": {"owner": owner, "repo": repository, "branch": "main"},
        "mode": "individual",
        "autograder": "default",
        "runtime": RUNTIME,
    }


def slug_of(name: str) -> str:
    """Return the slug of a name for Classroom 50: up to 39 lower-case letters, digits and hyphens.

    Raises:
        UsageError: nothing is left of the name.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:39].rstrip("-")
    if not SLUG.fullmatch(slug):
        raise UsageError(
            f"{name} has no valid name for Classroom 50: it needs 2 to 39 lowercase letters, digits and hyphens."
        )
    return slug


def _make_bundle(assignment: Assignment, tree: Path, *, draft: bool) -> None:
    shared = assignment.course / "shared"
    copy_week(assignment, tree / "week", draft=draft)
    write_name(assignment, tree / "week")
    copy_kit(shared, tree / "kit", CLASSROOM50)
    ensure_nothing_leaks(tree, {".": assignment})
    names, _, _ = (shared / "requirements.in").read_text(encoding="utf-8").partition(BUILD_TOOLS)
    packages = [line for line in names.splitlines() if line and not line.startswith("#")]
    point_to_kit(tree / "week" / "requirements.txt")
    week_packages = (tree / "week" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    packages += [line for line in week_packages if line.startswith("./kit")]
    write_atomic(tree / "requirements.txt", "\n".join(packages) + "\n")
    pinned = re.findall(
        r"^[a-z][\w.-]*==.*?(?= \\$)", (shared / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE
    )
    write_atomic(tree / "constraints.txt", "\n".join(pinned) + "\n")
    shutil.copyfile(TEMPLATES / "classroom50" / "autograder.py", tree / "autograder.py")
