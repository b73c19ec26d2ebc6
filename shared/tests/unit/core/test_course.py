"""Finding the folder of a week or an extra by what people type."""

import shutil

import pytest
from classroom.core.assignment import Assignment
from classroom.core.course import assignment_folders, extras, find
from classroom.core.errors import UsageError


class TestFind:
    def test_without_a_name_it_is_the_week_around(self, week):
        """Inside a week, no name means that week."""
        assert find(None, week / "app") == week

    def test_a_number_inside_a_week_alone_is_that_week(self, week):
        """A week without its course is found by its own number."""
        assert find("1", week / "app") == week

    def test_a_folder_is_used_directly(self, course, week):
        """A folder's name is enough."""
        assert find("week1-tiny", course) == week

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            (None, "Which week? Give its number or its folder"),
            ("7", "There is no week 7 in "),
            ("week1-tinny", "There is no week or extra week1-tinny. Did you mean week1-tiny?"),
            ("zzz", "There is no week or extra zzz. Weeks here: week1-tiny."),
            ("week2/zzz", "There is no folder week2/zzz. Weeks here: week1-tiny."),
            ("file", "file is a file. A week is a folder, or its number, such as 1."),
        ],
    )
    def test_what_is_not_a_week_is_explained(self, course, name, message):
        """A wrong name raises an error that says what exists."""
        (course / "file").touch()

        with pytest.raises(UsageError) as error:
            find(name, course)

        assert message in str(error.value)

    def test_outside_a_course_a_number_means_nothing(self, tmp_path):
        """Without a course the error says where to go."""
        with pytest.raises(UsageError, match=r"There is no course in .* or above it"):
            find("1", tmp_path)


class TestExtras:
    def test_extra_is_found_by_its_name(self, course, week, extra):
        """The name leads to the extra from the course, from any folder of a week, and from the extra itself."""
        for start in (course, week / "app", extra, extra / "app"):
            assert find("more", start) == extra

    def test_no_name_and_the_weeks_number_mean_what_is_around(self, week, extra):
        """In an extra's folder no name means the extra, and the week's number the week."""
        assert find(None, extra / "app") == extra
        assert find("1", extra / "app") == week

    def test_week_alone_finds_its_extra(self, week, extra, tmp_path):
        """A week that was handed out alone has its extras, whatever its folder is called."""
        shutil.copytree(week, tmp_path / "alice's clone")

        assert find("more", tmp_path / "alice's clone" / "app") == tmp_path / "alice's clone/extra/more"

    def test_folder_of_that_name_is_no_obstacle(self, course, extra):
        """A folder of the same name that is not a week is passed over; one that is a week is meant."""
        (course / "more").mkdir()
        assert find("more", course) == extra

        shutil.copy(extra / "assignment.toml", course / "more")
        assert find("more", course) == course / "more"

    def test_misspelled_name_is_corrected(self, course, extra):
        """A name that is nearly an extra's is answered with that one."""
        with pytest.raises(UsageError, match=r"There is no week or extra mroe. Did you mean more\?"):
            find("mroe", course)

    def test_extra_knows_its_week_and_its_course(self, course, week, extra):
        """An extra is listed after its week, and is no week itself."""
        assert assignment_folders(course) == [week, extra]
        assert (Assignment.load(extra).week, Assignment.load(extra).course) == (week, course)
        assert (Assignment.load(week).week, Assignment.load(week).course) == (None, course)

    def test_folder_without_the_file_is_no_extra(self, week, extra):
        """A folder without assignment.toml, such as one that git has emptied, is not an extra."""
        (extra / "assignment.toml").unlink()

        assert extras(week) == {}
