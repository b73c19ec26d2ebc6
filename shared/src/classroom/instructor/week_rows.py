"""The rows of a README's table of weeks, in the order of their numbers."""

import re

ROW = re.compile(r"^\| \[(?P<number>\d+)\]\((?P<week>week[^/)]*)/README\.md\).*\n", re.MULTILINE)


def with_row(text: str, number: int, row: str) -> str:
    """Return a README with the row of a week before that of the next one; unchanged if it has no row of any week."""
    rows = list(ROW.finditer(text))
    if not rows:
        return text
    place = next((found.start() for found in rows if int(found["number"]) > number), rows[-1].end())
    return text[:place] + row + text[place:]
