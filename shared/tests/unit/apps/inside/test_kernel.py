"""Forks into new namespaces by a system call of its own number on each machine."""

import pytest
from classroom.apps.inside import kernel


def test_machine_with_an_unknown_number_makes_no_call(monkeypatch):
    """Where the number of the call is not known, nothing is called, and the error names the machine."""
    monkeypatch.setattr(kernel.platform, "machine", lambda: "riscv64")

    with pytest.raises(OSError, match="riscv64"):
        kernel.fork_into_namespaces()
