"""docs/hosting.md and the files in shared/hosting: each command has that name, and each file can be read by its program."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from classroom.apps.sandbox.bubblewrap import why_unavailable
from classroom.cli.main import parser
from classroom.core.load import under_load

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs/hosting.md").read_text(encoding="utf-8")
HOSTING = ROOT / "shared/hosting"
OURS = ("open", "serve", "work", "backup", "restore", "progress", "update", "export-student", "forget-student")
CLASSROOM = Path(sys.executable).with_name("classroom")
UNITS = sorted([*HOSTING.glob("*.service"), *HOSTING.glob("*.timer")])


def lines():
    """Return each line of a command on the page, without the dollar sign."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    for kind, block in blocks:
        for line in block.splitlines():
            if not kind or (kind == "console" and line.startswith("$ ")):
                yield line.removeprefix("$ ")


def calls():
    """Return the words of each command of `classroom` on the page and in the files."""
    files = "\n".join(path.read_text(encoding="utf-8") for path in HOSTING.iterdir())
    flat = " ".join(
        re.findall(r"^ {6}- (.+)$", files.partition("command:")[2].partition("environment:")[0], re.MULTILINE)
    )
    found = [*lines(), *re.findall(r"^ExecStart=(.*)$", files, re.MULTILINE), f"classroom {flat}"]
    found += re.findall(r"`(classroom [a-z]+ [^`]*)`", PAGE)
    for line in found:
        for call in re.findall(rf"(?:^|[ /'])classroom ((?:{'|'.join(OURS)}) [^']*)", line):
            yield shlex.split(re.sub(r"\$\(.*?\)|\$\{.*?\}", "x", call))


def test_commands_of_the_page_are_understood():
    """Each command of ours, on the page and in the files, has that name and these options."""
    found = [parser().parse_args(words).command for words in calls() if len(words) > 1]

    assert len(found) > 10
    assert set(OURS) - {"update"} <= set(found)


def test_targets_and_files_of_the_page_exist():
    """Each target of make, each file of shared/hosting, and each link is there."""
    makefiles = (ROOT / "Makefile").read_text() + (ROOT / ".ci/instructor.mk").read_text()
    for target in re.findall(r"^(?:sudo -u classroom )?make (?:-C \S+ )?(\w+)", "\n".join(lines()), re.MULTILINE):
        assert re.search(rf"^{target}:", makefiles, re.MULTILINE), target
    named = set(re.findall(r"shared/hosting/([\w.-]+)", "\n".join(lines())))
    assert {path.name for path in HOSTING.iterdir()} == named | {"compose.yaml", "Dockerfile"}
    for path in re.findall(r"\]\(([^)#:]+)\)", PAGE):
        assert (ROOT / "docs" / path).exists(), path


@pytest.mark.long
def test_blocks_of_the_page_do_what_they_show(starts_processes):
    """Typed one after another, each command of the blocks with `$` succeeds and prints what is shown after it."""
    if trouble := why_unavailable():
        pytest.skip(trouble)
    home = Path(tempfile.mkdtemp(prefix="test-of-classroom-"))
    home.chmod(0o755)  # for the account that runs the database
    (home / "roster.csv").write_text("username\nada\nbob\ncem\n")
    environment = {**os.environ, "HOME": str(home), "PATH": f"{CLASSROOM.parent}:{os.environ['PATH']}"}
    server = None
    try:
        for command, shown in steps():
            if command.startswith("classroom serve"):
                log = (home / "log").open("w+")
                server = subprocess.Popen(
                    ["bash", "-c", f"exec {with_free_port(command)}"], cwd=ROOT, env=environment, stdout=log, stderr=log
                )
                wait_for(lambda: "The classroom is at" in (home / "log").read_text(), server)
            elif not command.startswith((".", "make setup")):
                done = subprocess.run(
                    ["bash", "-c", command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
                )
                assert done.returncode == 0, f"{command}\n{done.stderr}"
                assert fits(done.stdout, shown), f"{command}\nsays:\n{done.stdout}"
    finally:
        if server:
            server.terminate()
            server.wait()
            log.close()
        shutil.rmtree(home)


def steps():
    """Return each command of the page with the lines that are shown after it."""
    for block in re.findall(r"^```console\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *shown = part.splitlines()
            yield command, shown


def fits(told, shown):
    """Return whether an output is what is shown: `...` stands for anything, alone on a line for any lines."""
    pattern = "".join(
        r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(re.escape("..."), ".*") + r"\s*\n" for line in shown
    )
    return re.fullmatch(pattern, told)


def with_free_port(command):
    """Return a command with a port that is free, instead of the one on the page."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return command.replace("18080", str(free.getsockname()[1]))


def wait_for(condition, process):
    """Wait until something is so, while a process runs."""
    end = time.monotonic() + under_load(60)
    while not condition():
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)


def test_every_page_of_files_says_where_it_goes():
    """The first line of each file says where it goes, or what runs it."""
    for path in HOSTING.iterdir():
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        assert first.startswith("# "), path.name
        assert path.name in first or "/etc/" in first or "container" in first or "compose" in first, path.name


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_understands_the_units(path, tmp_path, starts_processes):
    """The program systemd-analyze finds nothing to say about a unit, with a program and an account that this machine has."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not installed")
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/hello-backend/.venv/bin/classroom", "/bin/true")
        (tmp_path / unit.name).write_text(text.replace("User=classroom", "User=daemon"))

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / path.name], capture_output=True, text=True, check=False
    )

    said = [line for line in (done.stdout + done.stderr).splitlines() if "classroom" in line]
    assert said == []


def test_compose_file_has_the_form_that_compose_reads(starts_processes):
    """The compose file is valid, by the schema of its specification."""
    program = Path(sys.executable).with_name("check-jsonschema")
    done = subprocess.run(
        [program, "--builtin-schema", "vendor.compose-spec", HOSTING / "compose.yaml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("program", "name", "words"),
    [("caddy", "Caddyfile", ["validate", "--adapter", "caddyfile", "--config"]), ("nginx", "nginx.conf", ["-t", "-c"])],
)
def test_web_servers_understand_their_files(tmp_path, program, name, words, starts_processes):
    """Caddy and nginx accept their file, where they are installed; anywhere, its braces match."""
    text = (HOSTING / name).read_text(encoding="utf-8")
    assert text.count("{") == text.count("}")
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    file = tmp_path / name
    file.write_text(
        f"events {{}}\nhttp {{\n{re.sub('.*ssl_certificate.*', '', text).replace(' ssl;', ';')}}}\n"
        if program == "nginx"
        else text
    )
    assert subprocess.run([program, *words, file], check=False).returncode == 0


def test_web_server_passes_the_port_on():
    """Nginx passes the whole Host header on: without its port, every page of a site on another port is refused."""
    text = (HOSTING / "nginx.conf").read_text(encoding="utf-8")

    assert re.findall(r"proxy_set_header Host (\S+);", text) == ["$http_host"]


def test_no_password_is_in_a_command():
    """The database's password is in an environment variable, never among the words of a command, which `ps` shows."""
    compose = (HOSTING / "compose.yaml").read_text(encoding="utf-8")
    words = compose.partition("command:")[2].partition("environment:")[0]

    assert "PASSWORD" not in words
    assert [line for line in lines() if re.search(r"postgresql://\w+:", line)] == []
