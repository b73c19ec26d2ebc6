"""Ctrl-C while the site of week 5 starts."""

import subprocess
import sys

PROGRAM = """
from types import SimpleNamespace
from classroom.student.foreground import run_system

def start():
    exec("raise KeyboardInterrupt")

raise SystemExit(run_system(SimpleNamespace(start=start, close=lambda: None), print))
"""


def test_interrupt_in_generated_code_ends_the_command_well(tmp_path):
    """Ctrl-C in code that Python generates, such as a dataclass that is being imported, ends `run` with status 0."""
    (tmp_path / "program.py").write_text(PROGRAM)

    done = subprocess.run([sys.executable, "-m", "program"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
