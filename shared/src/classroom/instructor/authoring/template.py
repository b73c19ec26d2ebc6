"""The files of a new week or task, rendered from the templates next to this module."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).with_name("templates")
SUFFIX = ".jinja"


def rendered(kind: str, **values: Any) -> dict[str, str]:
    """Return the text of each file of a template, by its path.

    Args:
        kind: a folder of templates, `week` or `task`.
        values: what the templates name.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = TEMPLATES / kind
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=False,  # noqa: S701 - Python, TOML and Markdown, by the author of the course
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["quoted"] = lambda text: json.dumps(text, ensure_ascii=False)
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob(f"*{SUFFIX}"))
    return {name.removesuffix(SUFFIX): environment.get_template(name).render(values) for name in names}
