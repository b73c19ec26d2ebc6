"""The diagrams of a page of Markdown: Mermaid blocks, drawn ahead by `make diagrams` and committed next to the page.

A file is named after its block, so a block that has changed has no drawing until `make diagrams` is run again.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "diagrams"
BLOCK = re.compile(r"^```mermaid\n(.*?)^```", re.DOTALL | re.MULTILINE)
NAME = re.compile(r"[0-9a-f]{16}\.svg")


def blocks(text: str) -> list[str]:
    """Return the source of each Mermaid block of a page, in order."""
    return BLOCK.findall(text)


def file_name(block: str) -> str:
    """Return the name of the file in which a block is drawn."""
    return hashlib.sha256(block.strip().encode()).hexdigest()[:16] + ".svg"


def drawn(folder: Path, name: str) -> bool:
    """Return whether the diagrams of the page in this folder include a file."""
    return NAME.fullmatch(name) is not None and (folder / FOLDER / name).is_file()
