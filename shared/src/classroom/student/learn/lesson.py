"""The lesson of a week: its README in sections, with drawn diagrams and with examples that can be sent."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from classroom.student.examples import Example, in_block
from classroom.student.learn.shell_values import spelled_out
from classroom.web.diagrams import FOLDER, drawn, file_name
from classroom.web.markdown import Section, highlighted, sections, slug

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from classroom.core.assignment import Assignment, Task

NO_README = "# {title}\n\nThis folder has no README.md. Copy it from the course again."
SIZE = re.compile(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"')


@dataclass(frozen=True)
class Part:
    """A section of the lesson, and the task that it is about, if it is about one."""

    section: Section
    task: Task | None


@dataclass(frozen=True)
class Lesson:
    """A week's README, ready to be shown.

    Attributes:
        parts: its sections, in order.
        examples: every example, by its number on the page; None for one that cannot be sent.
    """

    parts: tuple[Part, ...]
    examples: tuple[Example | None, ...]


def text_of(assignment: Assignment) -> str:
    """Return the README of a week; a sentence if it cannot be read."""
    try:
        return (assignment.folder / "README.md").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return NO_README.format(title=assignment.title)


def anchor(task: Task) -> str:
    """Return the anchor of a task's section."""
    return slug(task.section)


def sendable(example: Example, earlier: Sequence[Example]) -> Example | None:
    """Return an example with everything that its request needs, or None if it cannot be sent from a page."""
    command = spelled_out(example.command, earlier)
    found = Example(example.line, command, example.shown) if command else None
    return found if found and found.request() else None


def key(example: Example) -> str:
    """Return what a command is recognized by, so that an old page does not send another one than it shows."""
    return hashlib.sha256(example.command.encode()).hexdigest()[:16]


def read(assignment: Assignment, draw_example: Callable[[int, Example, Example | None], Markup]) -> Lesson:
    """Return the lesson of a week.

    Args:
        assignment: the week.
        draw_example: called with the number of an example, the example, and what is sent for it, or None.
    """
    found: list[Example] = []
    ready: list[Example | None] = []

    def draw(language: str, code: str) -> Markup | None:
        if language == "mermaid":
            return _diagram(assignment, code)
        if language != "console" or not code.startswith("$ "):
            return None
        html = Markup()
        for example in in_block(code):
            ready.append(sendable(example, found))
            html += draw_example(len(found), example, ready[-1])
            found.append(example)
        return html

    tasks = {anchor(task): task for task in assignment.tasks}
    parts = [Part(section, tasks.get(section.id)) for section in sections(text_of(assignment), draw)]
    return Lesson(tuple(parts), tuple(ready))


def _diagram(assignment: Assignment, block: str) -> Markup:
    """Return a diagram as it was drawn, with its source as text; without a drawing only the text."""
    name = file_name(block)
    source = Markup('<pre tabindex="0"><code>{}</code></pre>').format(block)
    if not drawn(assignment.folder, name):
        return Markup('<figure class="diagram">{}<figcaption>A diagram, as text</figcaption></figure>').format(source)
    size = SIZE.search((assignment.folder / FOLDER / name).read_text(encoding="utf-8"))
    width, height = (round(float(size[1])), round(float(size[2]))) if size else (600, 400)
    return Markup(
        '<figure class="diagram"><img src="diagrams/{}" width="{}" height="{}" alt="A diagram; its text is below." '
        'loading="lazy"><details><summary>The diagram as text</summary>{}</details></figure>'
    ).format(name, width, height, source)


def command_html(example: Example) -> Markup:
    """Return the command of an example, highlighted."""
    return Markup(highlighted(example.command, "bash").rstrip("\n"))  # noqa: S704 - pygments escapes what it reads


def shown_html(example: Example) -> Markup:
    """Return what the README shows below the command."""
    text = "\n".join(example.shown).strip("\n")
    return Markup(highlighted(text, "json")) if text[:1] in ("{", "[") else escape(text)  # noqa: S704
