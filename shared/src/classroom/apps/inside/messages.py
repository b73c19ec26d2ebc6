"""Messages between a launcher and the process next to a student's code, each one line of JSON.

A launcher sends a `StartMessage` or a `KillMessage`, and the fork server sends a `Reply` to each. An app sends its
`Report` itself, on a descriptor or a connection of its own; a `TERMINATE` that arrives there asks it to shut down.
"""

from __future__ import annotations

from typing import NotRequired, TypedDict, final

ALL_APPS = "all"  # in a `KillMessage`
TERMINATE = b"T"


class StartRequest(TypedDict):
    """How to start an app, or another program of a submission.

    Attributes:
        folder: the submission, as an absolute path.
        env: the whole environment of the process.
        services: the variables in `env` that hold the URL of a service.
        logs: the variables in `env` that hold the path of a file which the app may write.
        given: for each module that the course provides, the path of its file.
        limits: `RLIMIT_*` name without its prefix, to the limit (soft and hard).
        module: the module that holds `app`.
        command: a module to run as `python -m` does, then its arguments; empty for an app.
        terminable: whether the app will be sent SIGTERM, and then report its exit status.
    """

    folder: str
    env: dict[str, str]
    services: list[str]
    logs: list[str]
    given: dict[str, str]
    limits: dict[str, int]
    module: str
    command: list[str]
    terminable: bool


@final
class StartMessage(TypedDict):
    """Start an app; three descriptors come with it: a listening socket, the app's output, and its status pipe.

    Attributes:
        token: what the reply repeats.
        name: what a `KillMessage` calls the app.
        ports: in the sandbox, the loopback ports that lead to services.
        room: in the sandbox, the folder below `/rooms` with the app's files, if one fork server starts many apps.
    """

    token: str
    name: str
    request: StartRequest
    ports: NotRequired[list[int]]
    room: NotRequired[str]


@final
class KillMessage(TypedDict):
    """End the app of this name, or `ALL_APPS`, with everything that it started."""

    token: str
    kill: str


class Reply(TypedDict):
    """A message has been dealt with; the listeners at a `StartMessage`'s ports come with it.

    Attributes:
        done: the message's token.
        trouble: why an app was not started, where the reason is not the app's.
    """

    done: str
    trouble: NotRequired[str]


class Greeting(TypedDict):
    """The first message of a fork server in the sandbox, before any reply.

    Attributes:
        why_not_nestable: why it cannot build inner walls, or None.
    """

    why_not_nestable: str | None


class Report(TypedDict, total=False):
    """How a start went; empty if the process exited without a report.

    Attributes:
        ready: the app accepts requests.
        failed: why the app did not start, in lines for its author.
        exit: the exit status of a command, or of an app that was sent SIGTERM.
        port: the loopback port of an app that listens on one of its own choice.
    """

    ready: bool
    failed: str
    exit: int
    port: int


class SpawnMessage(TypedDict):
    """Start an app in a fresh interpreter, which reads this from its standard input.

    Attributes:
        status_port: the loopback port where the app's report is expected.
    """

    request: StartRequest
    status_port: int


class SandboxSettings(TypedDict):
    """What a fork server in the sandbox needs to know, in the variable `SANDBOX_SETTINGS`.

    Attributes:
        packages: the folders with packages.
        keep: the folders that stay visible behind inner walls.
        once: bubblewrap's walls are for one app alone, and no inner ones are built.
    """

    packages: list[str]
    keep: list[str]
    once: bool


SANDBOX_SETTINGS = "CLASSROOM_WALLS"
