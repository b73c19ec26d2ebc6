"""Another check of a student's last push, which then waits in the inbox as if it had been pushed again."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.files import write_atomic
from classroom.core.result import utc_timestamp

if TYPE_CHECKING:
    from classroom.instructor.classrooms.classroom import Classroom

NOTHING = "Nothing has been pushed yet, so there is nothing to check again."


def check_again(classroom: Classroom, week: str, name: str) -> None:
    """Let the last push of a student, or of a team, be checked once more.

    Its result is removed first: until there is another one, the pages say that it is being checked, and a server that
    starts after a kill in between finds that it has none.

    Raises:
        UsageError: nothing was pushed.
        ClassroomError: the record of the pushes cannot be read.
    """
    repository = classroom.repository(week, name)
    pushes = repository.pushes()[1:] if repository else []  # the first is the starter
    if repository is None or not pushes:
        raise UsageError(NOTHING)
    last = pushes[-1]
    notice = f"{int(time.time())}-{secrets.token_hex(4)}-{repository.path.name}"
    lines = (week, repository.path.name, last.commit, utc_timestamp(last.received))
    classroom.score_path(week, name).unlink(missing_ok=True)
    write_atomic(classroom.state_dir / "inbox" / notice, "".join(f"{line}\n" for line in lines))
