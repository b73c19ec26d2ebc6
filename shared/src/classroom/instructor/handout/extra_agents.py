"""The AGENTS.md of an extra that is handed out alone: the week's, with the extra's own title and files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SUBJECT = re.compile(r"^This folder is a course assignment: .*$", re.MULTILINE)
PLACES = re.compile(r"(?:in `[^`\n]+`(?:, | ))+or in the chat\b")


def agents_alone(text: str, title: str, files: Iterable[str]) -> str:
    """Return the AGENTS.md of an extra.

    Args:
        text: the AGENTS.md of its week.
        title: the extra's title.
        files: what students write; a folder ends with a slash.
    """
    places = ", ".join(f"in `{file}`" for file in files)
    text = SUBJECT.sub(lambda _: f"This folder is a course assignment: {title}.", text)
    return PLACES.sub(lambda _: f"{places} or in the chat", text)
