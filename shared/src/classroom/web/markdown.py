"""Markdown as HTML: highlighted, sanitized, in sections, with a place for the parts that a page draws itself."""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from markdown_it.token import Token

    # Called with the language and the text of a block of code; returns its HTML, or None for the usual one.
    Drawn = Callable[[str, str], Markup | None]

TAGS = {
    *("a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre"),
    *("span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ATTRIBUTES = {
    "a": {"href", "target"},
    "ol": {"start"},
    "span": {"class"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}
OUTSIDE = ("http://", "https://", "mailto:")
# What is wider than the page is scrolled, also with the keyboard.
SCROLLED = (
    ("<pre>", '<pre tabindex="0">'),
    ("<table>", '<div class="scrolled" tabindex="0"><table>'),
    ("</table>", "</table></div>"),
)


@dataclass(frozen=True)
class Section:
    """A part of a page, from one heading of the second level to the next; the first one is what is above them."""

    id: str
    title: str
    html: Markup


def render(text: str, drawn: Drawn = lambda *_: None) -> Markup:
    """Return Markdown as sanitized HTML; `drawn` may draw blocks of code in its own way, and is trusted."""
    return Markup("").join(section.html for section in sections(text, drawn))


def render_inline(text: str) -> Markup:
    """Return a sentence in Markdown as sanitized HTML, without a paragraph around it."""
    parser = _parser()
    html = nh3.clean(parser.renderInline(text), tags=TAGS, attributes=ATTRIBUTES)
    return Markup(html)  # noqa: S704 - sanitized in the line above


def sections(text: str, drawn: Drawn = lambda *_: None) -> list[Section]:
    """Return a page of Markdown in sections; see `render`."""
    tokens = _parser().parse(text)
    _prepare(tokens)
    starts = [0, *(index for index, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h2")]
    found = []
    for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True):
        part = tokens[start:end]
        is_section = bool(part) and part[0].tag == "h2"
        title, anchor = (part[1].content, str(part[0].attrGet("id"))) if is_section else ("", "")
        found.append(Section(anchor, title.replace("`", ""), Markup("").join(_chunks(part, drawn))))
    return found


def slug(heading: str) -> str:
    """Return the anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")


def highlighted(code: str, language: str, _: str = "") -> str:
    """Return code as HTML with a class for each kind of word; code in an unknown language stays plain."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    if not language:
        return str(escape(code))
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return str(escape(code))
    return str(highlight(code, lexer, HtmlFormatter(nowrap=True)))


@functools.cache
def _parser() -> MarkdownIt:
    # HTML in the text is shown as text.
    return MarkdownIt("commonmark", {"html": False, "highlight": highlighted}).enable(["table", "strikethrough"])


def _prepare(tokens: Sequence[Token]) -> None:
    """Give headings their anchors, open other sites in their own tab, and make links to files and images text."""
    taken: set[str] = set()
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", _unique(slug(tokens[index + 1].content), taken))
        for child in token.children or ():
            if child.type == "image":
                child.type, child.tag = "text", ""
            if child.type == "link_open":
                target = str(child.attrGet("href") or "")
                if target.startswith(OUTSIDE):
                    child.attrSet("target", "_blank")
                elif not target.startswith("#"):
                    child.attrs.pop("href", None)


def _unique(anchor: str, taken: set[str]) -> str:
    """Return an anchor, with a number if another heading has the same one, as on GitHub."""
    names = (anchor if not number else f"{anchor}-{number}" for number in itertools.count())
    name = next(name for name in names if name not in taken)
    taken.add(name)
    return name


def _chunks(tokens: Sequence[Token], drawn: Drawn) -> Iterator[Markup]:
    """Yield the HTML between the blocks that the page draws itself, and these."""
    waiting: list[Token] = []
    for token in tokens:
        own = drawn(token.info.strip(), token.content) if token.type == "fence" and token.level == 0 else None
        if own is None:
            waiting.append(token)
            continue
        yield _sanitized(waiting)
        yield own
        waiting = []
    yield _sanitized(waiting)


def _sanitized(tokens: Sequence[Token]) -> Markup:
    parser = _parser()
    html = nh3.clean(parser.renderer.render(tokens, parser.options, {}), tags=TAGS, attributes=ATTRIBUTES)
    for plain, scrolled in SCROLLED:
        html = html.replace(plain, scrolled)
    return Markup(html)  # noqa: S704 - sanitized in this function


def with_code(text: str) -> Markup:
    """Return a text as HTML, with what is between backticks as code; all of it as text if a backtick is missing."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup().join(
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part) for index, part in enumerate(parts)
    )
