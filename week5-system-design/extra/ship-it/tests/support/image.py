"""What the Dockerfile must say: what the image starts from, what is in it, as whom it runs, how it starts."""

import json
import re

import pytest
from classroom import expect

from .account import MAKES_ACCOUNT, Installer
from .build import CODE, PACKAGES, Build, folder_of, joined, written
from .start_command import PORT, StartCommand, only_prints, split

PYTHON = re.compile(r"(?:(?:index\.)?docker\.io/)?(?:library/)?python(?::(?P<tag>[\w.-]+))?(?:@sha256:\w+)?")
VERSION = re.compile(r"3\.(\d+)(?:\.\d+)?(?:[a-z]+\d+)?(?:-[\w.-]+)?")
OLDEST = 11  # 3.11 is the oldest Python that the packages work with
INSTALLS = re.compile(r"\bpip3?(?:\.\d+)?\s+(?:--?[\w=-]+\s+)*install\b")
DEBIAN_ACCOUNTS = {"nobody", "www-data", "daemon", "bin", "sys", "games", "man", "lp", "mail", "news", "backup"}
SECRET = re.compile(r"PASSWORD|PASSWD|SECRET|TOKEN|PRIVATE_KEY|API_KEY|DATABASE_URL", re.IGNORECASE)
WITH_PASSWORD = re.compile(r"\w+://[^\s:@/]*:[^\s@/$]+@")


class Image:
    """The image that a Dockerfile describes, and what its .dockerignore lets in from the folder."""

    def __init__(self, text, ignored):
        self.build = Build(text, ignored)
        self.stage = self.build.image

    # Where it begins

    def base_is_pinned(self):
        """Expect a Python image with a version."""
        base, where = self.stage.base, self.stage.beginning.where
        found = PYTHON.fullmatch(base)
        expect.that(
            found, f"{where}: the image starts from {base!r}, expected Docker's python image, such as python:3.13-slim."
        )
        tag = found["tag"]
        expect.that(tag, f"{where}: {base} has no tag, so Docker takes the newest Python: write python:3.13-slim.")
        version = VERSION.fullmatch(tag)
        expect.that(
            version,
            f"{where}: the tag {tag!r} names another Python next year, expected a version such as python:3.13-slim.",
        )
        expect.that(int(version[1]) >= OLDEST, f"{where}: the packages need Python 3.{OLDEST} or newer, not {tag}.")

    # Which files it gets

    def installs_packages(self):
        """Expect that the packages are installed from the list, and return the RUN and its stage."""
        stages = [*self.build.file.chain, *self.build.copied_stages()]
        runs = [(stage, run) for stage in stages for run in stage.all("RUN") if INSTALLS.search(_flat(run))]
        expect.that(runs, f"Dockerfile: no RUN installs the packages of {PACKAGES} with pip install -r.")
        stage, run = next((found for found in runs if _list_of_packages(found[1])), runs[0])
        wanted = _list_of_packages(run)
        expect.that(
            wanted, f"{run.where}: pip installs packages without -r, so their versions are not those of {PACKAGES}."
        )
        self.lets_in(PACKAGES)
        files = self.build.files(stage, until=run)
        path = joined(folder_of(stage, until=run), wanted)
        expect.that(
            files.get(path) == PACKAGES or _mounts(run),
            f"{run.where}: pip reads {path}, which is not there yet: COPY {PACKAGES} before this line{_instead(files)}.",
        )
        Installer(self.stage, stage, run).can_install()
        return stage, run

    def packages_come_first(self):
        """Expect that the code is copied only after the packages are installed."""
        stage, run = self.installs_packages()
        for copy in _until(stage, run, "COPY", "ADD"):
            expect.that(
                "from" in copy.flags or not self.build.brings_code(copy),
                f"{copy.where}: the code is copied before the packages are installed in line {run.line}, so each change "
                f"of the code installs all packages again: before that line, COPY only {PACKAGES}.",
            )

    def holds_code(self):
        """Expect that the code is where the command looks for it."""
        files = self.build.files(self.stage)
        path = joined(folder_of(self.stage), self.command().option("--app-dir") or "", CODE)
        self.lets_in(CODE)
        elsewhere = next((place for place, source in files.items() if source == CODE), None)
        expect.that(elsewhere, "Dockerfile: no COPY brings app/main.py into the image.")
        copy = next(found for found in reversed(self.stage.all("COPY", "ADD")) if self.build.brings_code(found))
        expect.that(
            files.get(path) == CODE,
            f"{copy.where}: app/main.py becomes {elsewhere}, and the command looks for {path}: COPY app app keeps the folder.",
        )

    # What it keeps out

    def keeps_out(self, *paths):
        """Expect that .dockerignore keeps these files out of the build."""
        for path in paths:
            advice = " A pattern without **/ matches only at the top." if "__pycache__" in path else ""
            expect.that(
                self.build.ignore.excludes(path),
                f".dockerignore: {path} is sent to the build, and COPY . would take it into the image.{advice}",
            )

    def lets_in(self, *paths):
        """Expect that .dockerignore does not keep these files out."""
        for path in paths:
            expect.that(
                not self.build.ignore.excludes(path), f".dockerignore: {path} is kept out of the build, which needs it."
            )

    def has_no_secret(self):
        """Expect that no instruction contains a secret."""
        for stage in self.build.file.stages:
            for found in stage.instructions:
                if found.name in ("ENV", "ARG"):
                    names = [word.partition("=")[0] for word in found.words] if "=" in found.text else found.words[:1]
                    secret = next((name for name in names if SECRET.search(name)), None)
                    expect.that(
                        not secret,
                        f"{found.where}: {found.name} writes {secret} into the image, where everyone who has the image "
                        "can read it. It is set when a container starts.",
                    )
                address = WITH_PASSWORD.search(found.text)
                expect.that(
                    not address, f"{found.where}: this address contains a password, and the image is not secret."
                )
                copied = found.words[:-1] if found.name in ("COPY", "ADD") and "from" not in found.flags else []
                env = next((word for word in copied if re.fullmatch(r"(\./)?\.env(\.\w+)?", word)), None)
                expect.that(not env, f"{found.where}: {env} holds secrets, and COPY takes it into the image.")

    # How it starts

    def has_own_user(self):
        """Expect that the app does not run as root."""
        user = self.stage.last("USER")
        expect.that(user, "Dockerfile: the app runs as root, because there is no USER.")
        name = self.stage.filled(user.text).partition(":")[0].strip()
        expect.that(name not in ("root", "0"), f"{user.where}: the app runs as root, expected an account of its own.")
        if name.isdecimal() or name in DEBIAN_ACCOUNTS:
            return
        runs = [_flat(run) for run in _until(self.stage, user, "RUN")]
        made = any(name in split(words) for run in runs for words in MAKES_ACCOUNT.findall(run))
        expect.that(made, f"{user.where}: no RUN above makes the account {name}, for instance with RUN useradd {name}.")
        switched = [
            found for found in _until(self.stage, user, "USER") if self.stage.filled(found.text) not in ("root", "0")
        ]
        for found in switched:
            later = [run for run in self.stage.all("RUN") if run.line > found.line and MAKES_ACCOUNT.search(_flat(run))]
            expect.that(not later, f"{found.where}: from here on nobody is root, and only root can make an account.")

    def command(self):
        """Expect that the command is a list, and return it."""
        return StartCommand(self.stage)

    def exposes_port(self):
        """Expect that the image declares the port that the app listens on."""
        ports = [word for found in self.stage.all("EXPOSE") for word in self.stage.filled(found.text).split()]
        expect.that(
            {PORT, f"{PORT}/tcp"} & set(ports),
            f"Dockerfile: EXPOSE names {' and '.join(ports)}, expected {PORT}."
            if ports
            else f"Dockerfile: there is no EXPOSE {PORT}.",
        )

    def has_healthcheck(self):
        """Expect that Docker can ask the app whether it is alive, using a program that is in the image."""
        check = self.stage.last("HEALTHCHECK")
        expect.that(check and check.text.strip().upper() != "NONE", "Dockerfile: there is no HEALTHCHECK.")
        keyword, _, text = check.text.partition(" ")
        expect.that(keyword.upper() == "CMD", f"{check.where}: HEALTHCHECK takes CMD and a command.")
        expect.that("/health/live" in text, f"{check.where}: the command does not ask GET /health/live.")
        expect.that(not only_prints(_program(text)), f"{check.where}: this prints the address, and asks nothing there.")
        address = re.search(r"://([^/:\s]+)(?::(\w+))?/health", text)
        port = self.stage.filled(address[2] or "80") if address else PORT
        expect.that(port == PORT, f"{check.where}: the command asks port {port}, and the app listens on {PORT}.")
        program = next((name for name in ("curl", "wget") if re.search(rf"\b{name}\b", text)), None)
        there = "slim" not in self.stage.base and "alpine" not in self.stage.base
        installed = any(
            re.search(rf"\b(?:install|add)\b[^;&|]*\b{program}\b", _flat(run)) for run in self.stage.all("RUN")
        )
        expect.that(
            program is None or there or installed or (program == "wget" and "alpine" in self.stage.base),
            f"{check.where}: {self.stage.base} has no {program}, so the container would never be healthy. Python can ask: "
            "urllib.request.urlopen(...).",
        )


