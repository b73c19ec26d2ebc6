"""Bubblewrap's command line, and the sentences for where it cannot be had."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from classroom.apps.sandbox import bubblewrap
from classroom.apps.sandbox.relay import rewrite_url
from classroom.core.errors import CouldNotCheck
from classroom.student import classroom50


@pytest.fixture
def anew(monkeypatch):
    """Nothing that was found out before counts."""
    monkeypatch.setattr(bubblewrap, "_stood", set())


def says(monkeypatch, stderr, settings=(), uid=1000, files=()):
    """What `available` says where bubblewrap ends with these words."""
    done = subprocess.CompletedProcess([], 1, "", stderr)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(bubblewrap, "version", lambda: (0, 8, 0))
    monkeypatch.setattr(bubblewrap, "_setting", dict(settings).get)
    monkeypatch.setattr(bubblewrap.os, "getuid", lambda: uid)
    monkeypatch.setattr(bubblewrap.subprocess, "run", lambda *words, **more: done)
    real = Path.exists
    container = ("/.dockerenv", "/run/.containerenv")
    monkeypatch.setattr(Path, "exists", lambda path: str(path) in files if str(path) in container else real(path))
    return bubblewrap.why_unavailable()


@pytest.mark.usefixtures("anew")
class TestAvailable:
    """One sentence says why walls cannot be had, and what to do."""

    def test_missing_bubblewrap_is_named_with_the_commands_that_install_it(self, monkeypatch):
        """Debian, Ubuntu and Fedora are told their command."""
        monkeypatch.setattr(bubblewrap.sys, "platform", "linux")
        monkeypatch.setattr(shutil, "which", lambda name: None)

        said = bubblewrap.why_unavailable()

        assert "sudo apt-get install bubblewrap" in said
        assert "sudo dnf install bubblewrap" in said
        assert "--sandbox none" in said

    def test_other_systems_are_told_that_walls_need_linux(self, monkeypatch):
        """On macOS and Windows there is no advice that cannot help."""
        monkeypatch.setattr(bubblewrap.sys, "platform", "darwin")

        assert "need Linux" in bubblewrap.why_unavailable()

    def test_refusal_is_not_remembered(self, monkeypatch):
        """Once what forbade walls has been changed, the next question finds that they can be built."""
        with monkeypatch.context() as forbidden:
            assert says(forbidden, "bwrap: Creating new namespace failed\n")
        allowed = subprocess.CompletedProcess([], 0, "1\n", "")
        monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
        monkeypatch.setattr(bubblewrap.subprocess, "run", lambda *words, **more: allowed)

        assert bubblewrap.why_unavailable() is None

    def test_apparmor_is_named_with_its_setting(self, monkeypatch):
        """Where AppArmor forbids user namespaces, as on GitHub's runners, the setting is named."""
        settings = {"kernel/apparmor_restrict_unprivileged_userns": "1"}

        said = says(monkeypatch, "bwrap: setting up uid map: Permission denied\n", settings)

        assert "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0" in said
        assert "setting up uid map" in said

    @pytest.mark.parametrize("file", ["/.dockerenv", "/run/.containerenv"])
    def test_container_is_told_how_it_has_to_be_started(self, monkeypatch, file):
        """In a plain container the flags are named that it lacks."""
        said = says(monkeypatch, "bwrap: No permissions to create new namespace\n", files=(file,), uid=0)

        assert "--privileged" in said
        assert "seccomp=unconfined" in said

    @pytest.mark.parametrize("name", ["kernel/unprivileged_userns_clone", "user/max_user_namespaces"])
    def test_forbidden_user_namespaces_are_named_with_their_setting(self, monkeypatch, name):
        """The setting that forbids them is the one that the sentence names."""
        said = says(monkeypatch, "bwrap: Creating new namespace failed\n", {name: "0"})

        assert f"sysctl -w {name.replace('/', '.')}=" in said

    def test_anything_else_is_told_in_bubblewraps_own_words(self, monkeypatch):
        """What is not known is passed on."""
        assert "something odd" in says(monkeypatch, "bwrap: something odd\n")

    def test_it_is_one_sentence(self, monkeypatch):
        """Whatever is wrong, it is told on one line that ends with a stop."""
        said = says(monkeypatch, "a\nb\nbwrap: something odd\n")

        assert "\n" not in said
        assert said.endswith(".")


@pytest.mark.usefixtures("anew")
def test_pool_stops_with_the_sentence(monkeypatch, tmp_path):
    """Where walls cannot be had, grading stops before it begins."""
    from classroom.checks.pool import Pool

    monkeypatch.setattr(bubblewrap.sys, "platform", "darwin")

    with pytest.raises(CouldNotCheck, match="need Linux"):
        Pool(None, sandbox="bubblewrap", room=tmp_path / "pool")


