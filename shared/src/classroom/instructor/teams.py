"""Teams: the students who hand in a week together, as a file in the week's folder.

WEEK/.teams.json                             the size limit, and each team with its members; it exists in weeks with teams
WEEK/WEEK-team-blue.git                      the repository that the members of a team share
WEEK/WEEK-team-blue.git/classroom-members    who may use it over ssh, a username on each line
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.files import write_atomic
from classroom.core.text import one_line
from classroom.instructor.codes import is_same_code

if TYPE_CHECKING:
    from pathlib import Path

FILE = ".teams.json"
MEMBERS = "classroom-members"
LOCK = "teams.lock"  # in `.classroom`: held by what forms or fills teams, or changes what is granted to one
PREFIX = "team-"
NAME = re.compile(rf"{PREFIX}[A-Za-z0-9._-]+")
MIN_SIZE, MAX_SIZE = 2, 20


@dataclass(frozen=True)
class Team:
    """One team.

    Attributes:
        name: of its repository and of its results, such as team-blue.
        title: what its members call it.
        code: with which students join it.
        members: their usernames.
    """

    name: str
    title: str
    code: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class Teams:
    """The teams of a week.

    Attributes:
        size: how many members a team can have.
        by_students: whether students create and join teams themselves.
    """

    size: int
    by_students: bool
    teams: tuple[Team, ...] = ()

    def of(self, username: str) -> Team | None:
        """Return the team of a student, or None."""
        return next((team for team in self.teams if username in team.members), None)

    def named(self, name: str) -> Team | None:
        """Return the team with the name of a repository, or None."""
        return next((team for team in self.teams if team.name == name), None)

    def called(self, text: str) -> Team | None:
        """Return the team that someone calls by its name or its title, however these are typed; None if there is none."""
        wanted = " ".join(text.split()).casefold()
        by_title = {team.title.casefold(): team for team in self.teams}
        by_name = {team.name.casefold(): team for team in self.teams}
        return by_name.get(wanted) or by_title.get(wanted)

    def with_code(self, typed: str) -> Team | None:
        """Return the team that students join with a code, however it is typed; None if it is nobody's."""
        return next((team for team in self.teams if is_same_code(typed, team.code)), None)


def read_teams(folder: Path) -> Teams | None:
    """Return the teams of the week in a folder, or None if everyone works alone there.

    Raises:
        UsageError: the file cannot be read, or someone is in two teams.
    """
    path = folder / FILE
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        found = tuple(
            Team(str(one["name"]), one_line(str(one["title"])), str(one["code"]), tuple(map(str, one["members"])))
            for one in data["teams"]
        )
        teams = Teams(int(data["size"]), bool(data["by_students"]), found)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise UsageError(f"{path} is not valid: restore it from a backup.") from None
    members = [member for team in found for member in team.members]
    if twice := next((member for member in members if members.count(member) > 1), None):
        raise UsageError(f"{path}: {one_line(twice)} is in two teams. Remove the name from one of them.")
    if odd := next((team.name for team in found if not NAME.fullmatch(team.name)), None):
        raise UsageError(f"{path}: {one_line(odd)} is not the name of a team, such as {PREFIX}blue.")
    return teams


def edition(folder: Path) -> object:
    """Return what differs once the teams in a folder were written again, however quickly."""
    try:
        found = (folder / FILE).stat()
    except OSError:
        return "none"
    return found.st_ino, found.st_mtime_ns, found.st_size


def write_teams(folder: Path, teams: Teams) -> None:
    """Write the teams of the week in a folder."""
    write_atomic(folder / FILE, json.dumps(asdict(teams), indent=1, ensure_ascii=False) + "\n")
