"""Lists of repositories: each is one student's."""

import pytest
from classroom.core.errors import UsageError
from classroom.instructor.classrooms.github import read_list


def test_two_repositories_of_one_name_are_told(tmp_path):
    """Forks with the same name would be cloned over each other and graded as one student: they are rejected."""
    path = tmp_path / "cohort.txt"
    path.write_text("alice/week1-hello-api\nbob/Week1-hello-api\n")

    with pytest.raises(UsageError, match=r"alice/week1-hello-api and bob/Week1-hello-api have the same name"):
        read_list(path)


def test_repository_that_is_named_twice_counts_once(tmp_path):
    """The same repository on two lines, in another case or as an address, is one."""
    path = tmp_path / "cohort.txt"
    path.write_text("school/week1-alice\nhttps://github.com/School/week1-alice.git\nschool/week1-bob\n")

    assert [str(place) for place in read_list(path)] == ["school/week1-alice", "school/week1-bob"]
