"""The way from the join link to the card of a first push or upload, in a real browser, with the real command."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading

import pytest
from classroom.core.load import under_load

WHO = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "credential.helper=")
DROP = """text => {
  const dropped = new DataTransfer();
  dropped.items.add(new File([text], "main.py"));
  const event = new DragEvent("drop", {dataTransfer: dropped, bubbles: true, cancelable: true});
  document.getElementById("panel-hand-in").dispatchEvent(event);
}"""
LINK = re.compile(r"http://\S+/sign-in/\S+")


@pytest.fixture(scope="module")
def served(reachable, made_room, tmp_path_factory):
    """The address and the first link of a classroom that is being served; the room is where its database can be."""
    room = shutil.copytree(made_room, reachable / "served room", symlinks=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "classroom", "serve", str(room), "--listen", f"127.0.0.1:{port}"]
    server = subprocess.Popen(
        [*command, "--sandbox", "none"],
        cwd=tmp_path_factory.mktemp("served"),
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    lines = (line for line in server.stdout if LINK.search(line))
    link = LINK.search(next(lines))[0]
    drained = threading.Thread(target=server.stdout.read)
    drained.start()
    yield f"http://127.0.0.1:{port}", link
    server.send_signal(signal.SIGINT)
    assert server.wait(under_load(60)) == 0
    drained.join()
    server.stdout.close()


def git(folder, *words):
    """Return what git prints."""
    done = subprocess.run(
        ["git", *WHO, *words], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.long
def test_from_the_join_link_to_the_first_card(served, browse, violations, made_room, tmp_path):
    """Somebody who has only the link joins, clones, pushes, and sees the card appear on the open page."""
    url, link = served
    seconds = under_load(60)
    instructor = browse(link, own=url, seconds=seconds)
    instructor.get_by_role("button", name="Sign in").click()
    join = instructor.locator("#join-link").inner_text().strip()

    student = browse(join, own=url, seconds=seconds, viewport={"width": 390, "height": 844})
    student.get_by_label("Who are you?").select_option("Ada Lovelace")
    assert violations(student) == []
    student.get_by_role("button", name="Join").click()
    student.get_by_role("button", name="Get your repository").click()
    clone = student.locator("#clone").inner_text().split()
    git(tmp_path, *clone[1:])
    work = tmp_path / student.locator("pre", has_text=re.compile(r"^cd ")).inner_text().split()[1]
    student.get_by_role("link", name="The page of this week").click()
    student.get_by_text("Nothing has been pushed yet.").wait_for()

    shutil.copytree(made_room.parent / "week1-tiny/grading/solution/app", work / "app", dirs_exist_ok=True)
    git(work, "commit", "--quiet", "-am", "<script>alert(1)</script>")
    assert re.search(f"100/100|The scorecard will be at {url}/weeks/", git(work, "push"))  # later, on a busy machine

    student.locator("#panel-card").get_by_text("100 of 100 points").wait_for()
    student.locator("#panel-pushes td", has_text="100").wait_for()
    instructor.locator("td", has_text="100 of 100").wait_for()
    for page in (student, instructor):
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    student.goto(f"{url}/weeks/")
    student.locator(".tiles").get_by_text("100 of 100 points").wait_for()
    assert violations(student) == []


@pytest.mark.long
def test_handing_in_without_git(served, browse, violations, made_room):
    """Somebody without git drops a file on the page of a week, then sends the folder with the form."""
    url, link = served
    seconds = under_load(60)
    instructor = browse(link, own=url, seconds=seconds)
    instructor.get_by_role("button", name="Sign in").click()
    join = instructor.locator("#join-link").inner_text().strip()
    student = browse(join, own=url, seconds=seconds, viewport={"width": 390, "height": 844})
    student.get_by_label("Who are you?").select_option("Bob Builder")
    student.get_by_role("button", name="Join").click()
    student.get_by_role("link", name="Tiny").click()

    student.get_by_text("Hand in without git").click()
    student.evaluate(DROP, "from fastapi import FastAPI\n\napp = FastAPI()\n")
    student.get_by_text("Handed in: 1 file").wait_for()
    assert violations(student) == []
    student.locator("#panel-card").get_by_text("0 of 100 points").wait_for()
    student.get_by_role("button", name="Show hint 1 of 2").click()
    student.get_by_text("Hint 1 of 2", exact=True).wait_for()

    student.get_by_label("Choose your folder").set_input_files(made_room.parent / "week1-tiny/grading/solution/app")
    student.get_by_role("button", name="Hand in", exact=True).click()
    student.get_by_text("Handed in: 1 file").wait_for()
    student.locator("#panel-card").get_by_text("100 of 100 points").wait_for()
    student.locator("#panel-pushes td", has_text="100").wait_for()
    assert violations(student) == []
    assert student.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.long
def test_token_and_description_of_the_api(served, browse, violations):
    """Somebody makes a token for a script, reads how the API works, and both pages are accessible and fit on a phone."""
    url, link = served
    page = browse(link, own=url, seconds=under_load(60), viewport={"width": 390, "height": 844})
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="For scripts").click()
    page.get_by_label("What is it for?").fill("a calendar")
    page.get_by_role("button", name="Make a token").click()
    token = page.locator("#token").inner_text().strip()
    page.get_by_role("rowheader", name="a calendar").wait_for()
    seen = [violations(page)]

    page.get_by_role("link", name="how the API works").click()
    page.get_by_role("heading", name="All students in a week").wait_for()
    seen.append(violations(page))

    assert seen == [[], []]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = page.request.get(f"{url}/api/me", headers={"Authorization": f"Bearer {token}"})
    assert found.json()["role"] == "instructor"
