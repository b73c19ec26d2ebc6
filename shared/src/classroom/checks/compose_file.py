"""A compose file, read as `docker compose` reads it: YAML, and variables from the environment. Nothing is started."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from classroom.apps.exchange import Failure

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)(?:(:?[-?+])([^{}]*))?\})")
MAX_SIZE = 50_000  # characters
MAX_ALIASES = 10  # a few lists of aliases can make a file of a few lines larger than any memory
INSTALL = (
    "Reading a compose file needs PyYAML: activate the environment, then `python -m pip install -r requirements.txt`."
)


@dataclass(frozen=True)
class Variable:
    """One `${NAME}` in a text.

    Attributes:
        name: of the variable.
        default: what stands in the file for the case that it is not set, or None.
        required: whether nothing starts without it.
    """

    name: str
    default: str | None
    required: bool


@dataclass(frozen=True)
class Service:
    """One service of a compose file.

    Attributes:
        name: its name, by which other services reach it.
        entries: what the file says about it.
    """

    name: str
    entries: Mapping[str, Any]

    def environment(self) -> dict[str, str]:
        """Return its environment, with variables as they are in the file; a name without a value is passed on."""
        found = self.entries.get("environment") or {}
        if isinstance(found, list):
            pairs = (str(entry).partition("=") for entry in found)
            return {name: value if given else f"${{{name}}}" for name, given, value in pairs}
        if not isinstance(found, dict):
            return {}
        return {str(name): f"${{{name}}}" if value is None else _plain(value) for name, value in found.items()}

    def volumes(self) -> dict[str, str]:
        """Return what is mounted, by the path in the container; a path on this machine begins with `.`, `/` or `~`."""
        mounted = {}
        for entry in self.list_of("volumes"):
            if isinstance(entry, dict):
                mounted[str(entry.get("target", ""))] = str(entry.get("source", ""))
            else:
                source, separator, rest = str(entry).partition(":")
                mounted[rest.partition(":")[0] if separator else source] = source if separator else ""
        return {path.rstrip("/"): source for path, source in mounted.items()}

    def depends_on(self) -> dict[str, str]:
        """Return the condition that each service it depends on has to meet."""
        found = self.entries.get("depends_on") or {}
        if isinstance(found, dict):
            return {
                str(name): str((entry or {}).get("condition", "service_started"))
                if isinstance(entry, dict | None)
                else ""
                for name, entry in found.items()
            }
        return {str(name): "service_started" for name in self.list_of("depends_on")}

    def list_of(self, key: str) -> list[Any]:
        """Return the entries of a list; none if it is missing."""
        found = self.entries.get(key)
        return found if isinstance(found, list) else []


class ComposeFile:
    """A compose file.

    Args:
        text: its text.
        name: what it is called in sentences.

    Attributes:
        services: by name.
        volumes: the names of the volumes that it declares.

    Raises:
        Failure: it cannot be read; the message names the line if there is one.
    """

    def __init__(self, text: str, name: str = "compose.yaml") -> None:
        self.name = name
        data = _read(text, name)
        services = data.get("services")
        if not isinstance(services, dict) or not services:
            raise Failure(f"{name} has no services: it needs the line `services:`, and the services indented below it.")
        for service, entries in services.items():
            if not isinstance(entries, dict):
                raise Failure(f"{name}: the service {service} has no entries; indent them below its name.")
        self.services = {str(service): Service(str(service), entries) for service, entries in services.items()}
        volumes = data.get("volumes")
        self.volumes = {str(volume) for volume in volumes} if isinstance(volumes, dict | list) else set()


def _read(text: str, name: str) -> dict[Any, Any]:
    try:
        import yaml  # type: ignore[import-untyped]
    except ImportError:
        raise Failure(INSTALL) from None
    if len(text) > MAX_SIZE:
        raise Failure(f"{name} has more than {MAX_SIZE} characters.")
    if _count_aliases(text, name) > MAX_ALIASES:
        raise Failure(f"{name} has more than {MAX_ALIASES} aliases (*name).")
    try:
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}, line {mark.line + 1}" if mark else name
        raise Failure(f"{where}: this is not YAML: {error.problem}.{_advice(str(error.problem))}") from None
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        raise Failure(f"{name} is not YAML: {str(error)[:200]}") from None
    if not isinstance(data, dict):
        raise Failure(f"{name} is empty, or not made of keys and values.")
    return data


def _count_aliases(text: str, name: str) -> int:
    """Return how many aliases a file has, as far as it can be read.

    libyaml stops at a thousand open brackets, for which PyYAML's own scanner takes minutes.
    """
    import yaml

    try:
        events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return sum(isinstance(event, yaml.AliasEvent) for event in events)
    except yaml.YAMLError as error:
        if "nesting depth" in str(error):
            raise Failure(f"{name} is not YAML: its brackets are nested too deeply.") from None
        return 0  # PyYAML's own scanner says better what is wrong


def _advice(problem: str) -> str:
    """Return what to do about an error of the YAML parser, if that can be told."""
    if "'\\t'" in problem:
        return " YAML is indented with spaces, not with tabs."
    if "mapping values are not allowed" in problem:
        return " A colon needs a space after it, here and on the line before."
    return ""


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def variables_in(text: str) -> list[Variable]:
    """Return the variables of the environment in a text, such as `${NAME:?a message}`."""
    found = []
    for match in VARIABLE.finditer(text):
        if not match[1]:
            kind = match[4] or ""
            default = match[5] if kind.endswith(("-", "+")) else None
            found.append(Variable(match[2] or match[3], default, kind.endswith("?")))
    return found


def interpolated(text: str, environment: Mapping[str, str]) -> str:
    """Return a text with its variables replaced, as compose does it; `$$` is one dollar sign."""

    def value(match: re.Match[str]) -> str:
        if match[1]:
            return "$"
        known, kind = environment.get(match[2] or match[3]), match[4] or ""
        present = bool(known) if kind.startswith(":") else known is not None
        if kind.endswith("-") and not present:
            return str(match[5])
        if kind.endswith("+"):
            return str(match[5]) if present else ""
        return known or ""

    return VARIABLE.sub(value, text)
