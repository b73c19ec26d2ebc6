"""Run every check of the project, and end with one line that counts what passed.

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
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

from classroom.apps.sandbox.bubblewrap import why_unavailable

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
# Known answers of each kind and week: `make verify` grades them all, which takes longer than this may.
SAMPLE = "1"
STEPS = ("lint", "format", "types", "imports", "verify", "tests")
# These tests start, kill and starve servers, so they run one at a time, next to the other steps: they mostly wait.
SERVICES = "shared/tests/unit/services"


def main() -> int:
    """Run the chosen steps, and return 0 if all of them passed."""
    parser = argparse.ArgumentParser(description="Run every check of the project.")
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"one of {', '.join(STEPS)}; all of them by default")
    chosen = parser.parse_args().steps or list(STEPS)
    if unknown := set(chosen) - set(STEPS):
        parser.error(f"no such step: {', '.join(sorted(unknown))} (choose from {', '.join(STEPS)})")
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        tests = test_steps(Path(folder)) if "tests" in chosen else []
        red = [name for name, command in commands().items() if name in chosen and not Step(name, command).passes()]
        counts = {"passed": len(set(chosen) - {*red, "tests"}), "failed": len(red), "skipped": 0}
        red += [step.name for step in tests if not step.passes()]
        for report in Path(folder).glob("*.xml"):
            add_tests(counts, report)
    if red and not counts["failed"]:
        counts["failed"] = 1  # pytest itself failed, before or after the tests
    print_summary(red, counts, time.monotonic() - began)
    return 1 if red else 0


def commands() -> dict[str, list[str | Path]]:
    """Return the command of each step but the tests, by name."""
    return {
        "lint": [BIN / "ruff", "check", "."],
        "format": [BIN / "ruff", "format", "--check", "."],
        "types": [BIN / "mypy"],
        "imports": [BIN / "lint-imports", "--no-cache"],
        "verify": [BIN / "classroom", "verify", "--sample", SAMPLE, "--seed", seed(), "--sandbox", sandbox()],
    }


def test_steps(reports: Path) -> list["Step"]:
    """Return the two halves of the kit's tests, the first of them started; each writes a JUnit report in `reports`."""
    pytest: list[str | Path] = [BIN / "pytest", "-q", "-p", "no:cacheprovider"]
    services = [*pytest, SERVICES, "--junit-xml", reports / "services.xml"]
    rest = ["-n", str(processes()), "--dist", "loadfile", f"--ignore={SERVICES}", "--junit-xml", reports / "rest.xml"]
    return [
        Step("tests of the services", services, background=True),
        Step("tests of the rest of the kit", [*pytest, *rest]),
    ]


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
    """Return how many processes run tests: more than this would disturb the tests that depend on time."""
    return min(4, os.cpu_count() or 1)


class Step:
    """A command that must succeed, with a heading of one line.

    Args:
        name: the heading.
        command: what to run.
        background: start at once, and print the output only when `passes` is called.
    """

    def __init__(self, name: str, command: list[str | Path], *, background: bool = False) -> None:
        self.name = name
        self.command = command
        self.output = tempfile.TemporaryFile() if background else None  # noqa: SIM115 - open as long as the step runs
        self.process = self._start() if background else None

    def _start(self) -> subprocess.Popen[bytes]:
        self.began = time.monotonic()
        return subprocess.Popen(
            self.command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output
        )

    def passes(self) -> bool:
        """Run the command, or wait for it, and return whether it succeeded."""
        print(f"\n== {self.name}", flush=True)
        status = (self.process or self._start()).wait()
        seconds = time.monotonic() - self.began
        if self.output:
            self.output.seek(0)
            print(self.output.read().decode(errors="replace"), end="")
        outcome = "passed" if status == 0 else f"failed with exit status {status}"
        print(f"-- {self.name}: {outcome} ({seconds:.0f} s)", flush=True)
        return status == 0


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
