"""Dockerfiles, read by Docker's rules: instructions, stages, the values of ARG and ENV. Nothing is built."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.apps.exchange import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KNOWN = frozenset(
    [
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ]
)
DIRECTIVE = re.compile(r"#\s*(\w+)\s*=\s*(\S+)\s*$")
HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")
FLAG = re.compile(r"--([a-z-]+)(?:=(\S*))?\s*")
VARIABLE = re.compile(r"\\\$|\$(?:(\w+)|\{(\w+)(?:(:[-+])([^}]*))?\})")
MAX_LINES = 1000
MAX_VALUE = 2000  # characters of a value after its variables were replaced


@dataclass(frozen=True)
class Instruction:
    """One instruction of a Dockerfile.

    Attributes:
        name: in capitals.
        text: what follows the name and the flags, with continued lines joined.
        flags: such as `from` of `COPY --from=build`; a flag that occurs twice has both values, joined by a space.
        line: where it begins.
        file: what the file is called.
    """

    name: str
    text: str
    flags: Mapping[str, str]
    line: int
    file: str = "Dockerfile"

    @property
    def where(self) -> str:
        """Return its place, for the beginning of a sentence."""
        return f"{self.file}, line {self.line}"

    @property
    def listed(self) -> list[str] | None:
        """Return the words of the exec form, which is a list in JSON; None if Docker reads it in shell form."""
        try:
            found = json.loads(self.text) if self.text.startswith("[") else None
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, list) and all(isinstance(word, str) for word in found) else None

    @property
    def words(self) -> list[str]:
        """Return its words, in either form."""
        if (listed := self.listed) is not None:
            return listed
        try:
            return shlex.split(self.text)
        except ValueError:  # a quotation mark that is not closed
            return self.text.split()


@dataclass(frozen=True)
class Stage:
    """One stage: a FROM and the instructions up to the next one.

    Attributes:
        base: the image, with the values of ARG.
        name: after AS, in lower case; empty if it has none.
        beginning: the FROM.
        instructions: those after it.
        variables: what ARG and ENV set in this stage.
    """

    base: str
    name: str
    beginning: Instruction
    instructions: tuple[Instruction, ...]
    variables: Mapping[str, str]

    def all(self, *names: str) -> list[Instruction]:
        """Return the instructions with these names."""
        return [found for found in self.instructions if found.name in names]

    def last(self, *names: str) -> Instruction | None:
        """Return the last instruction with one of these names, which is the one that counts."""
        return next(reversed(self.all(*names)), None)

    def filled(self, text: str) -> str:
        """Return a text with the values of ARG and ENV in place of variables."""
        return _filled(text, self.variables)


class Dockerfile:
    """A Dockerfile.

    Args:
        text: its text.
        name: what it is called in sentences.

    Attributes:
        stages: in their order; the image is made of the last one.

    Raises:
        Failure: Docker would not accept it; the message names the line.
    """

    def __init__(self, text: str, name: str = "Dockerfile") -> None:
        self.name = name
        self.stages = self._stages([*_instructions(text, name)])

    @property
    def chain(self) -> list[Stage]:
        """Return the stages that the image is made of: the last one, after those that it is based on."""
        chain = [self.stages[-1]]
        while (before := self._named(chain[0].base, before=self.stages.index(chain[0]))) is not None:
            chain.insert(0, before)
        return chain

    @property
    def image(self) -> Stage:
        """Return what the image is made of as one stage: its own instructions, after those of its base stages."""
        chain = self.chain
        instructions = tuple(found for stage in chain for found in stage.instructions)
        variables = {name: value for stage in chain for name, value in stage.variables.items()}
        return Stage(chain[0].base, chain[-1].name, chain[0].beginning, instructions, variables)

    def stage(self, name: str) -> Stage | None:
        """Return the stage that `COPY --from=name` copies from, or None if that is another image."""
        if name.isdecimal() and len(name) < 4 and int(name) < len(self.stages):  # noqa: PLR2004
            return self.stages[int(name)]
        return self._named(name, before=len(self.stages))

    def _named(self, name: str, before: int) -> Stage | None:
        return next((found for found in self.stages[:before] if found.name and found.name == name.lower()), None)

    def _stages(self, instructions: list[Instruction]) -> list[Stage]:
        arguments: dict[str, str] = {}
        starts = [number for number, found in enumerate(instructions) if found.name == "FROM"]
        for found in instructions[: starts[0] if starts else None]:
            if found.name != "ARG":
                raise Failure(f"{found.where}: {found.name} comes before FROM, which must be the first instruction.")
            arguments |= _assigned(found, arguments)
        if not starts:
            raise Failure(f"{self.name} has no FROM, so there is no image to start from.")
        ends = [*starts[1:], len(instructions)]
        return [_stage(instructions[start:end], arguments) for start, end in zip(starts, ends, strict=True)]


def _stage(instructions: list[Instruction], arguments: Mapping[str, str]) -> Stage:
    first, *rest = instructions
    words = first.text.split()
    if len(words) not in (1, 3) or (len(words) == 3 and words[1].upper() != "AS"):  # noqa: PLR2004
        raise Failure(f"{first.where}: FROM takes an image, and may give the stage a name: FROM image AS name.")
    variables: dict[str, str] = {}
    for found in rest:
        if found.name == "ARG":
            variables |= _assigned(found, {**arguments, **variables}, inherited=arguments)
        elif found.name == "ENV":
            variables |= _assigned(found, variables)
    name = words[2].lower() if len(words) > 1 else ""
    return Stage(_filled(words[0], arguments), name, first, tuple(rest), variables)


def _assigned(
    found: Instruction, variables: Mapping[str, str], inherited: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return what an ARG or ENV sets: `NAME=value`, several of them, or `ENV NAME value`; `ARG NAME` inherits."""
    words = found.words
    if found.name == "ENV" and words and "=" not in words[0]:
        return {words[0]: _filled(" ".join(words[1:]), variables)}
    values = {}
    for word in words:
        name, given, value = word.partition("=")
        values[name] = _filled(value, variables) if given else (inherited or {}).get(name, "")
    return values


