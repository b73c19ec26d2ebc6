"""The two services that compose.yaml describes: the app, and its database."""

import re
from urllib.parse import urlsplit

import pytest
from classroom import ComposeFile, expect, interpolated, variables_in

from .build import written
from .start_command import only_prints, split

FILE = "compose.yaml"
POSTGRES = re.compile(r"(?:(?:index\.)?docker\.io/)?(?:library/)?postgres(?::(?P<tag>[\w.-]+))?(?:@sha256:\w+)?")
NEW_FOLDER = 18  # the first version of the image that keeps its data one folder higher
PORTS = ("", "5432")


class Compose:
    """The services of compose.yaml, told apart by what they are built from."""

    def __init__(self, text):
        self.file = ComposeFile(text, FILE)
        services = self.file.services.values()
        self.app = next((found for found in services if "build" in found.entries), None)
        self.database = next((found for found in services if _is_postgres(found)), None)

    def has_two_services(self):
        """Expect a service that is built here, and a PostgreSQL service."""
        expect.that(self.app, f"{FILE}: no service has `build: .`, so nothing is made of your Dockerfile.")
        expect.that(self.database, f"{FILE}: no service has the image postgres with a version, such as postgres:18.")

    def builds_here(self):
        """Expect that the app is built in this folder."""
        self.has_two_services()
        build = self.app.entries["build"]
        context = build.get("context", ".") if isinstance(build, dict) else build
        expect.that(
            str(context).rstrip("/") in (".", ""),
            f"{FILE}: {self.app.name} is built in {context}, and the Dockerfile is in this folder: `build: .`.",
        )

    def publishes_app_alone(self):
        """Expect that the app's port is reachable from this machine, and that the database's is not."""
        self.has_two_services()
        ports = [_port(entry) for entry in self.app.list_of("ports")]
        inside = [target for _, target in ports]
        fixed = [outside for outside, target in ports if target == "8000" and outside.rpartition(":")[2]]
        shown = ", ".join(inside) or "no port"
        expect.that("8000" in inside, f"{FILE}: {self.app.name} publishes {shown}, and the app listens on 8000.")
        expect.that(
            fixed,
            f"{FILE}: {self.app.name} publishes 8000 without a port of this machine, so Docker takes a free one: "
            'write "8000:8000".',
        )
        outside = self.database.list_of("ports")
        expect.that(
            not outside,
            f"{FILE}: {self.database.name} publishes a port, so everyone who reaches this machine can try its password. "
            "The app reaches it without that.",
        )

    def pins_database(self):
        """Expect that the database's image has a version."""
        self.has_two_services()
        tag = POSTGRES.fullmatch(str(self.database.entries["image"]))["tag"] or "latest"
        expect.that(
            re.match(r"\d+", tag),
            f"{FILE}: the tag {tag} of postgres is another version next year, which cannot read the data: name one, such as "
            "postgres:18.",
        )

    def waits_for_database(self):
        """Expect that the database says when it is ready, and that the app waits for it."""
        self.has_two_services()
        test = (self.database.entries.get("healthcheck") or {}).get("test")
        words = " ".join(map(str, test)) if isinstance(test, list) else str(test or "")
        expect.that(words, f"{FILE}: {self.database.name} has no healthcheck, so nobody knows when it is ready.")
        expect.that(
            re.search(r"\bpg_isready\b|\bpsql\b", words) and not only_prints(_command(test)),
            f"{FILE}: the healthcheck of {self.database.name} runs {words!r}, expected pg_isready.",
        )
        expect.that(
            not isinstance(test, list) or test[0] in ("CMD", "CMD-SHELL"),
            f'{FILE}: the list under `test` begins with {test[0]!r}, expected "CMD" or "CMD-SHELL".',
        )
        conditions = self.app.depends_on()
        expect.that(
            self.database.name in conditions,
            f"{FILE}: {self.app.name} has no depends_on with {self.database.name}, so both start at the same moment.",
        )
        condition = conditions[self.database.name]
        expect.that(
            condition == "service_healthy",
            f"{FILE}: {self.app.name} waits until {self.database.name} has started, not until it is ready: "
            "`condition: service_healthy`.",
        )

    def keeps_data(self):
        """Expect that the data is on a named volume, mounted at the folder where this version keeps it."""
        self.has_two_services()
        tag = POSTGRES.fullmatch(str(self.database.entries["image"]))["tag"] or "latest"
        number = re.match(r"\d+", tag)
        old = number and int(number[0]) < NEW_FOLDER
        folder = "/var/lib/postgresql/data" if old else "/var/lib/postgresql"
        mounted = self.database.volumes()
        shown = " and ".join(mounted) or "nothing"
        expect.that(
            folder in mounted,
            f"{FILE}: postgres:{tag} keeps its data in {folder}, where {self.database.name} has no volume (it mounts {shown}).",
        )
        name = mounted[folder]
        expect.that(
            name and name[0] not in "./~$",
            f"{FILE}: {folder} is not on a named volume, but on {name or 'one without a name, which the next container does not find'}.",
        )
        expect.that(
            name in self.file.volumes,
            f"{FILE}: the volume {name} is not declared: `volumes:` at the left, and `{name}:` below it.",
        )

    def hides_password(self):
        """Expect that the file contains no password: both services get it from a variable that must be set."""
        self.has_two_services()
        url, password = self._url(), self._password()
        for service, text in ((self.app, _password_of(url)), (self.database, password)):
            found = variables_in(text)
            expect.that(
                found and re.fullmatch(r"\$(\w+|\{[^{}]*\})", text),
                f"{FILE}: the password of {service.name} is written in the file, which everyone who has the code can read: "
                "${DATABASE_PASSWORD:?...} instead.",
            )
            expect.that(
                found[0].default is None,
                f"{FILE}: the password of {service.name} has a default in the file: `:?` instead of `:-`.",
            )
            expect.that(
                found[0].required,
                f"{FILE}: without {found[0].name}, {service.name} starts with an empty password: write ${{{found[0].name}:?...}}.",
            )

    def app_finds_database(self, password):
        """Expect that the app's address points to the database, with the same account, database and password."""
        self.has_two_services()
        self._same_variables()
        names = {found.name for text in (self._url(), self._password()) for found in variables_in(text)}
        environment = {name: f"{password}{number}" for number, name in enumerate(sorted(names))}
        url = urlsplit(interpolated(self._url(), environment))
        where = f"{FILE}: the host in DATABASE_URL"
        expect.that(
            url.hostname not in ("localhost", "127.0.0.1"),
            f"{where} is {url.hostname}, which is the container of the app itself. The database is at {self.database.name}.",
        )
        expect.that(
            url.hostname == self.database.name, f"{where} is {url.hostname}, and the service is {self.database.name}."
        )
        port = url.netloc.rpartition("@")[2].partition(":")[2]
        expect.that(port in PORTS, f"{FILE}: the port in DATABASE_URL is {port}, and PostgreSQL listens on 5432.")
        expect.that(
            url.scheme == "postgresql", f"{FILE}: DATABASE_URL begins with {url.scheme}://, expected postgresql://."
        )
        theirs = {name: interpolated(value, environment) for name, value in self.database.environment().items()}
        user = theirs.get("POSTGRES_USER") or "postgres"
        for what, found, wanted in (
            ("account", url.username, user),
            ("password", url.password, theirs.get("POSTGRES_PASSWORD")),
            ("database", url.path.lstrip("/"), theirs.get("POSTGRES_DB") or user),
        ):
            expect.that(
                found == wanted,
                f"{FILE}: the {what} in DATABASE_URL is {found}, and that of {self.database.name} is {wanted}.",
            )

    def drains_for_a_number(self):
        """Expect that the app would accept DRAIN_SECONDS, if the file sets it."""
        self.has_two_services()
        text = self.app.environment().get("DRAIN_SECONDS", "0")
        open_ones = [found for found in variables_in(text) if found.default is None]
        value = interpolated(text, {})
        expect.that(
            open_ones or _is_duration(value),
            f"{FILE}: DRAIN_SECONDS of {self.app.name} is {value!r}, expected a number, 0 or more. The app does not start.",
        )

    def _same_variables(self):
        """Expect that both services get the password from the same variable."""
        mine, theirs = (
            [found.name for found in variables_in(text)] for text in (_password_of(self._url()), self._password())
        )
        expect.that(
            not mine or not theirs or mine == theirs,
            f"{FILE}: the password in DATABASE_URL is in the variable {' and '.join(mine)}, and that of "
            f"{self.database.name} in {' and '.join(theirs)}: use one variable for both.",
        )

    def _url(self):
        url = self.app.environment().get("DATABASE_URL")
        expect.that(url, f"{FILE}: {self.app.name} has no DATABASE_URL under `environment`.")
        return url

    def _password(self):
        password = self.database.environment().get("POSTGRES_PASSWORD")
        expect.that(
            password,
            f"{FILE}: {self.database.name} has no POSTGRES_PASSWORD under `environment`, without which it does not start.",
        )
        return password


def _is_postgres(service):
    return POSTGRES.fullmatch(str(service.entries.get("image", ""))) is not None


def _password_of(url):
    """Return the password in an address, with its variable; the message in a variable may contain any character."""
    account = re.match(r"\w[\w+]*://[^:@/]*:((?:\$\{[^}]*\}|[^@/])*)@", url)
    return account[1] if account else ""


def _command(test):
    """Return the words of a healthcheck's command."""
    if not isinstance(test, list):
        return split(str(test))
    words = [str(word) for word in test[1:]]
    return split(words[0]) if test[:1] == ["CMD-SHELL"] and words else words


def _is_duration(text):
    try:
        return float(text) >= 0
    except ValueError:
        return False


def _port(entry):
    """Return the machine's port and the container's port."""
    if isinstance(entry, dict):
        return str(entry.get("published", "")), str(entry.get("target", ""))
    outside, _, inside = str(entry).rpartition(":")
    return outside, inside.partition("/")[0]


@pytest.fixture
def compose(submission):
    """The services of compose.yaml."""
    return Compose(written(submission, FILE, 6))
