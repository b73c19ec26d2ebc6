"""`classroom learn` as a command."""

import subprocess
import sys

PACKAGES = ("fastapi", "jinja2", "nh3", "markdown_it", "pygments", "uvicorn", "classroom.web")
LOADED = (
    "import sys; from classroom.cli.main import parser; import classroom.student.check, classroom.student.workspace; "
    f"parser().parse_args(['learn', '1']); print([name for name in {PACKAGES} if name in sys.modules])"
)


def test_other_commands_load_nothing_of_the_page():
    """`classroom check` starts as fast as without the page: its packages are loaded by `learn` alone."""
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_wrong_port_is_one_sentence(classroom):
    """A port that does not exist is said, and no address is announced."""
    done = classroom("learn", "1", "--port", 99_999)

    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("99999 is not a valid port")
    assert len(done.err.splitlines()) == 1
