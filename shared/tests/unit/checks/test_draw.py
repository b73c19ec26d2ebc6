"""Random values of checks."""

import re

import pytest
from classroom.checks.draw import Draw


@pytest.mark.parametrize("length", [1, 4, 9, 10, 11, 100])
def test_word_has_its_length(length):
    """A word has exactly as many letters as were asked for."""
    assert re.fullmatch(rf"[a-z]{{{length}}}", Draw(1, "check").word(length))


def test_long_word_can_be_spoken():
    """Consonants and vowels take turns in a word of the usual length."""
    assert re.fullmatch("([b-df-hj-np-tv-z][aeiou])+", Draw(1, "check").word())


def test_words_repeat_with_the_seed_only():
    """The same seed and check name give the same words, and others give different ones."""
    words = [Draw(seed, name).word() for seed, name in ((1, "a"), (1, "a"), (2, "a"), (1, "b"))]

    assert words[0] == words[1]
    assert len(set(words)) == 3
