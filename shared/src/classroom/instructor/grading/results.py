"""The results of a grading, read back from its folder."""

from __future__ import annotations

import contextlib
import glob
import hashlib
import json
import re
import shlex
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any

from classroom.core.errors import UsageError
from classroom.core.files import write_atomic
from classroom.core.folders import full_disk_of
from classroom.core.locks import Lock
from classroom.core.result import GRADED, NOT_STARTED, Result
from classroom.core.text import folded, one_line
from classroom.instructor.time_zone import zone_named

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import tzinfo
    from pathlib import Path

# Files next to the results: what `grade` knows and no result holds.
PAIRS, SETTINGS, EVIDENCE = "similar.json", "grading.json", "code"
GRADED_AT = "graded_at"  # a setting: when all were graded last
OF_ALL = ("fixed_seed", "deadline", GRADED_AT)  # settings that a grading of some submissions does not change
UNFINISHED = "unfinished"  # a setting while a grading has not written all of its results
ATTEMPTS, EARLIER = "attempts", "earlier"
# The longest name of a file without its ending, in bytes: some encrypted file systems allow 143 for the whole name.
MAX_STEM = 100
DIGEST_SIGN, DIGEST_LENGTH = "~", 12
# What no system allows in a file's name, what separates folders anywhere, and the two signs with a meaning here.
RESERVED = frozenset('/\\<>:"|?*%' + DIGEST_SIGN)
# Names that Windows gives to devices, whatever their ending.
DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def file_stems(names: Collection[str]) -> dict[str, str]:
    """Return the name of the file, without its ending, that belongs to each submission; no two are the same.

    Most are the submission's name. Unusual characters are escaped like in a URL, and a digest is added to a name that is
    too long, or that differs from another one only in what some file systems ignore.
    """
    stems = {name: plain_stem(name) for name in names}
    alike = Counter(map(folded, stems.values()))
    return {
        name: stem if alike[folded(stem)] == 1 and len(stem.encode()) <= MAX_STEM else _with_digest(name, stem)
        for name, stem in stems.items()
    }


def plain_stem(name: str) -> str:
    """Return a name in which every character is allowed in a file's name on any system; no two names become one."""
    last = len(name) - 1
    unsafe = {0} if DEVICE.fullmatch(name) or name[:1] in {".", "-", " "} else set()
    unsafe |= {last} if name[-1:] in {".", " "} else set()
    return "".join(
        letter if letter.isprintable() and letter not in RESERVED and place not in unsafe else _percent(letter)
        for place, letter in enumerate(name)
    )


def _percent(letter: str) -> str:
    return "".join(f"%{byte:02x}" for byte in letter.encode("utf-8", "surrogatepass"))


def _with_digest(name: str, stem: str) -> str:
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_LENGTH]
    cut = stem.encode()[: MAX_STEM - DIGEST_LENGTH - len(DIGEST_SIGN)].decode(errors="ignore")
    return f"{cut}{DIGEST_SIGN}{digest}"


