"""A room: the folder in which one app's files lie, as the walls show them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from classroom.apps.inside.inner_walls import GIVEN


def copy_app(room: Path, folder: Path, given: dict[str, str]) -> dict[str, str]:
    """Copy an app's files to where the walls show them; everybody may read them there, nobody may write.

    Returns:
        For each module that the course gives, its file as it is seen behind the walls.
    """
    shutil.copytree(folder, room / "submission", copy_function=shutil.copyfile, dirs_exist_ok=True)
    (room / "given").mkdir(exist_ok=True)
    laid = {}
    for module, place in given.items():
        inside = f"{module.replace('.', '/')}.py"
        (room / "given" / inside).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(place, room / "given" / inside)
        laid[module] = f"{GIVEN}/{inside}"
    room.chmod(0o755)
    for top, folders, files in os.walk(room):
        for name in folders:
            Path(top, name).chmod(0o755)
        for name in files:
            Path(top, name).chmod(0o644)
    return laid
