"""Week 5's docker-compose.yml: that it can be read, and that it starts what `run 5` starts."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from classroom.core.ports import Ports
from classroom.services.storage import LOCAL_SECRET
from classroom.student.foreground import COLORS
from classroom.student.local_system import LocalSystem


def compose():
    """Return the command for compose here: docker's own, or the older program of that name."""
    for words in (["docker", "compose"], ["docker-compose"]):
        if (
            shutil.which(words[0])
            and subprocess.run([*words, "version"], capture_output=True, check=False).returncode == 0
        ):
            return words
    return None


@pytest.fixture
def file(week5):
    """The text of the compose file."""
    return (week5 / "docker-compose.yml").read_text(encoding="utf-8")


def defaults(text):
    """The values of the form ${NAME:-value}, by name."""
    return {name: set(re.findall(rf"\${{{name}:-(.*?)}}", text)) for name in re.findall(r"\${(\w+):-", text)}


def test_compose_reads_the_file(week5):
    """`docker compose config` accepts the file, and finds a service for each part of the site."""
    words = compose()
    if words is None:
        pytest.skip("docker's client has no compose here")

    done = subprocess.run([*words, "config", "--services"], cwd=week5, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert {"database", "cache", "storage", "backend-a", "backend-b", "balancer"} <= set(done.stdout.split())


def test_the_site_is_at_the_same_addresses(file):
    """Only the balancer and the storage server are reached from outside, where `run 5` has them, and from this machine alone."""
    ports = Ports()

    assert re.findall(r'- "(\S+?):(\d+):\d+"', file) == [
        ("127.0.0.1", str(ports.storage)),
        ("127.0.0.1", str(ports.site)),
    ]
    assert f"STORAGE_PUBLIC_URL: http://127.0.0.1:{ports.storage}" in file


def test_an_instance_gets_the_same_names(week5, file, tmp_path):
    """A backend's environment has the names that `run 5` sets, and besides them what `run 5` leaves to the settings."""
    backend = file[file.index("x-backend") : file.index("depends_on")]
    theirs = set(re.findall(r"^    ([A-Z_]+): ", backend, re.MULTILINE))
    addresses = {"DATABASE_URL": "a", "DATABASE_REPLICA_URL": "b"}
    with LocalSystem(week5, week5, tmp_path, addresses, Ports(), lambda *_: None) as system:
        ours = {
            name for name in system.environment if name.startswith(("DATABASE_", "CACHE_", "STORAGE_", "AUTH_"))
        } - {"STORAGE_FOLDER", "STORAGE_JOURNAL"}

    assert theirs - ours == {"AUTH_SECRET", "REPLICA_LAG_SECONDS", "TRANSCODE_LOG"}
    assert ours <= theirs


def test_all_ways_share_their_secrets(week5, file):
    """The compose file, `run 5` and the app's settings have the same secrets for one's own machine."""
    settings = (week5 / "app" / "settings.py").read_text(encoding="utf-8")
    known = dict(re.findall(r'^    (\w+_secret): str = "(.+?)"', settings, re.MULTILINE))

    assert defaults(file)["STORAGE_SECRET"] == {LOCAL_SECRET} == {known["storage_secret"]}
    assert defaults(file)["AUTH_SECRET"] == {known["auth_secret"]}


def test_every_part_has_a_colour():
    """Each part's lines have a color of their own."""
    assert set(COLORS) == {"storage", "cache", "a", "b", "balancer", "worker"}
    assert len(set(COLORS.values())) == len(COLORS)
