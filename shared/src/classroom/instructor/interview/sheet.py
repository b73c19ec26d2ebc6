"""The sheet for a talk with one student: the timeline, and questions about the student's own lines, as Markdown."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from classroom.core.text import sanitize

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from classroom.core.result import Result
    from classroom.instructor.interview.find import Found, Reading
    from classroom.instructor.interview.rules import Rule
    from classroom.instructor.interview.timeline import Push, Timeline

QUESTIONS = 5
AROUND = 3  # lines shown before and after the one that a question is about
MAX_LETTERS = 160  # shown of a line
MAX_ROWS = 40
ABOUT = (
    "Use this sheet for a conversation; it does not judge. The questions are drawn according to rules and are about lines that are "
    "not in the starter. Students who wrote these lines, or understand them, can talk about them."
)


@dataclass(frozen=True)
class Question:
    """A question, the task that it belongs to, and where it is about."""

    rule: Rule
    found: Found

    @property
    def text(self) -> str:
        """The question with its placeholders filled in."""
        found = self.found
        places = {
            "line": str(found.line),
            "file": found.file,
            "function": found.function or "the module",
            "found": found.text or "this",
        }
        return re.sub(r"\{(\w+)\}", lambda match: _inline(places.get(match[1], match[0])), self.rule.ask)


def draw(rules: Sequence[Rule], found: Sequence[Found], seed: str) -> list[Question]:
    """Return up to five questions of different rules, of as many tasks as possible; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - a draw that can be repeated
    by_rule: dict[str, list[Found]] = {}
    for one in found:
        by_rule.setdefault(one.rule, []).append(one)
    able = [rule for rule in rules if rule.name in by_rule]
    chance.shuffle(able)
    first = [*{rule.task: rule for rule in reversed(able)}.values()]
    chosen = [*first, *(rule for rule in able if rule not in first)][:QUESTIONS]
    drawn = [Question(rule, chance.choice(by_rule[rule.name])) for rule in chosen]
    return sorted(drawn, key=lambda question: (question.rule.task, question.found.file, question.found.line))


def sheet(
    title: str,
    name: str,
    result: Result,
    history: Timeline,
    questions: Sequence[Question],
    reading: Reading,
    *,
    zone: tzinfo = UTC,
) -> str:
    """Return the sheet.

    Args:
        title: of the week.
        name: of the student, as it is shown.
        result: of the grading.
        history: how the submission came about.
        questions: that were drawn.
        reading: what they were drawn from.
        zone: the time zone in which times are shown.
    """
    commit = f", commit {result.commit[:10]}" if result.commit else ""
    points = "not graded" if result.score is None else f"{result.score} of {result.max_score} points"
    lines = [f"# {_inline(name)}: {title}", "", f"{points}{commit}", "", ABOUT, "", "## History", ""]
    lines += [*_table(history.pushes, zone), *([_inline(history.remark), ""] if history.remark else [])]
    lines += ["## Questions", ""]
    if len(questions) < QUESTIONS:
        lines += [_too_few(len(questions)), ""]
    lines += [line for problem in reading.problems for line in (_inline(problem), "")]
    for number, question in enumerate(questions, 1):
        lines += _asked(number, question, reading.texts.get(question.found.file, ""))
    return "\n".join(lines).rstrip() + "\n"


def _too_few(count: int) -> str:
    if count == 0:
        return "None of the week's questions fit this student's code."
    return f"Only {count} of the week's questions fit{'s' if count == 1 else ''} this student's code."


def _table(pushes: Sequence[Push], zone: tzinfo) -> list[str]:
    if not pushes:
        return []
    shown = pushes[-MAX_ROWS:]
    lines = [
        f"| time ({zone}) | commit | commits | lines added | removed | points |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for push in shown:
        score = "" if push.score is None else push.score
        size = f"{push.commits} | {push.added} | {push.removed}" if push.commits else f"{push.why} | |"
        lines.append(f"| {push.at.astimezone(zone):%Y-%m-%d %H:%M} | `{push.commit[:10]}` | {size} | {score} |")
    left = len(pushes) - len(shown)
    return [*lines, "", *([f"{left} earlier ones are not shown.", ""] if left else [])]


def _asked(number: int, question: Question, text: str) -> list[str]:
    found = question.found
    lines = text.splitlines()
    first, last = max(1, found.line - AROUND), min(len(lines), found.line + AROUND)
    shown = [
        f"{'>' if place == found.line else ' '} {place:>4}  {sanitize(lines[place - 1])[:MAX_LETTERS]}".rstrip()
        for place in range(first, last + 1)
    ]
    longest = max((len(run) for line in shown for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [
        f"### {number}. Task {question.rule.task}: {_inline(found.file)}, line {found.line}",
        *("", fence, *shown, fence, "", f"**{question.text}**", ""),
        *(f"A good answer mentions: {question.rule.good}", "", "Notes:", "", ""),
    ]


def _inline(text: str) -> str:
    """Return text from a submission as shown within a line of Markdown."""
    return re.sub(r"([\\`*_\[\]<>|#~])", r"\\\1", " ".join(sanitize(text).split()))[:300]
