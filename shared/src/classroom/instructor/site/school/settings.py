"""Settings for sign-in with a school's account: `oidc.toml` in the classroom, or the environment.

issuer = "https://login.school.example/realms/school"
client_id = "classroom"
secret_file = ".classroom/oidc-secret"      # readable by this account alone
instructors = ["grace@school.example"]
assistants = ["tom@school.example", "sub:8f14e45f"]

The entries `name`, `claim`, `admit`, `instructors` and `assistants` are optional.
"""

from __future__ import annotations

import os
import shlex
import stat
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from classroom.core.errors import UsageError
from classroom.core.text import one_line
from classroom.instructor.site.people import FIRST

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE, SECRET = "oidc.toml", ".classroom/oidc-secret"  # in the classroom's folder
PREFIX = "CLASSROOM_OIDC_"  # of environment variables, such as CLASSROOM_OIDC_ISSUER
EMAIL = "email"
TEXTS = ("issuer", "client_id", "secret_file", "name", "claim")
LISTS = ("instructors", "assistants")
ENTRIES = (*TEXTS, *LISTS, "admit")
SUBJECT = "sub:"  # begins an entry of a list that names an account by its subject, in the provider's letter case
MAX_ENTRY = 200
EXAMPLES = {"issuer": "https://login.school.example/realms/school", "client_id": "classroom"}
LOCAL = ("localhost", "127.0.0.1", "::1")
MAX_SECRET = 4096
YES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "": False}


@dataclass(frozen=True)
class SchoolSettings:
    """How people sign in with their school's account.

    Attributes:
        issuer: the provider's address.
        client_id: under which the classroom is registered there.
        secret: that belongs to it.
        name: of the school, on the button.
        claim: what the provider says about a person and the roster has, too; an email must be verified.
        instructors: values of that claim, in lowercase, or subjects of those who sign in as instructors.
        assistants: those of teaching assistants.
        admit: whether students who are not on the roster are added to it.
    """

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    name: str = "your school"
    claim: str = EMAIL
    instructors: frozenset[str] = frozenset()
    assistants: frozenset[str] = frozenset()
    admit: bool = False


def school_settings(folder: Path, environment: Mapping[str, str] | None = None) -> SchoolSettings | None:
    """Return the settings of a classroom; None if it does not sign in with a school's account.

    Args:
        folder: the classroom's.
        environment: whose variables come before the file; the process's by default.

    Raises:
        UsageError: they are not complete, or not valid; the message is one sentence that says where.
    """
    environment = os.environ if environment is None else environment
    path = folder / FILE
    known = _read(path) | _from_environment(environment)
    secret = environment.get(f"{PREFIX}CLIENT_SECRET", "").strip()
    if not known and not secret:
        return None
    for entry, example in EXAMPLES.items():
        if not known.get(entry):
            raise UsageError(f'{path}: {entry} is missing; write it like {entry} = "{example}".')
    return SchoolSettings(
        _issuer(known["issuer"], path),
        known["client_id"],
        secret or _secret(folder / known.get("secret_file", SECRET)),
        known.get("name") or "your school",
        known.get("claim") or EMAIL,
        _listed(known, "instructors", path),
        _listed(known, "assistants", path),
        bool(known.get("admit")),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {one_line(str(error))}.") from None
    for entry, value in found.items():
        if entry not in ENTRIES:
            hint = f"; put the secret in {SECRET}" if "secret" in entry else ""
            raise UsageError(f"{path} has the unknown entry {one_line(entry)} (known: {', '.join(ENTRIES)}){hint}.")
        _ensure_kind(path, entry, value)
    return found


def _ensure_kind(path: Path, entry: str, value: Any) -> None:
    if entry == "admit":
        kind, is_right = "true or false", isinstance(value, bool)
    elif entry in LISTS:
        kind = 'a list such as ["grace@school.example"]'
        is_right = isinstance(value, list) and all(isinstance(each, str) for each in value)
    else:
        kind, is_right = "text in quotes", isinstance(value, str)
    if not is_right:
        raise UsageError(f"{path}: {entry} must be {kind}.")


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in ENTRIES:
        text = environment.get(f"{PREFIX}{entry.upper()}", "").strip()
        if not text:
            continue
        found[entry] = text.split(",") if entry in LISTS else text
        if entry == "admit":
            if text.casefold() not in YES:
                raise UsageError(f"{PREFIX}ADMIT must be true or false, not {one_line(text)}.")
            found[entry] = YES[text.casefold()]
    return found


def _listed(known: Mapping[str, Any], entry: str, path: Path) -> frozenset[str]:
    """Return the accounts of a list in lowercase, apart from subjects."""
    found = [_account(each.strip()) for each in known.get(entry, ()) if each.strip()]
    for each in found:
        if len(each) > MAX_ENTRY or each in (SUBJECT, FIRST):
            raise UsageError(
                f"{path}: {entry} cannot list {one_line(each)[:40]}: give an email address or sub:SUBJECT."
            )
    return frozenset(found)


def _account(text: str) -> str:
    start, rest = text[: len(SUBJECT)].casefold(), text[len(SUBJECT) :]
    return start + (rest.strip() if start == SUBJECT else rest.casefold())


def _issuer(text: str, path: Path) -> str:
    """Return the address of the provider; what it is asked and answers must not be readable on the way."""
    try:
        parts = urlsplit(text)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)
    except ValueError:
        is_safe = False
    if not is_safe or not parts.hostname or parts.query or parts.fragment:
        raise UsageError(f"{path}: issuer must be an https address such as {EXAMPLES['issuer']}, not {one_line(text)}.")
    return text


def _chmod(path: Path) -> str:
    return shlex.join(["chmod", "600", str(path)])


def _secret(path: Path) -> str:
    """Return the secret in a file that nobody else can read."""
    try:
        mode = path.stat().st_mode
        text = path.read_bytes()[: MAX_SECRET + 1].decode("utf-8").strip()
    except FileNotFoundError:
        raise UsageError(
            f"{path} is missing: put the client secret from the school's provider in it, and type {_chmod(path)}"
        ) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        text = ""
    if not text or len(text) > MAX_SECRET or "\n" in text:
        raise UsageError(f"{path} must contain the client secret from the school's provider, on one line.")
    if os.name == "posix" and stat.S_IMODE(mode) & (stat.S_IRWXG | stat.S_IRWXO):
        raise UsageError(f"Other accounts can read the client secret in {path}: type {_chmod(path)}")
    return text
