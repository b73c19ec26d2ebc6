"""Write the sheets of a grading: one for each student who has handed something in."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.core.assignment import Assignment, course_top, weeks
from classroom.core.errors import CouldNotCheck, UsageError
from classroom.core.files import write_atomic
from classroom.core.result import GRADED, Result
from classroom.core.text import one_line
from classroom.instructor.grading.evidence import read_evidence
from classroom.instructor.grading.outcome import TALKED_ABOUT
from classroom.instructor.grading.results import ResultFolder, file_stems, read_results
from classroom.instructor.grading.similarity import Starter, starter_of
from classroom.instructor.grading.students import read_students
from classroom.instructor.grading.submission_folder import find_submissions
from classroom.instructor.interview.find import Reading, find_all
from classroom.instructor.interview.limited import LimitedProcess
from classroom.instructor.interview.rules import read_rules
from classroom.instructor.interview.sheet import draw, sheet
from classroom.instructor.interview.timeline import timeline
from classroom.instructor.roster import Roster
from classroom.instructor.teams import read_teams

if TYPE_CHECKING:
    from collections.abc import Mapping

    from classroom.instructor.interview.rules import Rule

SECONDS = 20  # for the code of one submission
EXTRA_LINE_ENDS = re.compile("[\v\f\x1c-\x1e\x85\u2028\u2029]")  # where `splitlines` ends a line, and Python does not


@dataclass
class Interviews:
    """The sheets of a grading.

    Args:
        out: the folder that `grade` has written.
        week: the assignment; None to find it in the course by the name that the grading has stored.
        submissions: the folder of the submissions; None for the one that was graded.
        seed: another one draws other questions.

    Raises:
        UsageError: there is no grading, or its week or submissions are not found.
    """

    out: Path
    week: Assignment | None = None
    submissions: Path | None = None
    seed: int = 1
    left_out: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.results = {result.submission: result for result in read_results(self.out)}
        self.files = ResultFolder(self.out, file_stems(list(self.results)))
        settings = self.files.settings()
        self.assignment = self.week or _assignment(str(settings.get("assignment")))
        folder = self.submissions or settings.get("submissions")
        if folder is None or not Path(folder).is_dir():
            raise UsageError(f"The submissions for {self.out} were not found: give their folder with --submissions.")
        slug = str(settings.get("slug", ""))
        found, teams = find_submissions(Path(folder), self.assignment, slug), read_teams(Path(folder))
        self.found = {one.name: one for one in found}
        for team in teams.teams if teams else ():
            self.found |= dict.fromkeys(team.members, self.found[team.name]) if team.name in self.found else {}
        self.rules = read_rules(self.assignment)
        self.students = read_students(self.out)
        self.starter = starter_of(self.assignment)

    def write(self, to: Path, student: str | None = None) -> list[Path]:
        """Write the sheet of a student, or of all; return the files. `left_out` says who has none, and why.

        Raises:
            UsageError: there is no such student, or nothing to talk about with this one.
        """
        wanted = [self._named(student)] if student else sorted(self.results)
        written = []
        with LimitedProcess(SECONDS) as process:
            for name in wanted:
                result = self.results[name]
                if name not in self.found or result.status not in TALKED_ABOUT:
                    reason = result.status if name in self.found else "no submission"
                    self.left_out[self._shown(name)] = reason.replace("-", " ")
                    continue
                path = to / f"{self.files.stems[name]}.md"
                write_atomic(path, self._sheet(result, process))
                written.append(path)
        if student and not written:
            raise UsageError(f"There is nothing to ask {one_line(student)}: {self.left_out[self._shown(wanted[0])]}.")
        return written

    def _sheet(self, result: Result, process: LimitedProcess) -> str:
        reading = self._reading(result, process)
        seed = hashlib.sha256(f"{self.seed}\0{result.submission}\0{result.commit}".encode("utf-8", "replace"))
        questions = draw(self.rules, reading.found, seed.hexdigest())
        graded = self.files.all_of(result.submission)
        scores = {one.commit: one.score for one in graded if one.commit and one.score is not None}
        history = timeline(self.found[result.submission], scores)
        name = self._shown(result.submission)
        return sheet(self.assignment.title, name, result, history, questions, reading, zone=self.files.zone())

    def _reading(self, result: Result, process: LimitedProcess) -> Reading:
        """Return what the rules find in the code that was graded, as the grading has kept it."""
        kept = read_evidence(self.files.evidence(result.submission))
        problems = tuple(f"Not read: {reason}." for reason in kept.left_out if not reason.endswith("not text"))
        if not kept.fingerprint:
            again = f"The graded code is not in {self.out}: grade again to keep it there."
            problems = (again if result.status == GRADED else "Nothing was graded, so there is no code to ask about.",)
        files = {file: EXTRA_LINE_ENDS.sub("", text) for file, text in kept.files}
        try:
            reading: Reading = process.call(_read, files, self.starter, self.rules)
        except CouldNotCheck as error:
            reading = Reading(problems=(f"The code could not be read: {error}.",))
        return replace(reading, problems=(*problems, *reading.problems))

    def _shown(self, name: str) -> str:
        return self.students[name].named(name) if name in self.students else name

    def _named(self, student: str) -> str:
        for name in self.results:
            if name.casefold() == student.casefold():
                return name
        found = Roster(tuple(self.students.values())).find(student)
        names = [name for name, one in self.students.items() if one == found and name in self.results]
        if not names:
            raise UsageError(f"There is no result for {one_line(student)} in {self.out}.")
        return names[0]


def _read(files: Mapping[str, str], starter: Starter, rules: list[Rule]) -> Reading:
    """Return what the rules find in the files of a submission."""
    return find_all(rules, files, starter.own_lines(files))


def _assignment(name: str) -> Assignment:
    """Return the week of this name in the course that the current folder belongs to."""
    top = course_top(Path.cwd())
    for folder in weeks(top).values() if top else ():
        if (week := Assignment.load(folder)).name == name:
            return week
    raise UsageError(
        f"The week {one_line(name)} was not found here: go to the course's folder, or give it with --week."
    )
