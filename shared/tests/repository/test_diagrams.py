"""The diagrams of the lessons are drawn."""

from pathlib import Path

import pytest
from classroom.web.diagrams import FOLDER, blocks, file_name

ROOT = Path(__file__).resolve().parents[3]
LESSONS = [path.parent for place in ("week*", "week*/extra/*") for path in sorted(ROOT.glob(f"{place}/README.md"))]


@pytest.mark.parametrize("week", LESSONS, ids=lambda path: path.name)
def test_each_block_has_its_drawing_and_no_other_is_left(week):
    """A week's drawings are those of the Mermaid blocks in its README: after a change, `make diagrams` draws them."""
    readme = (week / "README.md").read_text(encoding="utf-8")

    assert {path.name for path in (week / FOLDER).glob("*")} == {file_name(block) for block in blocks(readme)}


@pytest.mark.parametrize(
    "path", [path for week in LESSONS for path in sorted((week / FOLDER).glob("*.svg"))], ids=lambda path: path.stem
)
def test_drawing_is_inert_and_follows_dark_mode(path):
    """A drawing has its text as text, runs no script, loads nothing, and has colors for the night."""
    svg = path.read_text(encoding="utf-8")

    assert "<text" in svg
    assert "<script" not in svg
    assert "@import" not in svg
    assert "prefers-color-scheme:dark" in svg.replace(" ", "")
