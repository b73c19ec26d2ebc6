"""Bubblewrap's command line, and the sentences for machines on which it is not available."""

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
def not_tried_yet(monkeypatch):
    """Forget that a sandbox was available before."""
    monkeypatch.setattr(bubblewrap, "_available_in", set())


def says(monkeypatch, stderr, settings=(), uid=1000, files=()):
    """Return what `why_unavailable` says where bubblewrap prints this and fails."""
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


@pytest.mark.usefixtures("not_tried_yet")
class TestAvailable:
    """One sentence says why no sandbox is available, and what to do."""

    def test_missing_bubblewrap_is_named_with_the_commands_that_install_it(self, monkeypatch):
        """The sentence has the commands for Debian, Ubuntu and Fedora."""
        monkeypatch.setattr(bubblewrap.sys, "platform", "linux")
        monkeypatch.setattr(shutil, "which", lambda name: None)

        reason = bubblewrap.why_unavailable()

        assert "sudo apt-get install bubblewrap" in reason
        assert "sudo dnf install bubblewrap" in reason
        assert "--sandbox none" in reason

    def test_other_systems_need_linux(self, monkeypatch):
        """On macOS and Windows the sentence has no advice that cannot help."""
        monkeypatch.setattr(bubblewrap.sys, "platform", "darwin")

        assert "needs Linux" in bubblewrap.why_unavailable()

    def test_refusal_is_not_remembered(self, monkeypatch):
        """Once the system has been changed so that a sandbox can be built, the next call says so."""
        with monkeypatch.context() as forbidden:
            assert says(forbidden, "bwrap: Creating new namespace failed\n")
        allowed = subprocess.CompletedProcess([], 0, "1\n", "")
        monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
        monkeypatch.setattr(bubblewrap.subprocess, "run", lambda *words, **more: allowed)

        assert bubblewrap.why_unavailable() is None

    def test_apparmor_is_named_with_its_setting(self, monkeypatch):
        """Where AppArmor forbids user namespaces, as on GitHub's runners, the setting is named."""
        settings = {"kernel/apparmor_restrict_unprivileged_userns": "1"}

        reason = says(monkeypatch, "bwrap: setting up uid map: Permission denied\n", settings)

        assert "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0" in reason
        assert "setting up uid map" in reason

    @pytest.mark.parametrize("file", ["/.dockerenv", "/run/.containerenv"])
    def test_container_is_named_with_its_options(self, monkeypatch, file):
        """In a plain container, the sentence names the flags that are missing."""
        reason = says(monkeypatch, "bwrap: No permissions to create new namespace\n", files=(file,), uid=0)

        assert "--privileged" in reason
        assert "seccomp=unconfined" in reason

    @pytest.mark.parametrize("name", ["kernel/unprivileged_userns_clone", "user/max_user_namespaces"])
    def test_forbidden_user_namespaces_are_named_with_their_setting(self, monkeypatch, name):
        """The sentence names the setting that forbids user namespaces."""
        reason = says(monkeypatch, "bwrap: Creating new namespace failed\n", {name: "0"})

        assert f"sysctl -w {name.replace('/', '.')}=" in reason

    def test_any_other_reason_is_quoted_from_bubblewrap(self, monkeypatch):
        """An unknown reason is passed on unchanged."""
        assert "something odd" in says(monkeypatch, "bwrap: something odd\n")

    def test_it_is_one_sentence(self, monkeypatch):
        """Each reason is one line that ends with a period."""
        reason = says(monkeypatch, "a\nb\nbwrap: something odd\n")

        assert "\n" not in reason
        assert reason.endswith(".")


@pytest.mark.usefixtures("not_tried_yet")
def test_pool_stops_with_the_sentence(monkeypatch, tmp_path):
    """Where no sandbox is available, grading stops before it starts."""
    from classroom.checks.workers.pool import Pool

    monkeypatch.setattr(bubblewrap.sys, "platform", "darwin")

    with pytest.raises(CouldNotCheck, match="needs Linux"):
        Pool(None, sandbox="bubblewrap", room=tmp_path / "pool")


