"""The rows of a README's table of weeks, in the order of their numbers."""

import re

ROW = re.compile(r"^\| \[(?P<number>\d+)\]\((?P<week>week[^/)]*)/README\.md\).*\n", re.MULTILINE)
TASKS = 3  # the cell with the number of tasks, after the empty one before the first bar


def tasks_in_row(text: str, week: str) -> int | None:
    """Return how many tasks a README's row of a week names; None if there is no such row, or no number in it."""
    for row in ROW.finditer(text):
        cells = [cell.strip() for cell in row[0].split("|")]
        if row["week"] == week and len(cells) > TASKS and cells[TASKS].isdecimal():
            return int(cells[TASKS])
    return None


def with_row(text: str, number: int, row: str) -> str:
    """Return a README with the row of a week before that of the next one; unchanged if it has no row of any week."""
    rows = list(ROW.finditer(text))
    if not rows:
        return text
    place = next((found.start() for found in rows if int(found["number"]) > number), rows[-1].end())
    return text[:place] + row + text[place:]
