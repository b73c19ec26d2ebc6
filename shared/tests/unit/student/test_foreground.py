"""What is said about a system that runs in the foreground."""

from types import SimpleNamespace

import pytest
from classroom.student.foreground import effect


@pytest.mark.parametrize(
    ("name", "left", "sentence"),
    [
        ("a", ["b"], "the site continues with b"),
        ("b", ["worker1"], "no instance is left, and the balancer returns 503"),
        ("cache", ["a", "b"], "the site continues without one"),
        ("worker1", ["a", "worker2"], "the other workers take over its work"),
        ("worker2", ["a", "b"], "no worker is left, and the jobs wait"),
    ],
)
def test_what_it_means_that_a_part_has_stopped(name, left, sentence):
    """What a stopped part means for the site depends on which others are still running."""
    assert effect(name, SimpleNamespace(left=lambda: left)) == sentence
