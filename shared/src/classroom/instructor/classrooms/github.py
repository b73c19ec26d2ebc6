"""Many repositories on GitHub or its like: listed in parts, fetched, their grades joined and set as commit statuses."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError, UsageError
from classroom.core.files import take_folder, write_atomic
from classroom.core.git import git
from classroom.core.result import GRADED, Result
from classroom.core.text import one_line
from classroom.instructor.grading.report import report
from classroom.instructor.grading.results import PAIRS, SETTINGS, read_results
from classroom.instructor.roster import Student, write_roster

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

TOKEN = "CLASSROOM_TOKEN"  # noqa: S105 - the variable's name
MOST_PARTS = 256  # jobs of one matrix, GitHub's limit
PLACE = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")
CONTEXT = "classroom/grade"
AT_ONCE = 8
CLONE_ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "https:file"}
ATTEMPTS, PATIENCE = 5, 90  # for a status: GitHub asks who is fast to wait a while
TOO_FAST = (403, 429, 502, 503)
# Git asks this for the password; the token stands in the environment alone, in no address and no file.
HELPER = f'!f() {{ echo username=x-access-token; echo "password=${TOKEN}"; }}; f'


@dataclass(frozen=True)
class RepoName:
    """A repository: its owner and its name."""

    owner: str
    name: str

    def student(self, week: str) -> str:
        """Whose it is."""
        return self.name.removeprefix(f"{week}-") or self.name

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"


def read_places(path: Path) -> list[RepoName]:
    """The repositories of a list: one `owner/name` or address a line, `#` begins a remark.

    Raises:
        UsageError: it cannot be read, a line is something else, or two repositories would be one student's.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise UsageError(f"The list {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UsageError(f"The list {path} is no text in UTF-8.") from None
    found: dict[str, RepoName] = {}
    for number, line in enumerate(lines, start=1):
        text = line.partition("#")[0].strip().removesuffix("/").removesuffix(".git")
        if not text:
            continue
        text = re.sub(r"^(https://[^/]+/|git@[^:]+:)", "", text)
        if not PLACE.fullmatch(text) or ".." in text:
            raise UsageError(
                f"{path}, line {number}: {one_line(text)[:80]} is no repository, such as school/week1-alice."
            )
        place = RepoName(*text.split("/"))
        found.setdefault(str(place).casefold(), place)
    if not found:
        raise UsageError(f"There is no repository in {path}: write one on each line, such as school/week1-alice.")
    by_name: dict[str, RepoName] = {}
    for place in found.values():
        other = by_name.setdefault(place.name.casefold(), place)
        if other is not place:
            raise UsageError(
                f"{path}: {other} and {place} have the same name, by which students are told apart: give each list one."
            )
    return list(found.values())


