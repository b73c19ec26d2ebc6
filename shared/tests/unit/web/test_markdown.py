"""Markdown as a page shows it."""

import pytest
from classroom.web.markdown import render, sections, slug
from markupsafe import Markup


def test_page_is_divided_at_headings_of_the_second_level():
    """The first section is what is above them; each one has the anchor that GitHub gives its heading."""
    found = sections("# Week\n\nHello.\n\n## 3. One `item`, by id\n\nText.\n\n### Below\n\n## Hand in\n")

    assert [(section.id, section.title) for section in found] == [
        ("", ""),
        ("3-one-item-by-id", "3. One item, by id"),
        ("hand-in", "Hand in"),
    ]
    assert '<h3 id="below">' in found[1].html


def test_anchor_is_githubs():
    """Punctuation is dropped, and each space becomes a hyphen."""
    assert slug("The database of `make run` & more") == "the-database-of-make-run--more"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[here](javascript:alert(1))",
        "[here](data:text/html,<script>alert(1)</script>)",
        "![x](http://evil.example/pixel.png)",
        "```html\n<script>alert(1)</script>\n```",
        "```no-such-language\n<script>alert(1)</script>\n```",
        "`<script>`",
        "| <b onclick=x> |\n| --- |\n| <iframe src=//x> |",
    ],
)
def test_html_in_markdown_is_inert(text):
    """HTML and active links in the text are shown as text or dropped."""
    html = render(text)

    for tag in ("<script", "<img", "<iframe", "<b ", 'href="javascript', 'href="data'):
        assert tag not in html


def test_list_keeps_its_first_number_and_an_image_its_text():
    """A list goes on where an earlier one ended; an image is its alternative text, because no image is loaded."""
    html = render("3. Third\n\nText ![a *cat*](cat.png) here.")

    assert '<ol start="3">' in html
    assert "Text a *cat* here." in html


def test_heading_that_is_there_twice_has_a_number():
    """Anchors are numbered as on GitHub, and links in the page lead to the right heading."""
    found = sections("## Notes\n\n## Notes\n\n## Notes 1\n\n## Notes\n")

    assert [section.id for section in found[1:]] == ["notes", "notes-1", "notes-1-1", "notes-2"]


def test_link_to_another_site_opens_a_tab_of_its_own():
    """A link elsewhere leaves this page open, a link within the page stays, and a link to a file is plain text."""
    html = render("[a](http://127.0.0.1:8000/docs) [b](#hand-in) [c](HINTS.md)")

    assert '<a href="http://127.0.0.1:8000/docs" target="_blank" rel="noopener noreferrer">a</a>' in html
    assert '<a href="#hand-in" rel="noopener noreferrer">b</a>' in html
    assert "HINTS.md" not in html


def test_code_is_highlighted_and_can_be_scrolled_by_keyboard():
    """Words of code have classes; a block that may be wider than the page can be focused."""
    html = render("```python\ndef read_root():\n    return {}\n```\n")

    assert '<span class="k">def</span>' in html
    assert '<pre tabindex="0">' in html


def test_page_may_draw_blocks_itself():
    """A block that the page draws is replaced where it was; the others stay."""
    html = render(
        "A\n\n```mermaid\nflowchart\n```\n\nB\n", lambda language, _: Markup("<hr>") if language == "mermaid" else None
    )

    assert html.replace("\n", "") == "<p>A</p><hr><p>B</p>"
