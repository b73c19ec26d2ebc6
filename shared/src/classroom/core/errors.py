"""Everything that can go wrong outside a submission, as one tree.

ClassroomError          one sentence: what, where, what to do
├── UsageError          used wrongly; exit status 2
└── CouldNotCheck       our trouble (a service is down); exit status 3
    └── DiskFull        no room is left where the kit or a service writes
"""


class ClassroomError(Exception):
    """An error whose text is one sentence for the person at the keyboard."""

    exit_status = 1


class UsageError(ClassroomError):
    """The command was called with something that cannot be right."""

    exit_status = 2


class CouldNotCheck(ClassroomError):
    """Something of ours failed, so nothing can be said about the submission."""

    exit_status = 3


class DiskFull(CouldNotCheck):
    """A disk of ours has no room left: whatever is graded until somebody makes some, nothing can be said about it."""
