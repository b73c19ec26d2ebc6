"""Wrapping text for a terminal."""

from classroom.core.wrapping import fitted, shortened, wrapped


def test_text_is_wrapped_at_words():
    """A line breaks between words."""
    assert wrapped("one two three four", 9) == ["one two", "three", "four"]


def test_indentation_is_kept():
    """Each part of an indented line is indented."""
    assert wrapped("    a long line of code", 16) == ["    a long line", "    of code"]


def test_json_breaks_between_values():
    """JSON without spaces breaks after a comma, never in the middle of a word."""
    assert wrapped('{"name":"Lamp","price":5}', 16) == ['{"name":"Lamp",', '"price":5}']


def test_word_is_never_cut():
    """A word that is wider than the terminal stays whole."""
    assert wrapped("see https://example.org/a/long/path now", 10) == ["see", "https://example.org/a/long/path", "now"]


def test_empty_text_is_one_empty_line():
    """An empty text is one empty line."""
    assert wrapped("", 10) == [""]


def test_short_text_is_not_shortened():
    """What fits is left as it is."""
    assert shortened("404, expected 200", 20) == "404, expected 200"


def test_long_text_is_shortened_at_a_word():
    """What does not fit ends with a whole word and an ellipsis."""
    assert shortened("In /openapi.json GET /items has no tag", 30) == "In /openapi.json GET /items…"


def test_method_stays_with_its_path():
    """A request is not broken between its method and its path."""
    assert wrapped("your app has GET /items", 18) == ["your app has", "GET /items"]


def test_path_that_has_to_fit_breaks_after_a_sign():
    """Where nothing may be wider than the line, a path breaks after a sign, and its rest is followed by the next word."""
    assert fitted("queries/05_per_resource.sql, line 5", 20) == ["queries/05_per_", "resource.sql, line 5"]
    assert fitted("GET /items?min_price=10&max_price=20", 16) == ["GET /items?min_", "price=10&max_", "price=20"]


def test_word_without_signs_that_has_to_fit_is_cut():
    """Where nothing may be wider than the line, a word without signs is cut."""
    assert fitted("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]
