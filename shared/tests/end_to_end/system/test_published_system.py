"""The published week 5, in an environment with its own kit and no other."""

from __future__ import annotations

import site
import subprocess
import sys
import urllib.request
import venv

import pytest
from classroom.instructor.handout.publish import publish
from classroom.instructor.proof.readme_shell import free_ports


@pytest.fixture(scope="module")
def published(tmp_path_factory, week5):
    """The published week's folder, and a Python that has its kit next to this environment's packages."""
    room = tmp_path_factory.mktemp("published")
    publish(str(week5), str(room / "week"), week5)
    venv.create(room / "venv", with_pip=False)
    python = room / "venv" / "bin" / "python"
    packages = subprocess.run(
        [python, "-c", "import site; print(site.getsitepackages()[0])"], capture_output=True, text=True, check=True
    ).stdout.strip()
    paths = [room / "week" / "kit" / "src", *site.getsitepackages()]
    with open(f"{packages}/course.pth", "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write("".join(f"{path}\n" for path in paths))
    return room / "week", python


@pytest.mark.long
def test_it_is_checked_alone(published):
    """The untouched starter is up, with database, cache, storage and two instances of its own."""
    folder, python = published

    done = subprocess.run(
        [python, "-m", "classroom", "check", "--task", "1"], cwd=folder, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a signal ends the site here")
@pytest.mark.long
def test_it_runs_alone(published, tmp_path):
    """`python -m classroom run` in the published folder starts the site, and SIGTERM stops it."""
    folder, python = published
    ports = free_ports()
    words = ["run", "--port", str(ports.site), "--storage-port", str(ports.storage)]
    with subprocess.Popen(
        [python, "-m", "classroom", *words], cwd=folder, stdout=subprocess.PIPE, text=True
    ) as process:
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("  balancer"):
                break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{ports.site}/health", timeout=120) as answer:
                body = answer.read()
        finally:
            process.terminate()
            process.communicate(timeout=240)

    assert b"ok" in body, said
    assert process.returncode == 0
