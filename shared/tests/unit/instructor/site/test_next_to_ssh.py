"""A classroom on the web whose students go on pushing over ssh and to a path, with the real command."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import httpx
import pytest
from classroom.core.load import under_load

WEEK = "week1-tiny"
LINK = re.compile(r"http://\S+/sign-in/\S+")
TOKEN = re.compile(r'name="form_token" value="(\w+)"')
WHO = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
TOLD = "100/100|scorecard will be"  # later, on a busy machine


@pytest.fixture(scope="module")
def served(reachable, made_room, tmp_path_factory):
    """A classroom while it is being served on the web; the room is where its database can be."""
    room = shutil.copytree(made_room, reachable / "room next to ssh", symlinks=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "classroom", "serve", str(room), "--listen", url, "--sandbox", "none"]
    server = subprocess.Popen(command, cwd=tmp_path_factory.mktemp("served"), stdout=subprocess.PIPE, text=True)
    link = next(filter(None, map(LINK.search, server.stdout)))[0]
    drained = threading.Thread(target=server.stdout.read)
    drained.start()
    yield SimpleNamespace(folder=room, url=f"http://{url}", link=link)
    server.send_signal(signal.SIGINT)
    assert server.wait(under_load(60)) == 0
    drained.join()
    server.stdout.close()


@pytest.fixture
def instructor(served):
    """The instructor's client, who has signed in."""
    with httpx.Client(base_url=served.url, follow_redirects=True) as client:
        form = {"form_token": TOKEN.search(client.get(served.link).text)[1]}
        assert client.post(served.link, data=form).status_code == 200
        yield client


@pytest.mark.parametrize("way", ["ssh", "path"])
def test_push_next_to_the_site_is_on_its_pages(served, instructor, made_room, tmp_path, way):
    """A student pushes over ssh, or to a path, as before there was a site; the page has the points."""
    name = {"ssh": "ada", "path": "bob"}[way]
    # Stands in for ssh: the key of this student runs the classroom's command.
    program = tmp_path / "ssh"
    run = f'SSH_ORIGINAL_COMMAND="$command" "{served.folder}/.classroom/door" {name}'
    program.write_text(f'#!/bin/sh\nfor command; do :; done\nexec env -i PATH="$PATH" {run}\n')
    program.chmod(0o755)
    own = f"{WEEK}/{WEEK}-{name}.git"
    address = f"git@school.example:{own}" if way == "ssh" else served.folder / own

    def git(*words):
        environment = os.environ | {"GIT_SSH": str(program), "GIT_SSH_VARIANT": "simple"}
        done = subprocess.run(
            ["git", *WHO, *words], cwd=tmp_path, capture_output=True, text=True, check=False, env=environment
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    git("clone", "--quiet", address, "work")
    shutil.copytree(made_room.parent / WEEK / "grading/solution/app", tmp_path / "work/app", dirs_exist_ok=True)
    git("-C", "work", "commit", "--quiet", "--all", "--message", "x")
    assert re.search(TOLD, git("-C", "work", "push", "--quiet"))

    page, end = f"/class/students/{name}/weeks/{WEEK}/", time.monotonic() + under_load(60)
    while "100 of 100 points in the visible checks" not in instructor.get(page).text:
        assert time.monotonic() < end
        time.sleep(0.1)
