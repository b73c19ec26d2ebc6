"""`verify --only` with a text that nothing has is an error, and names what there is."""

import pytest
from classroom.core.errors import UsageError
from classroom.instructor.proof.selection import ensure_selected


def test_text_without_an_answer_is_an_error_with_all_titles(classroom):
    """A mistyped title is not reported as free of problems: the message lists the titles by kind."""
    done = classroom("verify", 1, "--only", "wrong/absolut_")

    assert done.status == 2
    assert "No answer of week1-tiny has 'wrong/absolut_' in its title. There are:" in done.err
    lines = [line.strip() for line in done.err.splitlines()]
    assert {"starter", "solution", "prefix/1, prefix/2"} <= set(lines)
    assert any(line.startswith("wrong/") and "wrong/absolute," in line for line in lines)


def test_text_without_a_mutant_is_an_error_with_the_most_similar(classroom):
    """A mistyped short form of a mutant is an error, which names each file and similar short forms."""
    done = classroom("verify", 1, "--mutants", "--only", "return Nome")

    assert done.status == 2
    assert "No mutant of week1-tiny has 'return Nome' in its short form. There are " in done.err
    assert "of app/main.py. The most similar:" in done.err
    assert "=> return None" in done.err


def test_text_that_one_of_several_has_is_enough(assignment):
    """Over the whole course, a title needs to exist in one week only; if no week has it, the message says so."""
    ensure_selected([assignment, assignment], "wrong/absolute", of_mutants=False)

    with pytest.raises(UsageError, match="No answer of any week or extra has 'right/no_such' in its title"):
        ensure_selected([assignment, assignment], "right/no_such", of_mutants=False)