@dataclass
class ResultFolder:
    """The results of a cohort as files: `results/NAME.json`, and what is kept next to them.

    `attempts/NAME.COMMIT.json` is what grading a commit gave. From one or two of these, `results/NAME.json` is made again
    each time, with all that no check decides: adjustments, lateness, notes on the time.

    Attributes:
        out: the folder.
        stems: the name of each submission's files, without the ending.
        lacks_others: whether an interrupted grading of all has left out results that a grading of some does not make.
    """

    out: Path
    stems: dict[str, str] = field(default_factory=dict)
    lacks_others: bool = field(default=False, init=False)

    def path(self, name: str) -> Path:
        """Return the file of a submission's result."""
        return self.out / "results" / f"{self.stems[name]}.json"

    def attempt(self, name: str, commit: str | None) -> Path:
        """Return the file of what grading a commit gave, or of a folder that is not a repository."""
        return self.out / ATTEMPTS / f"{self.stems[name]}.{(commit or 'folder')[:16]}.json"

    def evidence(self, name: str) -> Path:
        """Return the file of a submission's code and pushes."""
        return self.out / EVIDENCE / f"{self.stems[name]}.json"

    def read(self, name: str, path: Path | None = None) -> Result | None:
        """Return a submission's result, or None if it does not exist."""
        try:
            result = Result.from_json((path or self.path(name)).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return result if result.submission == name else None

    def last(self, name: str) -> Result | None:
        """Return a submission's last result; one that an interrupted grading has retired is found among the earlier ones."""
        return self.read(name) or next(reversed(self._kept(name, EARLIER)), None)

    def all_of(self, name: str) -> Iterator[Result]:
        """Yield every result that is kept of a submission: its attempts, its earlier results in order, its result."""
        yield from (*self._kept(name, ATTEMPTS), *self._kept(name, EARLIER))
        if result := self.read(name):
            yield result

    def _kept(self, name: str, folder: str) -> list[Result]:
        paths = sorted((self.out / folder).glob(f"{glob.escape(self.stems[name])}.*.json"))
        return [result for path in paths if (result := self.read(name, path))]

    def is_current(self, name: str, path: Path, fingerprint: str) -> bool:
        """Return whether a file holds what grading exactly this gave."""
        known = self.read(name, path)
        return known is not None and known.status in (GRADED, NOT_STARTED) and known.fingerprint == fingerprint

    def save(self, result: Result, known: Result | None = None) -> Result:
        """Return a result, after writing it if it differs from the known one, which is kept if its score was another."""
        if known is not None and known.score != result.score:
            self._keep(known)
        if result != known:
            write_atomic(self.path(result.submission), result.to_json())
        return result

    def retire(self, name: str, path: Path) -> None:
        """Remove an attempt, and the result made from it, which must not outlive the decision to grade again.

        A copy of the result is kept.
        """
        path.unlink(missing_ok=True)
        if known := self.read(name):
            self._keep(known)
        self.path(name).unlink(missing_ok=True)

    def retire_others(self) -> None:
        """Remove everything about students who no longer take part; keep a copy of their results."""
        stems = set(self.stems.values())
        for path in sorted((self.out / "results").glob("*.json")):
            if path.stem not in stems:
                with contextlib.suppress(OSError):
                    with contextlib.suppress(ValueError):  # there is nothing to keep of a damaged one
                        self._keep(Result.from_json(path.read_text(encoding="utf-8")), path.stem)
                    path.unlink()
        files = [*(self.out / "feedback").glob("*.md"), *(self.out / EVIDENCE).glob("*.json")]
        of = {path: path.stem for path in files}
        of |= {path: path.stem.rpartition(".")[0] for path in (self.out / ATTEMPTS).glob("*.json")}
        for path, stem in of.items():
            if stem not in stems:
                path.unlink(missing_ok=True)

    def _keep(self, known: Result, stem: str = "") -> None:
        time = re.sub("[^0-9]", "", known.graded_at) or "0"
        name = f"{stem or self.stems[known.submission]}.{time}.{'none' if known.score is None else known.score}.json"
        (self.out / EARLIER).mkdir(exist_ok=True)
        write_atomic(self.out / EARLIER / name, known.to_json())

    def hold(self) -> Lock:
        """Make the folder and lock it: two gradings would remove each other's half-written files.

        Raises:
            ClassroomError: it cannot be written, or another grading writes into it.
        """
        path = self.out / ".lock"
        with self._writable():
            (self.out / "results").mkdir(parents=True, exist_ok=True)
            path.touch()
        lock = Lock(path)
        if lock.attempt():
            return lock
        lock.close()
        raise UsageError(
            f"Another grading run is writing to {self.out}: wait until it ends, or choose another folder with --out."
        )

    @contextlib.contextmanager
    def _writable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise full_disk_of(error) or UsageError(
                f"{self.out} cannot be written: {error.strerror}. Choose another folder with --out."
            ) from None

    def settings(self) -> dict[str, Any]:
        """Return how the last grading was asked for; empty if there was none."""
        try:
            found = json.loads((self.out / SETTINGS).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def zone(self) -> tzinfo:
        """Return the time zone in which times of the last grading are shown; UTC if it has stored none."""
        try:
            return zone_named(str(self.settings().get("timezone", "UTC")))
        except UsageError:
            return UTC

    def prepare(self, settings: dict[str, Any], *, some: bool = False) -> None:
        """Write the settings, and remove what a killed grading left half-written.

        Files that were written before there was another submission of almost the same name are removed as well.

        Args:
            settings: how this grading was asked for.
            some: whether it grades only some submissions, and what is said of all stays.

        Raises:
            ClassroomError: the folder cannot be written.
        """
        with self._writable():
            known = self.settings() if some else {}
            self.lacks_others = bool(known.get(UNFINISHED))
            self._prepare(settings | {name: known.get(name) for name in OF_ALL if known} | {UNFINISHED: True})

    def finish(self) -> None:
        """Write down that every result is there."""
        if not self.lacks_others:
            settings = {name: value for name, value in self.settings().items() if name != UNFINISHED}
            write_atomic(self.out / SETTINGS, json.dumps(settings) + "\n")

    def _prepare(self, settings: dict[str, Any]) -> None:
        write_atomic(self.out / SETTINGS, json.dumps(settings) + "\n")
        (self.out / ATTEMPTS).mkdir(exist_ok=True)
        for folder in (self.out, *(self.out / name for name in ("results", "feedback", ATTEMPTS))):
            for half_written in folder.glob(".*.*-????????"):
                half_written.unlink(missing_ok=True)
        for name, stem in self.stems.items():
            if stem != plain_stem(name) and len(plain_stem(name).encode()) <= MAX_STEM:
                for file in (f"results/{plain_stem(name)}.json", f"feedback/{plain_stem(name)}.md"):
                    with contextlib.suppress(FileNotFoundError):
                        (self.out / file).unlink()


def interrupted(out: Path) -> str | None:
    """Return what to do about a grading that was interrupted; None if there is none in the folder."""
    settings = ResultFolder(out).settings()
    if not (week := settings.get("assignment")):
        return None
    words = (str(week), "--submissions", str(settings.get("submissions", "DIR")), "--out", str(out))
    return (
        f"The grading of {one_line(str(week))} into {out} was interrupted. It continues when you run it again, "
        f"with the same options: {one_line(shlex.join(['classroom', 'grade', *words]))}"
    )


def unfinished(out: Path) -> str | None:
    """Return what to do about a grading that has begun and not written all of its results; None if it has."""
    return interrupted(out) if ResultFolder(out).settings().get(UNFINISHED) else None


def read_results(out: Path, *, skip_damaged: bool = False) -> list[Result]:
    """Return every result in a folder that `grade` has written, sorted by file name.

    Args:
        out: the folder.
        skip_damaged: whether a file that is not a result is left out, and does not keep the others from being read.

    Raises:
        UsageError: there are none, or one of them cannot be read.
    """
    found = []
    for path in sorted((out / "results").glob("*.json")):
        try:
            found.append(Result.from_json(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            if not skip_damaged:
                raise UsageError(
                    f"{path} cannot be read as a result: {one_line(str(error))}. Grade the week again: that writes the "
                    "file again."
                ) from None
    if not found:
        raise UsageError(
            interrupted(out) or f"There are no results in {out}: give the --out folder of `classroom grade`."
        )
    return found
