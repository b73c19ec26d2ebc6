"""Inspect the files of a submission for mistakes that would otherwise cost points without an explanation."""

from __future__ import annotations

import re
import shlex
import stat
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from classroom.core.assignment import EXTRA
from classroom.core.imports import imports, is_code, is_known, meant
from classroom.core.listing import MAX_SEARCHED, entries, listing
from classroom.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from classroom.core.assignment import Assignment
    from classroom.core.open_folder import OpenFolder

NEVER_GRADED = {"__pycache__", ".git", ".venv", "venv", "node_modules"}
ENVIRONMENT = "pyvenv.cfg"  # marks a virtual environment, no matter what its folder is called
APP = "app/main.py"
PACKAGE = "app/main/__init__.py"
MAX_NOTES = 10  # about one submission
MAX_SIZE = 1_000_000  # bytes of a file that is inspected
MAX_SIZE_FOR_IMPORTS = 200_000  # bytes of a file whose imports are inspected
MOST_IMPORTS = 500
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
POINTER = b"version https://git-lfs.github.com/spec/"
COOKIE = re.compile(rb"(?:[^\n]*\n)?[ \t\f]*#[^\n]*?coding[:=]")
CONFLICT = re.compile(rb"^<{7} ", re.MULTILINE)
LOCAL_PATH = re.compile(
    r"""\b(?:open|Path|append|insert|directory=)\(?\s*[rf]?["']((?:[A-Za-z]:[\\/]|/home/|/Users/)[^"'\n]*)"""
)
# `re.compile` and a method `exec`, such as a session's, are not meant.
RUNS_TEXT = re.compile(r"(?<![\w.])(?:exec|compile)[ \t]*\(|\brunpy\.run_path\b|\bSourceFileLoader\b")
ARCHIVE = re.compile(r"\.(?:zip|rar|7z|tar|tgz|tar\.gz)$", re.IGNORECASE)
PUSH = "commit and push"


