"""`classroom run` of a week with a whole system: what it starts, what it says, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from classroom.instructor.proof.readme_shell import free_ports
from classroom.student.foreground import COLORS, line_printer

LINUX = sys.platform == "linux"
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as on Linux and macOS are sent to processes here")


def test_one_address_leads_to_both_instances_by_turns(site):
    """Requests to the site's address are answered by the two instances in turn."""
    asked = [site.get()["pid"] for _ in range(4)]

    assert asked[0] == asked[2] != asked[1] == asked[3]
    assert set(asked) == {site.parts()["a"], site.parts()["b"]}


def test_each_line_has_its_parts_name_in_front(site):
    """What a part prints is shown with its name in front."""
    site.get()
    site.get()

    for name in ("a", "b"):
        site.wait_for(f"{name}  somebody asked")
    assert re.search(r"^ storage  INFO", site.said, re.MULTILINE)


def test_instances_find_the_addresses_and_no_secret_for_tokens(site):
    """Database, cache and storage are named in the environment; AUTH_SECRET is left to the app's own settings."""
    found = site.get()["environment"]

    assert {"DATABASE_URL", "DATABASE_REPLICA_URL", "CACHE_URL", "STORAGE_URL", "STORAGE_SECRET"} <= set(found)
    assert "AUTH_SECRET" not in found


@pytest.mark.long
def test_an_instance_that_dies_is_told_and_the_other_goes_on(run, make_week):
    """A killed instance is reported in one sentence; the site runs on with the other, and ends when that dies, too."""
    command = run(make_week())
    parts = command.parts()

    os.kill(parts["a"], signal.SIGKILL)
    command.wait_for("a has stopped (killed by SIGKILL): the site continues with b.")
    answered = {command.get()["pid"] for _ in range(3)}
    os.kill(parts["b"], signal.SIGKILL)

    assert command.process.wait(240) == 1
    assert answered == {parts["b"]}
    assert "no instance is left: stopping everything." in command.said


def test_a_cache_that_dies_is_told(run, make_week):
    """A killed cache is reported in one sentence, and the rest keeps running."""
    command = run(make_week())

    os.kill(command.parts()["cache"], signal.SIGKILL)

    command.wait_for("cache has stopped (killed by SIGKILL): the site continues without one.")
    assert command.get()["pid"]


@pytest.mark.long
def test_workers_run_beside_the_site(run, make_week, gone):
    """The requested number of workers run next to the site, each with a number, and end with it."""
    command = run(make_week(), "--workers", "2")
    for name in ("worker1", "worker2"):
        command.wait_for(f"{name}  at work")
    command.wait_for("  worker2")
    parts = command.parts()

    os.kill(parts["worker1"], signal.SIGKILL)
    command.wait_for("worker1 has stopped (killed by SIGKILL): the other workers take over its work.")

    assert command.end() == 0
    gone(parts["worker2"])


@pytest.mark.parametrize(
    "how", [*(pytest.param(each, marks=pytest.mark.long) for each in (signal.SIGINT, signal.SIGTERM)), signal.SIGKILL]
)
def test_no_process_is_left_behind(run, make_week, gone, how):
    """Ctrl-C, SIGTERM and, on Linux, a killed command end every part."""
    if how == signal.SIGKILL and not LINUX:
        pytest.skip("only Linux ends a process with the one that started it")
    command = run(make_week())
    parts = command.parts()

    status = command.end(how)

    assert status == (0 if how != signal.SIGKILL else -signal.SIGKILL)
    assert set(parts) == {"storage", "cache", "a", "b", "balancer"}
    for pid in parts.values():
        gone(pid)


@pytest.mark.parametrize("part", ["site", "storage", "instance"])
def test_a_port_in_use_is_told_in_one_sentence(run, make_week, part):
    """A port in use is named, with the option that chooses another one, before anything is started."""
    import socket

    ports = free_ports()
    taken = {"site": ports.site, "storage": ports.storage, "instance": ports.instances[1]}[part]
    with socket.create_server(("127.0.0.1", taken)):
        command = run(make_week(), ready=False, ports=ports)
        status = command.process.wait(240)

    assert status == 2
    option = f"--storage-port {ports.storage + 1}" if part == "storage" else f"--port {ports.site + 10}"
    assert re.fullmatch(
        rf"Port {taken} on 127\.0\.0\.1 cannot be used .*: python -m classroom run {option}", command.said.strip()
    )


def test_an_app_that_does_not_start_is_told_by_its_own_lines(run, make_week):
    """An app that cannot be imported shows its traceback, then one sentence, and everything ends."""
    command = run(make_week("import nothing_of_this_name\n"), ready=False)

    assert command.process.wait(240) == 1
    assert re.search(
        r"^       a  ModuleNotFoundError: No module named 'nothing_of_this_name'", command.said, re.MULTILINE
    )
    assert command.said.rstrip().splitlines()[-1] == "a did not start (exit status 1): see the lines above."


@pytest.mark.long
def test_data_stays_until_it_is_reset(run, make_week):
    """A second run finds what the first one stored; `reset` empties the database and the storage server."""
    week = make_week()
    first = run(week)
    before = first.get()["starts"]
    first.end()
    second = run(week)
    after = second.get()["starts"]
    second.end()

    subprocess.run([sys.executable, "-m", "classroom", "reset", str(week)], check=True, capture_output=True)

    third = run(week)
    assert (before, after, third.get()["starts"]) == (2, 4, 2)


def test_reset_takes_the_uploaded_files_away(make_week):
    """`reset` leaves nothing of what the storage server kept."""
    week = make_week()
    (week / "storage-files").mkdir()
    (week / "storage-files" / "a").write_text("a video")

    subprocess.run([sys.executable, "-m", "classroom", "reset", str(week)], check=True, capture_output=True)

    assert not (week / "storage-files").exists()


def test_without_an_instance_the_balancer_says_so():
    """A balancer whose instances are all down returns 503."""
    ports = free_ports()
    command = [sys.executable, "-m", "classroom.student.balancer", *map(str, (ports.site, *ports.instances))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as balancer:
        try:
            with pytest.raises(urllib.error.HTTPError) as refused:
                _ask_when_there(f"http://127.0.0.1:{ports.site}/", balancer)
        finally:
            balancer.terminate()

    assert refused.value.code == 503
    refused.value.close()


def _ask_when_there(url, process):
    """Try again until the port accepts connections."""
    while process.poll() is None:
        try:
            return urllib.request.urlopen(url, timeout=120)
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError:
            continue
    return None


def test_each_part_has_a_colour_of_its_own(monkeypatch, capsys):
    """In a terminal each part's output is unchanged but for a color of its own."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    show = line_printer()

    for name in COLORS:
        show(name, "[bold]a line[/bold]")

    lines = capsys.readouterr().out.splitlines()
    found = [re.fullmatch(r"(\x1b\[\d+m) *(\w+)  \[bold\]a line\[/bold\]\x1b\[0m", line) for line in lines]
    assert [one[2] for one in found] == list(COLORS)
    assert len({one[1] for one in found}) == len(COLORS)