class TestWorld:
    """Which parts of the file system are visible, and which are covered."""

    def test_kit_is_covered_where_it_is_among_the_packages(self, monkeypatch, tmp_path):
        """A kit that is installed next to the other packages is covered after they are shown."""
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
        """A virtual environment in the course's own folder is visible, the course is not."""
        course = tmp_path / "prefix/course"
        packages = course / ".venv/lib/python3/site-packages"
        packages.mkdir(parents=True)
        monkeypatch.setattr(bubblewrap, "visible", lambda: [tmp_path / "prefix", packages])
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
        assert not {Path("/"), Path("/home"), Path("/root"), Path.home(), Path("/usr")} & set(bubblewrap.visible())

    def test_models_of_the_text_recognition_are_shown_and_nothing_next_to_them(self):
        """Of the environment's `share`, only the folder with Tesseract's models is shown."""
        shown = [path for path in bubblewrap.visible() if path.is_relative_to(Path(sys.prefix, "share").resolve())]

        assert shown == [Path(sys.prefix, "share", "tessdata").resolve()]
        assert (shown[0] / "eng.traineddata").is_file()

    def test_packages_are_those_of_this_interpreter(self):
        """The folder from which FastAPI is imported is shown."""
        import fastapi

        assert str(Path(fastapi.__file__).parents[1]) in bubblewrap.packages()
        assert bubblewrap.interpreter().name.startswith(("python", Path(sys.executable).resolve().name))


@pytest.mark.parametrize(
    ("address", "inside", "targets"),
    [
        (
            "postgresql://u:p@db.school.edu/x",
            "postgresql://u:p@127.0.0.1:5432/x",
            {5432: ("db.school.edu", 5432, True, None)},
        ),
        (
            "postgresql+psycopg2://u:p%40@[::1]:6000/x?a=b",
            "postgresql+psycopg2://u:p%40@127.0.0.1:5432/x?a=b",
            {5432: ("::1", 6000, True, None)},
        ),
        ("redis://127.0.0.1:41000/0", "redis://127.0.0.1:41000/0", {41000: ("127.0.0.1", 41000, False, None)}),
        ("postgresql:///x?host=/door", "postgresql:///x?host=/door", {}),
        ("just words", "just words", {}),
    ],
)
def test_url_of_a_service_in_the_sandbox(address, inside, targets):
    """A URL with a host and a port gets the loopback address; everything else in it stays."""
    found = {}

    assert rewrite_url(address, found) == inside
    assert found == targets


def test_two_names_of_one_service_stay_two_names():
    """A URL on localhost, of a port that another service has on 127.0.0.1, is unchanged and leads to the same service."""
    targets = {}

    rewrite_url("http://127.0.0.1:9000", targets)

    assert rewrite_url("http://localhost:9000", targets) == "http://localhost:9000"
    assert targets == {9000: ("127.0.0.1", 9000, False, None)}


def test_services_that_want_the_same_port_get_different_ones():
    """Two servers with the same port get two ports in the sandbox."""
    targets = {}

    first = rewrite_url("postgresql://a@one:5432/x", targets)
    second = rewrite_url("postgresql://a@two:5432/x", targets)

    assert (first, second) == ("postgresql://a@127.0.0.1:5432/x", "postgresql://a@127.0.0.1:5433/x")


FORBIDDEN = """\
#!/bin/sh
[ -e '{allowed}' ] && exec '{bubblewrap}' "$@"
echo 'bwrap: setting up uid map: Permission denied' >&2
exit 1
"""


@pytest.mark.usefixtures("not_tried_yet")
def test_job_of_classroom50_that_allows_a_sandbox_grades_in_it(tmp_path, monkeypatch):
    """On a runner that forbids a sandbox until sudo changes a setting, grading runs in the sandbox."""
    if trouble := bubblewrap.why_unavailable():
        pytest.skip(trouble)
    bubblewrap._available_in.clear()
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
