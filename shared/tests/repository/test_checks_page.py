"""The examples in docs/checks.md are checks that pass."""

import json
import re
import subprocess
import sys
from pathlib import Path

import classroom

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(?:python|sql|dockerfile|yaml)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)

ASSIGNMENT = """\
title = "Notes"
minutes = 5
student_files = ["app", "queries", "my_tests", "Dockerfile", "compose.yaml"]
services = ["postgres"]
preload = ["fastapi", "psycopg"]

[[tasks]]
number = 1
title = "Create and list"
points = 50

[[tasks]]
number = 2
title = "Read one"
points = 50
needs = [1]
"""


INSIDE = {"backing", "course_launcher"}  # fixtures of which other fixtures are made


def test_everything_that_a_check_can_use_is_on_the_page():
    """Each name that `classroom` exports and each fixture is on the page, the names in an example that is run or in a table."""
    fixtures = {
        name
        for module in ("fixtures", "live_fixtures", "service_fixtures")
        for name in re.findall(
            r"@pytest\.fixture.*\ndef ([a-z]\w*)",
            (ROOT / f"shared/src/classroom/checks/{module}.py").read_text(encoding="utf-8"),
        )
    }

    assert {name for name in classroom.__all__ if not re.search(rf"\b{name}\b", PAGE)} == set()
    assert {name for name in fixtures - INSIDE if f"`{name}`" not in PAGE} == set()


def test_every_example_holds(tmp_path):
    """All checks on the page pass on the page's app."""
    week = tmp_path / "week1-notes"
    for number, block in enumerate(BLOCKS):
        named = re.match(r"(?:#|--) (\S+\.(?:py|sql|yaml)|Dockerfile)\n", block)
        path = week / (named[1] if named else f"tests/test_{number}.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block, encoding="utf-8")
    (week / "assignment.toml").write_text(ASSIGNMENT, encoding="utf-8")
    (week / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "classroom", "check", week], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads((week / ".classroom" / "last.json").read_text(encoding="utf-8"))
    held = [check["name"] for task in result["tasks"] for check in task["checks"]]
    checks = "".join(block for block in BLOCKS if not block.startswith("# my_tests/"))
    assert sorted(held) == sorted(re.findall(r"def test_(\w+)\(", checks))
