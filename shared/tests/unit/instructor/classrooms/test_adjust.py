"""Adjustments that are granted outside of a classroom."""

from concurrent.futures import ThreadPoolExecutor

from classroom.instructor.classrooms.adjust import adjust, entry_of


def test_two_at_once_lose_no_row(assignment, tmp_path):
    """If two instructors adjust a folder of submissions at the same moment, both rows are in the file."""
    names = [f"student{number}" for number in range(40)]

    with ThreadPoolExecutor(8) as threads:
        entries = [entry_of(name, assignment.name, "excuse", "", "", show_note=False) for name in names]
        path, *_ = threads.map(lambda entry: adjust(tmp_path, assignment, entry), entries)

    rows = path.read_text().splitlines()[1:]
    assert sorted(row.split(",")[0] for row in rows) == sorted(names)