def _until(stage, last, *names):
    """Return the instructions with these names that come before a given one."""
    return [found for found in stage.all(*names) if found.line < last.line]


def _flat(run):
    """Return the text of a RUN in either form, as one line."""
    return " ".join(run.listed) if run.listed else run.text


def _list_of_packages(run):
    """Return the file that pip install -r names, or None."""
    found = re.search(r"(?:-r|--requirement)[ =]?\s*([^\s;&|]+)", _flat(run))
    return found[1].strip("'\"") if found else None


def _program(text):
    """Return the words of a HEALTHCHECK's command, in either form."""
    try:
        return [str(word) for word in json.loads(text)]
    except (ValueError, TypeError):
        return split(text)


def _mounts(run):
    """Return whether the list of packages is mounted for a RUN instead of being copied."""
    return PACKAGES in run.flags.get("mount", "")


def _instead(files):
    """Return where the list is, if it was copied somewhere else."""
    place = next((path for path, source in files.items() if source == PACKAGES), None)
    return f" (it is at {place})" if place else ""


@pytest.fixture
def image(submission):
    """The image that the Dockerfile describes."""
    return Image(written(submission, "Dockerfile", 5), submission.read(".dockerignore"))


@pytest.fixture
def ignore(submission):
    """The image of an empty Dockerfile, with the submission's .dockerignore."""
    return Image("FROM scratch", written(submission, ".dockerignore", 5))