def _filled(text: str, variables: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name is None:
            return "$"
        known = variables.get(name, "")
        if match[3] == ":-":
            return known or match[4]
        if match[3] == ":+":
            return match[4] if known else ""
        return known

    return VARIABLE.sub(value, text)[:MAX_VALUE]


def _instructions(text: str, file: str) -> Iterator[Instruction]:
    """Yield the instructions of a Dockerfile."""
    lines = text.replace("\r\n", "\n").split("\n")[:MAX_LINES]
    escape = _escape(lines)
    number = 0
    while number < len(lines):
        first, words, number = number + 1, *_joined(lines, number, escape)
        if words:
            name, _, rest = words.partition(" ")
            rest, number = _with_heredocs(name, rest, lines, number)
            yield _instruction(name, rest.strip(), first, file)


def _escape(lines: list[str]) -> str:
    """Return the character that continues a line, which a directive in the first lines can change."""
    for line in lines:
        if not (found := DIRECTIVE.match(line.strip())):
            break
        if found[1].lower() == "escape" and found[2] in ("\\", "`"):
            return found[2]
    return "\\"


def _joined(lines: list[str], number: int, escape: str) -> tuple[str, int]:
    """Return the instruction that begins in a line, in one line, and the number of the next line."""
    words = ""
    while number < len(lines):
        line = lines[number].strip()
        number += 1
        if line.startswith("#") or (words and not line):
            continue
        if not line.endswith(escape):
            words += line
            break
        words += f"{line.removesuffix(escape).rstrip()} "
    return re.sub(r"^(\w+)\s+", r"\1 ", words.strip()), number


def _with_heredocs(name: str, rest: str, lines: list[str], number: int) -> tuple[str, int]:
    """Return the text of an instruction with its heredocs, and the number of the line after them."""
    if name.upper() not in ("RUN", "COPY", "ADD"):
        return rest, number
    for found in HEREDOC.finditer(rest):
        while number < len(lines):
            line = lines[number]
            number += 1
            if line.strip() == found[2]:
                break
            rest += f"\n{line}"
    return rest, number


def _instruction(name: str, text: str, line: int, file: str) -> Instruction:
    if name.upper() not in KNOWN:
        raise Failure(f"{file}, line {line}: Docker has no instruction {name[:30]!r}.")
    flags: dict[str, str] = {}
    while found := FLAG.match(text):
        flags[found[1]] = " ".join(filter(None, (flags.get(found[1]), found[2] or "")))
        text = text[found.end() :]
    if not text:
        raise Failure(f"{file}, line {line}: nothing follows {name.upper()}.")
    return Instruction(name.upper(), text, flags, line, file)
