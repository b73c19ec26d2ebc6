"""What other systems take: the bundle, the entry and the template of an assignment in Classroom 50."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from classroom.core.assignment import Assignment, find
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
    tell_name,
)
from classroom.instructor.handout.publish import publish

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,38}")
MOST_BYTES = 10 * 1024 * 1024  # of a bundle, as it is published
RUNTIME = {"python": "3.13", "apt": ["bubblewrap"]}
BUILD_TOOLS = "# What the kit is built with"  # from here on shared/requirements.in is not for submissions


@dataclass(frozen=True)
class Exported:
    """Where what was exported is, how large the bundle is, and which files were left out, and why."""

    bundle: Path
    size: int
    left_out: dict[str, str]


def export_classroom50(week: str, to: Path, template: str | None = None) -> Exported:
    """Write what Classroom 50 takes for a week.

    Args:
        week: a week's folder or number.
        to: a new folder, or one exported to before.
        template: the repository that students get it from, such as `school/week1-hello-api`.

    Raises:
        UsageError: there is no such week, or the target holds something else.
        ClassroomError: something of `grading/` would be in it, or it is too large.
    """
    assignment = Assignment.load(find(week))
    if to.exists() and (not to.is_dir() or (any(to.iterdir()) and not (to / "assignments.json").is_file())):
        raise UsageError(f"{to} holds something else: --to takes a new folder, or one exported to before.")
    slug = slug_of(assignment.name)
    owner, _, repository = (template or f"SCHOOL/{slug}").partition("/")
    if not owner or not repository or "/" in repository:
        raise UsageError(f"{template} is no repository, such as school/{slug}.")
    bundle = to / "autograders" / slug
    with ScratchDir("export") as room:
        tree = Path(room, slug)
        _lay_bundle(assignment, tree)
        size = shutil.make_archive(str(room / "bundle"), "gztar", room, slug)
        bytes_ = Path(size).stat().st_size
        if bytes_ > MOST_BYTES:
            raise ClassroomError(
                f"The bundle of {assignment.name} has {bytes_} bytes; Classroom 50 takes {MOST_BYTES}."
            )
        done = publish(str(assignment.folder), str(to / "template"), assignment.folder, workflows=False)
        shutil.rmtree(bundle, ignore_errors=True)
        shutil.copytree(tree, bundle)
    entry = {
        "slug": slug,
        "name": assignment.title,
        "template": {"owner": owner, "repo": repository, "branch": "main"},
        "mode": "individual",
        "autograder": "default",
        "runtime": RUNTIME,
    }
    manifest = {"schema": "classroom50/assignments/v1", "assignments": [entry]}
    write_atomic(to / "assignments.json", json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    about = (TEMPLATES / "classroom50" / "README.md").read_text(encoding="utf-8")
    write_atomic(to / "README.md", about.replace("{slug}", slug).replace("{title}", assignment.title))
    return Exported(bundle, bytes_, done.left_out)


def slug_of(name: str) -> str:
    """The name as Classroom 50 takes it: small letters, digits and hyphens, 39 at most."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:39].rstrip("-")
    if not SLUG.fullmatch(slug):
        raise UsageError(f"{name} makes no name for Classroom 50: it takes 2 to 39 small letters, digits and hyphens.")
    return slug


def _lay_bundle(assignment: Assignment, tree: Path) -> None:
    shared = assignment.folder.parent / "shared"
    copy_week(assignment, tree / "week")
    tell_name(assignment, tree / "week")
    copy_kit(shared, tree / "kit", CLASSROOM50)
    ensure_nothing_leaks(tree, [assignment])
    names, _, _ = (shared / "requirements.in").read_text(encoding="utf-8").partition(BUILD_TOOLS)
    wanted = [line for line in names.splitlines() if line and not line.startswith("#")]
    point_to_kit(tree / "week" / "requirements.txt")
    weeks_own = (tree / "week" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted += [line for line in weeks_own if line.startswith("./kit")]
    write_atomic(tree / "requirements.txt", "\n".join(wanted) + "\n")
    pinned = re.findall(
        r"^[a-z][\w.-]*==.*?(?= \\$)", (shared / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE
    )
    write_atomic(tree / "constraints.txt", "\n".join(pinned) + "\n")
    shutil.copyfile(TEMPLATES / "classroom50" / "autograder.py", tree / "autograder.py")
