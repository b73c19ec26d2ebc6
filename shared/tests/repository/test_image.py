"""The image that shared/hosting/Dockerfile builds serves a class, where a Docker daemon can be started and packages fetched."""

import os
import re
import shlex
import shutil
import subprocess
import time
from html import unescape
from pathlib import Path

import httpx
import pytest
from classroom.core.load import under_load
from classroom.core.ports import free_ports

ROOT = Path(__file__).resolve().parents[3]
DOCKER, HOSTING = ROOT / "shared/docker", ROOT / "shared/hosting"
BASE = re.search(r"^FROM (\S+)", (HOSTING / "Dockerfile").read_text(), re.MULTILINE)[1]
PACKAGES = shlex.split("""
apt dpkg passwd login adduser python3 python3-venv ca-certificates debian-archive-keyring tar gzip grep sed
findutils diffutils hostname util-linux mawk perl-base debianutils init-system-helpers openssl
""")
CERTIFICATES, SOURCES = Path("/etc/ssl/certs/ca-certificates.crt"), Path("/etc/apt")
# A Debian with Python, as which machines that can reach no registry know the base image.
LOCAL_BASE = """FROM scratch
ADD root.tar /
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY apt /etc/apt
RUN for each in root:0 daemon:1 _apt:100; do \\
      echo "${each%:*}:x:${each#*:}:${each#*:}::/:/bin/sh" >>/etc/passwd; echo "${each%:*}:x:${each#*:}:" >>/etc/group; \\
    done && mkdir -p /tmp /root /home && chmod 1777 /tmp && ln -sf mawk /usr/bin/awk
ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt
"""
FIELD = re.compile(r'name="form_token" value="(\w+)"')
WEEK = "week1-hello-api"
WHO = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "credential.helper=")


def run(*words, seconds=900, **more):
    """Return what a command prints."""
    words = [str(word) for word in words]
    done = subprocess.run(
        ["timeout", str(seconds), *words], capture_output=True, text=True, check=False, env=os.environ, **more
    )
    assert done.returncode == 0, f"{shlex.join(words)}\n{(done.stdout + done.stderr)[-3000:]}"
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def daemon(starts_processes):
    """A Docker daemon: the one that answers, or one of our own."""
    done = subprocess.run([DOCKER / "start-daemon"], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"There is no Docker daemon here: {done.stderr.strip()[-200:]}")
    ours = dict(re.findall(r"(DOCKER_\w+)=(\S+)", done.stdout))
    os.environ.update(ours)
    yield
    if ours:
        subprocess.run([DOCKER / "stop-daemon"], check=True)
    for name in ours:
        del os.environ[name]


@pytest.fixture(scope="module")
def image(daemon, tmp_path_factory):
    """The image, built from this folder, in which a password has been written as docs/hosting.md says."""
    folder = tmp_path_factory.mktemp("image")
    if subprocess.run(["docker", "pull", "--quiet", BASE], capture_output=True, check=False).returncode:
        _build_base(folder)
    course = folder / "course"
    names = run("git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    for name in filter(lambda name: (ROOT / name).is_file(), names):
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, course / name)
    for name in ("shared/hosting/.env", ".venv/old", "grades/gradebook.csv", "week1-hello-api/.classroom/last.json"):
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        (course / name).write_text("DATABASE_PASSWORD=secret")
    network = ("--network", "host")
    run("docker", "build", *network, "--file", course / "shared/hosting/Dockerfile", "--tag", "classroom-test", course)
    return "classroom-test"


