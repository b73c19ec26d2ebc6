"""Text from a submission as it is shown: nothing active, nothing invisible, no two names that look the same."""

import sys
import unicodedata

import pytest
from classroom.core.result import Result
from classroom.core.text import display_name, one_line, sanitize

FILLERS = "\u115f\u1160\u3164\uffa0\u2800\u034f\ufe0f"


def test_all_of_unicodes_invisible_characters_are_shown():
    """Every control, format and separator character of this Python's Unicode, and every filler, is escaped."""
    kinds = {"Cc", "Cf", "Zl", "Zp"}
    invisible = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in kinds]

    left = [f"{ord(one):x}" for one in (*invisible, *FILLERS) if one not in "\n\t" and sanitize(one) == one]

    assert left == []


@pytest.mark.parametrize("text", ["Grüße, Zoë", "Ångström 100 €", "日本語", "Мария", "العربية", "a\tb\nc", "🎉"])
def test_plain_text_of_any_language_stays(text):
    """What can be seen is shown unchanged."""
    assert sanitize(text) == text


@pytest.mark.parametrize("name", ["line\nbreak", "x\ty", "x\ry", "x\x85y", "x\u2028y", "x\x0by"])
def test_name_is_one_line(name):
    """A name with a line break of any kind fills one line, without tabs."""
    assert len(one_line(name).splitlines()) == 1
    assert "\t" not in one_line(name)


@pytest.mark.parametrize(
    "name",
    [
        *("ada\u200b", "a\u00adda", "\u0430da", "ad\u03b1", "ada\u3164", "ada\ufe0f", "\uff41da", "ada\U000e0041"),
        *(" ada", "ada ", "ada\u00a0", "ada\u2003", "\U0001d41ada"),
    ],
)
def test_name_that_looks_like_another_is_shown_otherwise(name):
    """Invisible characters, odd spaces and letters of other alphabets do not make one name look like another."""
    assert display_name(name).strip() != "ada"
    assert display_name(name).isascii()


@pytest.mark.parametrize("name", ["alice", "Zoë Müller", "Мария Кюри", "week1-José", "Ελένη", "a&b <i>"])
def test_name_in_one_alphabet_is_shown_as_it_is(name):
    """A name that cannot be mistaken is shown unchanged."""
    assert display_name(name) == name


def test_result_file_holds_no_control_character_and_reads_back():
    """The JSON of a result is printable, and is the same result when it is read."""
    odd = "\x9b31m\x7f\x00\u202e\u2028\U000e0041\u200b" + "é"
    result = Result("week1", odd, "could-not-grade", None, 100, reason=odd)

    text = result.to_json()

    assert [one for one in text if one != "\n" and not one.isprintable()] == []
    assert "é" in text
    assert Result.from_json(text) == result
