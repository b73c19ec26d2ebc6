"""The extra ship-it with a real Docker: the solution's image is built and run, alone and with its database.

No image is pulled. Where python and postgres are missing, stand-ins made of Debian packages take their names for a while.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from classroom.core.load import under_load

ROOT = Path(__file__).resolve().parents[4]
EXTRA = ROOT / "week5-system-design/extra/ship-it"
PYTHON, POSTGRES = "python:3.13-slim", "postgres:18"
ACCOUNTS = (
    r"printf 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' > /etc/passwd"
    r" && printf 'root:x:0:\nnogroup:x:65534:\n' > /etc/group && touch /etc/shadow /etc/gshadow"
    " && mkdir -p /tmp /root && chmod 1777 /tmp && ln -sf python3 /usr/bin/python"
)
# pip gets the packages from a folder: a container may not reach an index.
OFFLINE = "COPY wheels /wheels\nENV PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels PIP_BREAK_SYSTEM_PACKAGES=1\n"
LOOK = "import os; print(os.getuid(), *(os.path.join(top, name) for top, _, names in os.walk('/srv') for name in names), sep=chr(10))"
PROJECT = f"ship-it-test-{os.getpid()}"
pytestmark = pytest.mark.long  # its images take minutes to make


def run(*words, **more):
    """Run a command and return what it did."""
    return subprocess.run(words, capture_output=True, text=True, check=False, **more)


def built(folder, tag):
    """Build the image of a folder, and return its tag."""
    done = run("docker", "build", "--quiet", "--tag", tag, str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    return tag


@contextlib.contextmanager
def image(tag, make):
    """Have an image of this name: the one that is there, or a stand-in, whose name is removed again."""
    if run("docker", "image", "inspect", tag).returncode == 0:
        yield
        return
    make()
    try:
        yield
    finally:
        run("docker", "image", "rm", tag)


def make_python(folder):
    """Make a stand-in for the python image, with the packages of the app in a folder."""
    folder.mkdir()
    with (folder / "root.tar").open("wb") as tar:
        packages = ("python3", "python3-pip", "passwd")
        done = subprocess.run(
            [ROOT / "shared/docker/debian-root", *packages], stdout=tar, stderr=subprocess.PIPE, check=False
        )
    if done.returncode != 0:
        pytest.skip(f"Debian's packages cannot be downloaded here: {done.stderr.decode()[-200:]}")
    (folder / "Dockerfile").write_text(f"FROM scratch\nADD root.tar /\nRUN {ACCOUNTS}\n")
    bare = built(folder, f"{PROJECT}-python")
    (folder / "root.tar").unlink()
    shown = "import sys; print('%s.%s' % sys.version_info[:2])"
    version = run("docker", "run", "--rm", bare, "python3", "-c", shown).stdout.strip()
    done = run(
        sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:", "--python-version", version,
        "--dest", str(folder / "wheels"), "--requirement", str(EXTRA / "app/requirements.txt"),
    )  # fmt: skip
    if done.returncode != 0:
        pytest.skip(f"Python's packages cannot be downloaded here: {done.stderr[-200:]}")
    (folder / "Dockerfile").write_text(f"FROM {bare}\n{OFFLINE}")
    built(folder, PYTHON)


def make_postgres():
    """Make a stand-in for the postgres image."""
    local = os.environ.get("POSTGRES_IMAGE", "")
    if not local.startswith("classroom-postgres") or run("docker", "tag", local, POSTGRES).returncode != 0:
        done = run(str(ROOT / "shared/docker/postgres/build"), POSTGRES)
        if done.returncode != 0:
            pytest.skip(f"An image of PostgreSQL cannot be built here: {done.stderr[-200:]}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory, starts_processes):
    """The extra's folder as a student has it at the end, with the image built of it; without Docker, the tests are skipped."""
    if not shutil.which("docker") or run("docker", "info").returncode != 0:
        pytest.skip("no Docker daemon responds here (shared/docker/start-daemon can start one, as root)")
    scratch = tmp_path_factory.mktemp("image")
    folder = scratch / "ship-it"
    shutil.copytree(EXTRA / "app", folder / "app")
    shutil.copytree(EXTRA / "grading/solution", folder, dirs_exist_ok=True)
    (folder / ".env").write_text("DATABASE_PASSWORD=kept-to-itself\n")
    (folder / ".venv").mkdir()
    (folder / ".venv/large").write_text("not for the image")
    with image(PYTHON, lambda: make_python(scratch / "python")):
        built(folder, PROJECT)
        yield folder
        run("docker", "image", "rm", PROJECT, f"{PROJECT}-python")


def test_container_without_address_says_so(folder):
    """Without DATABASE_URL, the container ends with the exit status 1, and its only line names the variable."""
    done = run("docker", "run", "--rm", PROJECT)

    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_image_has_the_app_and_no_secret(folder):
    """The image has the code, neither .env nor .venv, and does not run as root."""
    done = run("docker", "run", "--rm", "--entrypoint", "python", PROJECT, "-c", LOOK)
    user, *files = done.stdout.splitlines()

    assert user != "0"
    assert "/srv/app/main.py" in files
    assert not [name for name in files if ".env" in name or ".venv" in name]
    assert "kept-to-itself" not in run("docker", "history", "--no-trunc", PROJECT).stdout


@pytest.fixture
def compose(folder):
    """A function that runs compose in the folder, where the app's port is any that is free."""
    words = next(
        (words for words in (["docker", "compose"], ["docker-compose"]) if run(*words, "version").returncode == 0), None
    )
    if words is None:
        pytest.skip("docker's client has no compose here")
    file = folder / "compose.yaml"
    file.write_text(file.read_text().replace('"8000:8000"', '"127.0.0.1::8000"'))

    def call(*more):
        return run(*words, "--project-name", PROJECT, *more, cwd=folder)

    with image(POSTGRES, make_postgres):
        yield call
        call("down", "--volumes", "--rmi", "local")


def eventually(path, address, **body):
    """Return the JSON that the app responds with, as soon as it responds with 200 or 201."""
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(f"http://{address}{path}", data, {"Content-Type": "application/json"})
    end = time.monotonic() + under_load(60)
    while True:
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return json.load(response)
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def test_app_and_database_in_containers(compose):
    """With compose, votes are counted and outlive the containers, and the app ends with the exit status 0."""
    for votes in (1, 2):
        up = compose("up", "--detach", "--build")
        assert up.returncode == 0, up.stderr
        address = compose("port", "app", "8000").stdout.strip()
        assert eventually("/health/ready", address) == {"status": "ready"}
        assert eventually("/votes", address, name="Albatross") == {"name": "Albatross", "votes": votes}
        container = compose("ps", "--quiet", "app").stdout.strip()

        assert compose("stop", "app").returncode == 0

        state = json.loads(run("docker", "inspect", container).stdout)[0]["State"]
        assert (state["Status"], state["ExitCode"]) == ("exited", 0)
        assert compose("down").returncode == 0


def test_nothing_starts_without_a_password(compose, folder):
    """If the variable with the password is not set, compose ends with its message."""
    (folder / ".env").rename(folder / "kept")
    try:
        done = compose("config")
    finally:
        (folder / "kept").rename(folder / ".env")

    assert done.returncode != 0
    assert "write it into .env" in done.stderr
