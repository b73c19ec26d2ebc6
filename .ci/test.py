"""Run the checks of the project, and end with one line that counts what passed.

`python .ci/test.py` runs all steps, `python .ci/test.py lint verify` the ones named. A failing step does not stop the
later ones, so one run shows everything that has to be fixed.
"""

# ruff: noqa: S314 - a script that reads reports of its own

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree as ET

from classroom.apps.sandbox.bubblewrap import why_unavailable

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
# Known answers of each kind and week: `make verify` grades them all, which takes longer than this may.
SAMPLE = "1"
STEPS = ("lint", "format", "types", "imports", "verify", "tests")
# These tests start, kill and starve servers, so they run one at a time.
SERVICES = "shared/tests/unit/services"


def main() -> int:
    """Run the chosen steps, and return 0 if all of them passed."""
    parser = argparse.ArgumentParser(description="Run the checks of the project.")
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"one of {', '.join(STEPS)}; all of them by default")
    chosen = parser.parse_args().steps or list(STEPS)
    if unknown := set(chosen) - set(STEPS):
        parser.error(f"no such step: {', '.join(sorted(unknown))} (choose from {', '.join(STEPS)})")
    # Where nothing compiled may be kept, each of about a thousand processes compiles the kit again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as beside:
        first, *others = rows(chosen, Path(folder))
        waiting = [beside.submit(run, row, quiet=True) for row in others]
        passed = run(first)
        for row, done in zip(others, waiting, strict=True):
            passed |= done.result()
            for step in row:
                step.print_output()
        counts = count(passed, Path(folder))
    print_summary([name for name, well in passed.items() if not well], counts, time.monotonic() - began)
    return 0 if all(passed.values()) else 1


def rows(chosen: Sequence[str], reports: Path) -> list[list["Step"]]:
    """Return the chosen steps in rows that run next to each other; pytest writes its JUnit reports to `reports`.

    The others fill the time in which the tests of the services, and the checks that `verify` runs, wait for servers.
    """
    verify = [BIN / "classroom", "verify", "--sample", SAMPLE, "--seed", seed(), "--sandbox", sandbox()]
    words = ["-q", "-rs", "-p", "no:cacheprovider", "--durations=25"]
    pytest: list[str | Path] = [BIN / "pytest", *words, "-m", "not long"]
    # In the order of the folders: the units are short and come last, so no process is left alone with a long file.
    spread = ["-n", str(processes()), "--dist", "loadfile", "--no-loadscope-reorder"]
    rest = [*spread, f"--ignore={SERVICES}", "--junit-xml", reports / "rest.xml"]
    every = [
        [
            ("lint", Step("lint", [BIN / "ruff", "check", "."])),
            ("format", Step("format", [BIN / "ruff", "format", "--check", "."])),
            ("imports", Step("imports", [BIN / "lint-imports", "--no-cache"])),
            ("tests", Step("tests of the rest of the kit", [*pytest, *rest])),
        ],
        [("verify", Step("verify", verify))],
        [
            ("types", Step("types", [BIN / "mypy"])),
            ("tests", Step("tests of the services", [*pytest, SERVICES, "--junit-xml", reports / "services.xml"])),
        ],
    ]
    found = [[step for name, step in row if name in chosen] for row in every]
    return [row for row in found if row]


def run(row: Sequence["Step"], *, quiet: bool = False) -> dict[str, bool]:
    """Run steps one after another, and return whether each passed."""
    return {step.name: step.passes(quiet=quiet) for step in row}


def count(passed: dict[str, bool], reports: Path) -> dict[str, int]:
    """Count what passed, failed and was skipped: each test, and each step that is not a run of pytest."""
    plain = [well for name, well in passed.items() if not name.startswith("tests")]
    counts = {"passed": sum(plain), "failed": len(plain) - sum(plain), "skipped": 0}
    for report in reports.glob("*.xml"):
        add_tests(counts, report)
    if not counts["failed"] and not all(passed.values()):
        counts["failed"] = 1  # pytest itself failed, before or after the tests
    return counts


def print_summary(red: Iterable[str], counts: dict[str, int], seconds: float) -> None:
    """Print the steps that failed, and the last line."""
    print()
    for name in red:
        print(f"Failed: {name}")
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    print(f"{counts['passed']} passed, {counts['failed']} failed{skipped} in {seconds:.0f} s")


def seed() -> str:
    """Return the number of commits: each commit draws other answers and data, and can draw the same ones again."""
    done = subprocess.run(["git", "rev-list", "--count", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "1"


def sandbox() -> str:
    """Return the sandbox of official grading where this machine can build it, else `none`."""
    return "none" if why_unavailable() else "bubblewrap"


def processes() -> int:
    """Return how many processes run tests.

    A third of the time tests wait, for servers, git and apps that hang: one process more than there are cores uses it.
    More than four would disturb the tests that depend on time.
    """
    return min(4, (os.cpu_count() or 1) + 1)


class Step:
    """A command that must succeed, with a heading of one line.

    Args:
        name: the heading.
        command: what to run.
    """

    def __init__(self, name: str, command: list[str | Path]) -> None:
        self.name = name
        self.command = command
        self.output = b""
        self.outcome = ""

    def passes(self, *, quiet: bool = False) -> bool:
        """Run the command, and return whether it succeeded.

        Args:
            quiet: keep the output until `print_output` is called, because another step prints at the same time.
        """
        if not quiet:
            print(f"\n== {self.name}", flush=True)
        kept = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} if quiet else {}
        began = time.monotonic()
        done = subprocess.run(self.command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False, **kept)
        self.output = done.stdout or b""
        outcome = "passed" if done.returncode == 0 else f"failed with exit status {done.returncode}"
        self.outcome = f"-- {self.name}: {outcome} ({time.monotonic() - began:.0f} s)"
        if not quiet:
            print(self.outcome, flush=True)
        return done.returncode == 0

    def print_output(self) -> None:
        """Print what a quiet step has printed."""
        print(f"\n== {self.name}\n{self.output.decode(errors='replace')}{self.outcome}", flush=True)


def add_tests(counts: dict[str, int], report: Path) -> None:
    """Add the results of a JUnit report to the counts."""
    for suite in ET.parse(report).getroot().iter("testsuite"):
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        counts["failed"] += failed
        counts["skipped"] += skipped
        counts["passed"] += int(suite.get("tests", 0)) - failed - skipped


if __name__ == "__main__":
    sys.exit(main())
