"""The results of a grading, read back from its folder."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.result import Result

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

# Files next to the results: what `grade` knows and no result holds.
PAIRS, SETTINGS = "similar.json", "grading.json"
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
    alike = Counter(map(_folded, stems.values()))
    return {
        name: stem if alike[_folded(stem)] == 1 and len(stem.encode()) <= MAX_STEM else _with_digest(name, stem)
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


def _folded(stem: str) -> str:
    """Return what is left of a name where neither case nor the composition of accents counts."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", stem).casefold())


def _with_digest(name: str, stem: str) -> str:
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_LENGTH]
    cut = stem.encode()[: MAX_STEM - DIGEST_LENGTH - len(DIGEST_SIGN)].decode(errors="ignore")
    return f"{cut}{DIGEST_SIGN}{digest}"


def read_results(out: Path) -> list[Result]:
    """Return every result in a folder that `grade` has written, sorted by file name.

    Raises:
        UsageError: there are none.
    """
    found = []
    for path in sorted((out / "results").glob("*.json")):
        try:
            found.append(Result.from_json(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            continue
    if not found:
        raise UsageError(f"There are no results in {out}: name the --out folder of `classroom grade`.")
    return found