def _build_base(folder):
    """Build the base image of Debian's packages."""
    if not CERTIFICATES.exists() or not shutil.which("apt-get"):
        pytest.skip(f"{BASE} cannot be pulled, and only Debian can replace it.")
    base = folder / "base"
    base.mkdir()
    with (base / "root.tar").open("wb") as tar:
        done = subprocess.run([DOCKER / "debian-root", *PACKAGES], stdout=tar, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        pytest.skip(f"Debian's packages cannot be fetched here: {done.stderr.decode()[-200:]}")
    shutil.copy(CERTIFICATES, base)
    for path in (SOURCES / "sources.list", SOURCES / "sources.list.d"):
        if path.exists():
            (shutil.copytree if path.is_dir() else shutil.copy)(path, _made(base / "apt") / path.name)
    (base / "Dockerfile").write_text(LOCAL_BASE)
    run("docker", "build", "--quiet", "--tag", BASE, base)


def _made(folder):
    folder.mkdir(exist_ok=True)
    return folder


def options():
    """Return the options of `docker run` that compose.yaml gives to the classroom's container."""
    service = (HOSTING / "compose.yaml").read_text().partition("\n  database:\n")[0]
    found = [
        word
        for each in re.findall(r"^      - (\w+=unconfined)$", service, re.MULTILINE)
        for word in ("--security-opt", each)
    ]
    assert len(found) == 6
    return ["--init", *found, "--volume", "classroom-test:/srv"]


@pytest.mark.long
def test_image_serves_a_class(image, tmp_path):
    """The classroom opens in the container, a student joins, clones and pushes to it, and is graded in the sandbox."""
    (tmp_path / "roster.csv").write_text("username,name\nada,Ada Lovelace\n")
    inside = run("docker", "run", "--rm", "--entrypoint", "find", image, "/opt/hello-backend", "-name", ".env")
    inside += run(
        "docker", "run", "--rm", "--entrypoint", "ls", image, "-a", "/opt/hello-backend", "/opt/hello-backend/.venv"
    )
    assert not {".env", "old", "grades", ".git"} & set(inside.split())
    port = free_ports().site
    url = f"http://127.0.0.1:{port}"
    roster = f"{tmp_path}/roster.csv:/roster.csv:ro"
    words = ["open", "/srv/classroom", "--roster", "/roster.csv", "--weeks", "1"]
    run("docker", "run", "--rm", *options(), "--volume", roster, image, *words)
    serve = ["serve", "/srv/classroom", "--listen", "0.0.0.0:8080", "--url", url]
    server = run("docker", "run", "--detach", *options(), "--publish", f"127.0.0.1:{port}:8080", image, *serve).split()[
        -1
    ]
    try:
        assert pushed(url, server, tmp_path / "ada").count("100/100") == 1
        assert "1 of 1 have started" in run("docker", "exec", server, "classroom", "progress", "/srv/classroom")
        backup = ["classroom", "backup", "/srv/classroom", "--to", "/srv/today.backup"]
        assert "1 repositor" in run("docker", "exec", server, *backup)
        run("docker", "stop", "--time", "90", server)
        assert "1 graded" in run("docker", "logs", server)
    finally:
        run("docker", "rm", "--force", server)
        run("docker", "volume", "rm", "classroom-test")


def pushed(url, server, folder):
    """Join, clone and push the solution; return what git prints."""
    end = time.monotonic() + under_load(60)
    while not (found := re.search(rf"{url}(/sign-in/\S+)", run("docker", "logs", server))):
        assert time.monotonic() < end, run("docker", "logs", server)
        time.sleep(0.2)
    with (
        httpx.Client(base_url=url, follow_redirects=True) as staff,
        httpx.Client(base_url=url, follow_redirects=True) as ada,
    ):
        page = submit(staff, staff.get(found[1]).text, found[1])
        join = re.search(rf"{url}(/join/\w+)<", page)[1]
        page = submit(ada, ada.get(join).text, join, username="ada")
        page = submit(ada, page, f"/weeks/{WEEK}/accept")
    run("git", *WHO, "clone", "--quiet", unescape(re.search(r"git clone (\S+?)</code>", page)[1]), folder)
    shutil.copytree(ROOT / WEEK / "grading/solution", folder, dirs_exist_ok=True)
    run("git", *WHO, "commit", "--quiet", "--all", "--message", "Work", cwd=folder)
    return run("git", *WHO, "push", cwd=folder)


def submit(client, page, path, **fields):
    """Send a form of a page, and return the page that it leads to."""
    response = client.post(path, data={"form_token": FIELD.search(page)[1], **fields})
    assert response.is_success, response.text[-500:]
    return response.text