class TestWorld:
    """What is shown of the world outside, and what is covered."""

    def test_kit_is_covered_where_it_lies_among_the_packages(self, monkeypatch, tmp_path):
        """A kit that is installed beside the other packages is covered after they are shown."""
        packages = tmp_path / "venv/lib/python3/site-packages"
        kit = packages / "classroom"
        kit.mkdir(parents=True)
        monkeypatch.setattr(bubblewrap, "packages", lambda: [str(packages)])
        monkeypatch.setattr(bubblewrap, "hidden", lambda: [kit])

        words = bubblewrap._world()

        shown, covered = words.index(str(packages)), words.index(str(kit))
        assert words[shown - 1] == "--ro-bind"
        assert words[covered - 1] == "--tmpfs"
        assert shown < covered

    def test_packages_inside_of_something_covered_are_shown_after_it(self, monkeypatch, tmp_path):
        """A virtual environment in the course's own folder is seen, the course is not."""
        course = tmp_path / "prefix/course"
        packages = course / ".venv/lib/python3/site-packages"
        packages.mkdir(parents=True)
        monkeypatch.setattr(bubblewrap, "seen", lambda: [tmp_path / "prefix", packages])
        monkeypatch.setattr(bubblewrap, "hidden", lambda: [course])

        words = bubblewrap._world()

        assert words.index(str(tmp_path / "prefix")) < words.index(str(course)) < words.index(str(packages))

    def test_kit_and_course_are_hidden(self):
        """The kit, and every folder above it that holds weeks, is among what is never shown."""
        hidden = bubblewrap.hidden()

        assert bubblewrap.KIT in hidden
        assert bubblewrap.KIT.parents[2] in hidden

    def test_home_and_root_are_not_shown(self):
        """No folder above the interpreter or the packages is shown."""
        assert not {Path("/"), Path("/home"), Path("/root"), Path.home(), Path("/usr")} & set(bubblewrap.seen())

    def test_packages_are_those_of_this_interpreter(self):
        """The folder from which FastAPI is imported is shown."""
        import fastapi

        assert str(Path(fastapi.__file__).parents[1]) in bubblewrap.packages()
        assert bubblewrap.interpreter().name.startswith(("python", Path(sys.executable).resolve().name))


@pytest.mark.parametrize(
    ("address", "inside", "doors"),
    [
        (
            "postgresql://u:p@db.school.edu/x",
            "postgresql://u:p@127.0.0.1:5432/x",
            {5432: ("db.school.edu", 5432, True)},
        ),
        (
            "postgresql+psycopg2://u:p%40@[::1]:6000/x?a=b",
            "postgresql+psycopg2://u:p%40@127.0.0.1:5432/x?a=b",
            {5432: ("::1", 6000, True)},
        ),
        ("redis://127.0.0.1:41000/0", "redis://127.0.0.1:41000/0", {41000: ("127.0.0.1", 41000, False)}),
        ("postgresql:///x?host=/door", "postgresql:///x?host=/door", {}),
        ("just words", "just words", {}),
    ],
)
def test_address_of_a_service_behind_the_walls(address, inside, doors):
    """An address with a host and a port becomes one on the loopback; everything else in it stays."""
    found = {}

    assert rewrite_url(address, found) == inside
    assert found == doors


def test_two_names_of_one_service_stay_two_names():
    """An address on localhost that another service has as 127.0.0.1 is left as it is, and leads to the same place."""
    doors = {}

    rewrite_url("http://127.0.0.1:9000", doors)

    assert rewrite_url("http://localhost:9000", doors) == "http://localhost:9000"
    assert doors == {9000: ("127.0.0.1", 9000, False)}


def test_services_that_want_the_same_port_get_different_ones():
    """Two servers with one port each have one behind the walls."""
    doors = {}

    first = rewrite_url("postgresql://a@one:5432/x", doors)
    second = rewrite_url("postgresql://a@two:5432/x", doors)

    assert (first, second) == ("postgresql://a@127.0.0.1:5432/x", "postgresql://a@127.0.0.1:5433/x")


FORBIDDEN = """\
#!/bin/sh
[ -e '{allowed}' ] && exec '{bubblewrap}' "$@"
echo 'bwrap: setting up uid map: Permission denied' >&2
exit 1
"""


@pytest.mark.usefixtures("anew")
def test_job_of_classroom50_that_allows_walls_grades_behind_them(tmp_path, monkeypatch):
    """On a runner that forbids walls until sudo has changed a setting, grading runs in the sandbox and not without."""
    if trouble := bubblewrap.why_unavailable():
        pytest.skip(trouble)
    bubblewrap._stood.clear()
    allowed = tmp_path / "allowed"
    scripts = {
        "bwrap": FORBIDDEN.format(allowed=allowed, bubblewrap=shutil.which("bwrap")),
        "sudo": f"#!/bin/sh\ntouch '{allowed}'\n",
    }
    for name, text in scripts.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    assert classroom50.choose_sandbox() == "bubblewrap"
    assert allowed.exists()
