"""Run everything that must hold, in four steps, and say in one last line how many things passed.

A red step does not keep the later ones from running: whoever looks at the result sees all there is to mend.
"""

# ruff: noqa: INP001, S314 - a script, that reads a file of its own

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree as ET

from classroom.apps.sandbox.bubblewrap import why_unavailable

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
SAMPLE = "2"  # answers of each kind and week: all of them take `make verify`, and longer than a test may

# They start, kill and starve servers: one after the other, and wait more than they work.
SERVICES = "shared/tests/unit/services"


def main() -> int:
    """Run the steps; the exit status is 0 when all is well."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        kit, services = Path(folder, "kit.xml"), Path(folder, "services.xml")
        pytest = [BIN / "pytest", "-q", "-p", "no:cacheprovider"]
        plain: dict[str, list[str | Path]] = {
            "lint": [BIN / "ruff", "check", "."],
            "format": [BIN / "ruff", "format", "--check", "."],
            "types": [BIN / "mypy"],
            "imports": [BIN / "lint-imports", "--no-cache"],
            "verify": [BIN / "classroom", "verify", "--sample", SAMPLE, "--seed", commits(), "--sandbox", walls()],
        }
        kits = [*pytest, "-n", str(cores()), "--dist", "loadfile", f"--ignore={SERVICES}", "--junit-xml", kit]
        beside = Step("the services' tests", [*pytest, SERVICES, "--junit-xml", services], aside=True)
        red = [name for name, command in plain.items() if not Step(name, command).passes()]
        red += [step.name for step in (beside, Step("the kit's tests", kits)) if not step.passes()]
        counts = {name: count(kit)[name] + count(services)[name] for name in ("passed", "failed", "skipped")}
    passed = counts["passed"] + len([name for name in plain if name not in red])
    failed = counts["failed"] + len([name for name in red if name in plain])
    if not failed and red:
        failed = 1  # pytest itself stumbled, before or after the tests

    print()
    for name in red:
        print(f"Not green: {name}")
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    print(f"{passed} passed, {failed} failed{skipped} in {time.monotonic() - began:.0f} s")
    return 1 if red else 0


def commits() -> str:
    """The number of commits: each draws other wrong answers and other data, and can draw them again."""
    done = subprocess.run(["git", "rev-list", "--count", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "1"


def walls() -> str:
    """What official grading has around each answer, where this machine can build it; without walls the kit's tests check."""
    return "none" if why_unavailable() else "bubblewrap"


def cores() -> int:
    """Two processes help on two cores; more would only disturb the tests that measure time."""
    return min(4, os.cpu_count() or 1)


class Step:
    """A command that must end well, with a heading of one line.

    Args:
        aside: it runs from now on, beside others, and what it prints comes when it is asked for.
    """

    def __init__(self, name: str, command: list[str | Path], *, aside: bool = False) -> None:
        self.name = name
        self.command = command
        self.output = tempfile.TemporaryFile() if aside else None  # noqa: SIM115 - open as long as the step runs
        self.process = self._start() if aside else None

    def _start(self) -> subprocess.Popen[bytes]:
        self.began = time.monotonic()
        return subprocess.Popen(
            self.command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output
        )

    def passes(self) -> bool:
        """Run it, or wait for it; tell whether all is well."""
        print(f"\n== {self.name}", flush=True)
        status = (self.process or self._start()).wait()
        seconds = time.monotonic() - self.began
        if self.output:
            self.output.seek(0)
            print(self.output.read().decode(errors="replace"), end="")
        print(f"-- {self.name}: {'well' if status == 0 else f'exit status {status}'} ({seconds:.0f} s)", flush=True)
        return status == 0


def count(report: Path) -> dict[str, int]:
    """The numbers of the kit's tests; none where pytest did not come to write them."""
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    if report.is_file():
        for suite in ET.parse(report).getroot().iter("testsuite"):
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            skipped = int(suite.get("skipped", 0))
            counts["failed"] += failed
            counts["skipped"] += skipped
            counts["passed"] += int(suite.get("tests", 0)) - failed - skipped
    return counts


if __name__ == "__main__":
    sys.exit(main())
