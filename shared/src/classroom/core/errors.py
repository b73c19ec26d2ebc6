"""Errors that are not about a submission, as one tree.

ClassroomError          one sentence: what, where, what to do
├── UsageError          wrong usage; exit status 2
└── CouldNotCheck       the kit or a service failed; exit status 3
    └── DiskFull        no space is left where the kit or a service writes
"""


class ClassroomError(Exception):
    """An error whose message is one sentence for the user."""

    exit_status = 1


class UsageError(ClassroomError):
    """The command was called with invalid arguments or files."""

    exit_status = 2


class CouldNotCheck(ClassroomError):
    """The kit or a service failed, so the submission has no verdict."""

    exit_status = 3


class DiskFull(CouldNotCheck):
    """A disk that the kit needs is full: no submission can be judged until space is freed."""
