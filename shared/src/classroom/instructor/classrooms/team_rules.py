"""The rules of teams: what a team can be called, how many can be in it, and what is said to those who break one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.text import sanitize
from classroom.instructor.teams import MAX_SIZE, MIN_SIZE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from classroom.instructor.teams import Team, Teams

MAX_TITLE = 60
MAX_TEAMS = 1000
BAD_SIZE = f"A team has {MIN_SIZE} to {MAX_SIZE} members. Choose a number in this range."
BAD_TITLE = (
    f"A team's name must begin with a letter or digit and have at most {MAX_TITLE} characters. Choose another one."
)
SAME_TITLE = "There is already a team called {title}. Choose another name; students can join that team with its code."
NO_TEAMS = "Students hand in {week} on their own. Turn on teams for this week first."
NO_TEAM = "There is no team {title}."
WRONG_CODE = "No team has this code. Ask a member of the team for it; it is shown on their page for this week."
FULL = "{title} is full: a team can have at most {size} members."
TAKEN = "You are already in {title}. Leave that team first."
NOT_MEMBER = "You are not in a team."
BY_INSTRUCTOR = "Your instructor forms the teams for this week."
NOT_LISTED = "{name} is not on the roster."
CLOSED = "This week has been closed since {closing}. Ask your instructor."
BEGUN = "{title} has already pushed, so you cannot leave it. Ask your instructor."
PUSHED_ALONE = "{name} has already pushed to {week}, so it can no longer be handed in by teams."
PUSHED = "{title} has already pushed to {week}, so teams cannot be turned off for this week."
STAYS = "{title} has already pushed, so it cannot be removed. You can move its members to other teams."
TOO_SMALL = "{title} has {count} members. Move members out of it before you set the limit to {size}."
TOO_MANY = f"This week already has {MAX_TEAMS} teams, which is the limit."


def listed(team: Team, roster: Collection[str]) -> list[str]:
    """Return the members of a team who are on the roster: the others take no place."""
    return [member for member in team.members if member in roster]


def placed(teams: Teams, wanted: Mapping[str, Team | None], roster: Collection[str]) -> Teams:
    """Return the teams after students were put into others, or into none.

    Args:
        teams: as they are.
        wanted: where each student goes, by username.
        roster: the usernames of those who take a place.

    Raises:
        UsageError: a team would be too large.
    """
    after = []
    for team in teams.teams:
        kept = tuple(member for member in team.members if member not in wanted)
        new = [username for username, into in wanted.items() if into is not None and into.name == team.name]
        changed = replace(team, members=(*kept, *new))
        if len(listed(changed, roster)) > teams.size and set(new) - set(team.members):
            raise UsageError(FULL.format(title=team.title, size=teams.size))
        after.append(changed)
    return replace(teams, teams=tuple(after))


def title_of(typed: str) -> str:
    """Return the name of a team that someone has typed.

    Raises:
        UsageError: it is not a name.
    """
    title = " ".join(typed.split())
    # It is also opened in spreadsheets, where `=` would begin a formula, and named in paths and on terminals.
    if not title or len(title) > MAX_TITLE or not title[0].isalnum() or sanitize(title) != title:
        raise UsageError(BAD_TITLE)
    return title
