"""The files of one app, as the sandbox shows them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from classroom.apps.inside.inner_walls import GIVEN


def copy_app(room: Path, folder: Path, given: dict[str, str]) -> dict[str, str]:
    """Copy an app's files to where the sandbox shows them, readable for everyone.

    Args:
        room: the app's folder, outside the sandbox.
        folder: the submission.
        given: for each module that the course provides, its file.

    Returns:
        For each module that the course provides, the path of its file inside the sandbox.
    """
    shutil.copytree(folder, room / "submission", copy_function=shutil.copyfile, dirs_exist_ok=True)
    (room / "given").mkdir(exist_ok=True)
    paths = {}
    for module, file in given.items():
        inside = f"{module.replace('.', '/')}.py"
        (room / "given" / inside).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, room / "given" / inside)
        paths[module] = f"{GIVEN}/{inside}"
    room.chmod(0o755)
    for top, folders, files in os.walk(room):
        for name in folders:
            Path(top, name).chmod(0o755)
        for name in files:
            Path(top, name).chmod(0o644)
    return paths