class Inspection:
    """Collects what looks wrong while the files of one submission are copied.

    Args:
        assignment: the week.
        graded: whether the files were handed in; otherwise they are from the week's own folder.
    """

    def __init__(self, assignment: Assignment, *, graded: bool) -> None:
        self.assignment = assignment
        self.graded = graded
        self.names: set[str] = set()
        self.complete = True
        self.left_out: dict[str, str] = {}
        self.found: list[str] = []
        self.imports: list[tuple[str, int, str]] = []
        self.own_paths = False
        self.same = graded

    def leave_out(self, name: str, reason: str) -> None:
        """Note that a file is not graded, and why."""
        became = "was ignored" if self.graded else "will not be graded"
        self.left_out[name] = f"{one_line(name)[:200]} {became}: {reason}"

    def inspect(self, name: str, data: bytes) -> None:
        """Inspect one file."""
        self.names.add(name)
        if self.same:
            given = self.assignment.folder / name
            self.same = given.is_file() and _lines(given.read_bytes()) == _lines(data)
        if not is_code(PurePosixPath(name)) or len(data) > MAX_SIZE:
            return
        if problem := _unreadable(name, data):
            self.found.append(f"{shown(name)} {problem}")
            return
        conflict = CONFLICT.search(data)
        if conflict and b"\n>>>>>>> " in data:
            line = data.count(b"\n", 0, conflict.start()) + 1
            self.found.append(
                f"{shown(name)}, line {line} begins an unresolved merge conflict (<<<<<<<): "
                f"keep the lines you want, delete the markers, {PUSH}"
            )
        if name.endswith(".py"):
            self._inspect_program(name, data)

    def _inspect_program(self, name: str, data: bytes) -> None:
        text = data.decode("utf-8-sig", "replace")
        self.own_paths |= "sys.path" in text
        if path := LOCAL_PATH.search(text):
            line = text.count("\n", 0, path.start()) + 1
            self.found.append(
                f"{shown(name)}, line {line} uses {shown(path[1])}, which exists only on one computer: "
                "build the path from __file__"
            )
        if self.graded and (runs := RUNS_TEXT.search(text)):
            line = text.count("\n", 0, runs.start()) + 1
            self.found.append(f"{shown(name)}, line {line} runs code that is not in a .py file: {runs[0].rstrip('( ')}")
        if len(data) <= MAX_SIZE_FOR_IMPORTS and len(self.imports) < MOST_IMPORTS:
            self.imports += [(name, line, package) for line, package in imports(text)]

    @property
    def untouched(self) -> bool:
        """Return whether the submission is exactly what was handed out."""
        return self.same and not self.left_out and self.names >= set(starter_names(self.assignment)) != set()

    def notes(self, home: OpenFolder, *, pushed: bool) -> list[str]:
        """Return a note for each mistake; `pushed` means that the folder comes from a repository."""
        found = [
            *self._misplaced(home, pushed=pushed),
            *self.found,
            *self._strange_imports(home),
            *self._hidden_packages(home),
        ]
        return limit_notes(list(dict.fromkeys(found)), MAX_NOTES)

    def _misplaced(self, home: OpenFolder, *, pushed: bool) -> Iterator[str]:
        missing = self._missing(home)
        if not missing and not pushed:
            return
        files, empty = listing(home, NEVER_GRADED)
        others = [name for name in files if not self._is_handed_out(name)]
        # A commit contains no empty folder, so an empty one was a repository of its own.
        inside = [nested_note(name) for name in empty if self._is_own(name)] if pushed else []
        explanations = list(filter(None, (_explanation(name, others) for name in missing)))
        if missing and pushed and not inside and not explanations:
            inside = [nested_note(name) for name in empty]
        yield from (*inside, *explanations)
        for name in files:
            if PurePosixPath(name).name == ENVIRONMENT and self._is_own(name):
                yield ignored_note(PurePosixPath(name).parent.as_posix())
        if missing and not inside and not explanations:
            yield self._missing_note(missing)

    def _is_handed_out(self, name: str) -> bool:
        """Return whether a file belongs to an extra, the course or another week, so it is not a misplaced file."""
        parts = PurePosixPath(name).parts
        given = {"tests", *self.assignment.published, *self.assignment.course_files}
        if EXTRA in parts[:-1] or parts[0] in given - {*self.assignment.student_files}:
            return True
        homes = (self.assignment.folder, self.assignment.course)
        return self.graded and any((home / name).is_file() for home in homes)

    def _missing_note(self, missing: list[str]) -> str:
        if self.names:
            note = f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
            return f"{note}: put your app there" if missing == [APP] else note
        where = " or ".join(f"{part}/" for part in self.assignment.student_files if self._is_folder(part))
        if not self.graded:
            return f"there are no files in {where}: put your files there"
        return f"nothing in {where} was handed in: add your files with git add, {PUSH}"

    def _is_folder(self, part: str) -> bool:
        return "." not in part and not (self.assignment.folder / part).is_file()

    def _is_own(self, name: str) -> bool:
        return name.split("/", maxsplit=1)[0] in self.assignment.student_files

    def _missing(self, home: OpenFolder) -> list[str]:
        """Return the missing files that checks need, the first one of each part."""
        # Compare listed names: some systems treat App and app as the same, and the grader does not.
        there = {name for name, _ in entries(home, 10 * MAX_SEARCHED)}
        names = {name for name in self.names if name.split("/", maxsplit=1)[0] in there}
        wanted = [name for name in starter_names(self.assignment) if name.endswith(".sql")] if self.graded else []
        if "app" in self.assignment.student_files and PACKAGE not in names:
            wanted[:0] = [f"{module.replace('.', '/')}.py" for module in self.assignment.modules]
        gone: dict[str, str] = {}
        for name in wanted if self.complete else ():
            part = name.split("/", maxsplit=1)[0]
            if not {name, part} & (names | self.left_out.keys()):
                gone.setdefault(part, name)
        return list(gone.values())

    def _strange_imports(self, home: OpenFolder) -> Iterator[str]:
        own = {PurePosixPath(name).stem for name in (*self.assignment.student_files, *self.assignment.course_files)}
        seen: set[str] = set()
        for name, line, package in self.imports:
            if package in own or package in seen or is_known(package, here=self.graded):
                continue
            seen.add(package)
            where, folder = f"{shown(name)}, line {line}", PurePosixPath(name).parent
            beside = {f"{folder}/{package}.py", f"{folder}/{package}/__init__.py"} & self.names
            if beside and not self.own_paths:
                dotted = str(folder).replace("/", ".")
                yield f"{where} imports {shown(package)}, which Python cannot find: write from {dotted} import {shown(package)}"
            elif not beside and any(
                home.holds(form, stat.S_IFREG, stat.S_IFDIR) for form in (f"{package}.py", package)
            ):
                yield f"{where} imports {shown(package)}, which is outside {folder}/ and is not graded: move it into {folder}/"
            elif not beside and (name_there := meant(package)):
                yield f"{where} imports {shown(package)}, which does not exist: write {name_there}"
            elif not beside:
                yield f"{where} imports {shown(package)}, which official grading does not have: README.md lists the packages that it has"

    def _hidden_packages(self, home: OpenFolder) -> Iterator[str]:
        """Yield a note for each file next to the app that `run` would import in place of a package of the same name."""
        for package in dict.fromkeys(package for _, _, package in self.imports):
            if not self.graded and is_known(package, here=False) and home.holds(f"{package}.py", stat.S_IFREG):
                yield f"{package}.py hides the package {package} when the app is run, although the checks pass: rename it"


