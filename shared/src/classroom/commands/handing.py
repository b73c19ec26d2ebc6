"""What an instructor does to hand a week out, and to get back what was made of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from classroom.commands import Group


def declare(group: Group) -> None:
    """Declare this group's commands."""
    publish = group.add(
        "publish", _publish, "publish a week, or all, as students get it", "classroom publish 1 --to handed-out"
    )
    publish.add_argument("week", metavar="WEEK", help="a week's folder or number, or: all")
    publish.add_argument(
        "--to", required=True, metavar="DIR-or-git-remote", help="a new folder, one published before, or a git address"
    )


def _publish(arguments: argparse.Namespace) -> int:
    from classroom.publish import publish

    done = publish(arguments.week, arguments.to, Path.cwd())
    if done.changed:
        print(f"{done.files} files published to {done.target}, tagged {done.tag}.")
    else:
        print(f"Nothing has changed since {done.tag}.")
    return 0