def parts(places: Sequence[RepoName], size: int) -> list[str]:
    """How the list is split: `1/3`, `2/3`, `3/3`; never more parts than a matrix may have."""
    count = min(MOST_PARTS, -(-len(places) // size))
    return [f"{number}/{count}" for number in range(1, count + 1)]


def part_of(places: Sequence[RepoName], part: str) -> list[RepoName]:
    """One part of the list.

    Raises:
        UsageError: there is no such part.
    """
    match = re.fullmatch(r"(\d{1,4})/(\d{1,4})", part)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise UsageError(f"{part} is no part: write it like 2/3, the second of three.")
    return list(places[int(match[1]) - 1 :: int(match[2])])


def fetch(week: str, places: Sequence[RepoName], to: Path, tell: Callable[[str], None]) -> int:
    """Clone repositories side by side for `grade`, with a roster that names also those that cannot be had.

    Args:
        week: the assignment's name, with which a repository's name begins.
        places: the repositories.
        to: a folder.
        tell: called with a sentence for each that cannot be had.

    Returns:
        How many were fetched.

    Raises:
        UsageError: the folder holds something else.
        ClassroomError: none could be fetched at all.
    """
    take_folder(to, "fetched")
    write_roster(to / "roster.csv", [Student(place.student(week), str(place)) for place in places])
    with ThreadPoolExecutor(AT_ONCE) as hands:
        troubles = list(hands.map(lambda place: _clone(place, to / f"{place.name}.git"), places))
    for place, trouble in zip(places, troubles, strict=True):
        if trouble:
            tell(f"{place} could not be fetched: {trouble}")
    fetched = troubles.count("")
    if places and not fetched:
        raise ClassroomError(f"No repository could be fetched. Does {TOKEN} hold a token that may read them?")
    return fetched


def _clone(place: RepoName, target: Path) -> str:
    """Clone one repository; what went wrong, or nothing."""
    shutil.rmtree(target, ignore_errors=True)
    server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
    token = ["-c", "credential.helper=", "-c", f"credential.helper={HELPER}"] if os.environ.get(TOKEN) else []
    argv = [*token, "clone", "--quiet", "--bare", "--template=", f"{server}/{place}.git", str(target)]
    try:
        git(*argv, env=CLONE_ENVIRONMENT, network=True)
    except ClassroomError as error:
        return str(error)
    return ""


def join(outs: Sequence[Path], to: Path) -> int:
    """Put the gradings of several parts together: one gradebook, one page, all results and feedback.

    Returns:
        How many results there are.

    Raises:
        UsageError: a folder holds no grading, or gradings of several weeks.
    """
    weeks = {result.assignment for out in outs for result in read_results(out)}
    if len(weeks) > 1:
        raise UsageError(f"These are gradings of several weeks: {', '.join(sorted(weeks))}.")
    rows: list[dict[str, str]] = []
    pairs: list[object] = []
    for out in outs:
        for folder in ("results", "feedback"):
            shutil.copytree(out / folder, to / folder, dirs_exist_ok=True)
        with (out / "gradebook.csv").open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file)
        if (out / PAIRS).is_file():
            pairs += json.loads((out / PAIRS).read_text(encoding="utf-8"))
        shutil.copyfile(out / SETTINGS, to / SETTINGS)
    rows.sort(key=lambda row: row["github_username"].casefold())
    with (to / "gradebook.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
    write_atomic(to / PAIRS, json.dumps(pairs) + "\n")
    report(to)
    return len(read_results(to))


def set_statuses(out: Path, places: Sequence[RepoName], address: str | None = None) -> tuple[int, list[str]]:
    """Set each score as a status of the commit that was graded.

    Args:
        out: what `grade` or `join` has written.
        places: the repositories.
        address: where a status leads to, such as the run that graded.

    Returns:
        How many were set, and a sentence for each that could not be.

    Raises:
        UsageError: there is no token.
    """
    if not os.environ.get(TOKEN):
        raise UsageError(f"Set {TOKEN} to a token that may write commit statuses of these repositories.")
    results = {result.submission.casefold(): result for result in read_results(out)}
    done, troubles = 0, []
    for place in places:
        week = next(iter(results.values())).assignment
        result = results.get(place.student(week).casefold())
        if result is None or result.commit is None:
            continue
        if trouble := _set_status(place, result, address):
            troubles.append(f"{place}: {trouble}")
        else:
            done += 1
    return done, troubles


def _set_status(place: RepoName, result: Result, address: str | None) -> str:
    graded = result.status == GRADED
    about = {
        "state": "success" if graded else "error",
        "context": CONTEXT,
        "description": f"{result.score} of {result.max_score} points" if graded else "could not be graded",
        **({"target_url": address} if address else {}),
    }
    api = os.environ.get("GITHUB_API_URL", "https://api.github.com")
    request = urllib.request.Request(  # noqa: S310 - the address is GitHub's own, or its stand-in's
        f"{api}/repos/{place}/statuses/{result.commit}",
        json.dumps(about).encode(),
        {
            "Authorization": f"Bearer {os.environ[TOKEN]}",
            "Accept": "application/vnd.github+json",
            "Content-Type": "application/json",
        },
    )
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(request, timeout=30):  # noqa: S310 - see above
                return ""
        except urllib.error.HTTPError as error:
            wait = error.headers.get("Retry-After", "")
            if error.code not in TOO_FAST or attempt == ATTEMPTS or (error.code == TOO_FAST[0] and not wait):
                return f"GitHub answers {error.code} {error.reason}"
            time.sleep(min(PATIENCE, int(wait) if wait.isdecimal() else 2**attempt))
        except OSError as error:
            if attempt == ATTEMPTS:
                return str(error)
            time.sleep(2**attempt)
    return "GitHub does not answer"
