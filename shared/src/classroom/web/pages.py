"""Templates and static files of a site: the foundation's and the site's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import HTTPException
from fastapi.responses import FileResponse, HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from classroom.web.diagrams import FOLDER, drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent
BASE = "page/base.html"  # what each page extends
STATIC = ("page/base.css", "page/live.js", "page/icon.svg")
# What an SVG may do when it is opened by itself: its style is inside it.
DRAWING_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
# Not those of `mimetypes`: on Windows any program may have changed them.
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Pages:
    """The templates of a site; everything that they show is escaped.

    Args:
        folder: the folder of the site's own templates and static files, in which `names` are.
        names: the static files that may be asked for, such as `page/learn.css`.
        more: folders of other sites whose templates are also used, each with its static files.
    """

    def __init__(self, folder: Path, names: Sequence[str], more: Sequence[tuple[Path, Sequence[str]]] = ()) -> None:
        groups = ((HERE, STATIC), *more, (folder, names))
        self._static = {Path(name).name: base / name for base, group in groups for name in group}
        self._templates = Environment(
            loader=FileSystemLoader([folder, *(base for base, _ in more), HERE]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, template: str, **values: Any) -> HTMLResponse:
        """Return a page or a part of one."""
        return HTMLResponse(self._templates.get_template(template).render(**values))

    def fragment(self, template: str, **values: Any) -> Markup:
        """Return a part of a page to be placed in another one."""
        return Markup(self._templates.get_template(template).render(**values))  # noqa: S704 - the template escapes

    def static(self, name: str) -> Response:
        """Return a static file.

        Raises:
            HTTPException: the site has none of this name.
        """
        if name not in self._static:
            raise HTTPException(404)
        return Response(self._static[name].read_bytes(), media_type=TYPES[Path(name).suffix])


def diagram(folder: Path, name: str) -> FileResponse:
    """Return a drawn diagram of the page in a folder.

    Raises:
        HTTPException: the page has none of this name.
    """
    if not drawn(folder, name):
        raise HTTPException(404)
    headers = {"Content-Security-Policy": DRAWING_POLICY}
    return FileResponse(folder / FOLDER / name, media_type=TYPES[".svg"], headers=headers)