def starter_names(assignment: Assignment) -> list[str]:
    """Return the files of the starter that belong to the student, by path."""
    found = []
    for part in assignment.student_files:
        top = assignment.folder / part
        files = [top] if top.is_file() else sorted(top.rglob("*"))
        found += [path.relative_to(assignment.folder) for path in files if path.is_file() and path.suffix != ".pyc"]
    return [path.as_posix() for path in found if NEVER_GRADED.isdisjoint(path.parts)]


def shown(name: str) -> str:
    """Return a name from a submission, sanitized and shortened for a sentence."""
    line = one_line(name)
    return line if len(line) <= 80 else line[:79] + "…"  # noqa: PLR2004


def nested_note(name: str) -> str:
    """Return the note for a repository inside the student's own, whose files git does not include."""
    path, quoted = shown(name), shlex.quote(shown(name))
    return (
        f"{path}/ is a separate repository inside yours, so its files are not handed in: "
        f"remove {path}/.git, then git rm -r --cached {quoted}, git add {quoted}, {PUSH}"
    )


def alone_note(name: str) -> str:
    """Return the note for a part that is a repository although the week's folder is not in one."""
    path = shown(name)
    return (
        f"{path}/ is a git repository, but the week's folder is not in one, so a push from {path}/ does not contain "
        f"the folder {path}/ itself: remove {path}/.git and hand in the week's folder"
    )


def ignored_note(name: str) -> str:
    """Return the note for a folder that is never graded and should not have been handed in."""
    return f"{shown(name)}/ was ignored: {_untrack(name)}"


def limit_notes(notes: list[str], limit: int) -> list[str]:
    """Return at most `limit` notes, and how many more there are."""
    return notes if len(notes) <= limit else [*notes[:limit], f"and {len(notes) - limit} more notes like these"]


def _untrack(folder: str) -> str:
    return f"git rm -r --cached {shlex.quote(shown(folder))}, add it to .gitignore, {PUSH}"


def _lines(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")


def _unreadable(name: str, data: bytes) -> str | None:
    """Return why a file cannot be read as text and what to do about it, or None if it can."""
    if data.startswith(POINTER):
        return f"is a Git LFS pointer, not the file itself: run git lfs untrack for it, git add --renormalize ., {PUSH}"
    halves = [any(data[half:200:2]) for half in (0, 1)]
    if data.startswith(UTF_16) or (len(data) > 1 and sum(halves) == 1):
        return "is encoded in UTF-16: save it as UTF-8"
    if b"\0" in data:
        return "contains NUL bytes, so it is not text: save it again as UTF-8"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if name.endswith(".py") and COOKIE.match(data[:2000]):
            return None
        line = data.count(b"\n", 0, error.start) + 1
        return f"is not UTF-8 (line {line}): save it as UTF-8"
    return None


def _explanation(wanted: str, files: Iterable[str]) -> str | None:
    """Return a note that explains a missing file by the names of the files that exist, or None."""
    base, folder = PurePosixPath(wanted).name, PurePosixPath(wanted).parent.as_posix()
    stem = re.compile(rf"{re.escape(PurePosixPath(wanted).stem)}(?![a-z]).*", re.IGNORECASE)
    found: dict[int, str] = {}
    for name in files:
        path = PurePosixPath(name)
        if name.casefold() == wanted.casefold():
            found.setdefault(0, f"{shown(name)} is not {wanted}, because case matters: rename it with git mv, {PUSH}")
        elif path.name.casefold() == base.casefold():
            found.setdefault(1, f"{shown(name)} is in the wrong folder: move it to {wanted}, {PUSH}")
        elif stem.fullmatch(path.name) and path.suffix == ".ipynb":
            found.setdefault(2, f"{shown(name)} is a notebook, which is not graded: save its code as {wanted}, {PUSH}")
        elif stem.fullmatch(path.name) and path.parent.as_posix().casefold() == folder.casefold():
            found.setdefault(3, f"{shown(name)} is not {wanted}: rename it, {PUSH}")
        elif ARCHIVE.search(path.name):
            found.setdefault(
                4, f"{shown(name)} is an archive, which grading does not unpack: add the files themselves, {PUSH}"
            )
    return found[min(found)] if found else None
