"""The seccomp filter: its system calls have the kernel's numbers, and its decisions are right."""

import re
import struct
from pathlib import Path

import pytest
from classroom.apps.inside.kernel import ALL_NAMESPACES
from classroom.apps.inside.seccomp import CLONE, CLONE3, FCNTL, MACHINES, REFUSED, SETSOCKOPT, SOCKET, filter_for

HEADERS = {
    "x86_64": ("x86_64-linux-gnu/asm/unistd_64.h", "asm/unistd_64.h"),
    "aarch64": ("aarch64-linux-gnu/asm/unistd_64.h", "asm-generic/unistd.h"),  # the second is what it had before 6.11
}
CALLS = REFUSED | {"clone": CLONE, "clone3": CLONE3, "fcntl": FCNTL, "socket": SOCKET, "setsockopt": SETSOCKOPT}
ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # linux/audit.h
ALLOW, KILL, IGNORED, EPERM, ENOSYS, EAFNOSUPPORT = 0x7FFF0000, 0x80000000, 0x50000, 0x50001, 0x50026, 0x50061


def numbers_of(machine):
    """Return the kernel's own numbers, by name; skip where its headers are not installed."""
    for name in HEADERS[machine]:
        header = Path("/usr/include", name)
        if header.is_file():
            text = header.read_text()
            return {call: int(number) for call, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text)}
    pytest.skip(f"The kernel's headers for {machine} are not installed here.")


def decide(machine, number, argument=0, architecture=None, more=()):
    """Run the filter over a system call as the kernel does, and return its decision."""
    data = struct.pack(
        "=IIQ6Q", number, architecture or ARCHITECTURE[machine], 0, argument, *more, *[0] * (5 - len(more))
    )
    program = [*struct.iter_unpack("=HBBI", filter_for(machine))]
    at, value = 0, 0
    while True:
        code, when_true, when_false, operand = program[at]
        at += 1
        if code == 0x06:
            return operand
        if code == 0x20:
            (value,) = struct.unpack_from("=I", data, operand)
        else:
            holds = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}[code]
            at += when_true if holds else when_false


@pytest.mark.parametrize("machine", MACHINES)
def test_numbers_are_those_of_the_kernel_headers(machine):
    """Each system call has the number that the kernel's header gives it, and is left out only where it does not exist."""
    known = numbers_of(machine)

    assert {name: numbers[MACHINES.index(machine)] for name, numbers in CALLS.items()} == {
        name: known.get(name) for name in CALLS
    }


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_of_the_list_are_refused_and_others_allowed(machine):
    """Exactly the listed calls fail with EPERM, and clone3 fails as if it did not exist."""
    column = MACHINES.index(machine)
    listed = {numbers[column] for numbers in REFUSED.values() if numbers[column] is not None}

    refused = {number for number in range(600) if decide(machine, number, argument=1) == EPERM}

    assert refused == listed
    assert decide(machine, CLONE3[column]) == ENOSYS
    assert {decide(machine, number, argument=1) for number in range(600)} == {ALLOW, EPERM, ENOSYS}


@pytest.mark.parametrize("machine", MACHINES)
def test_sizes_of_buffers_are_ignored(machine):
    """Setting the size of a socket's buffer succeeds and changes nothing; every other option works as usual."""
    call = SETSOCKOPT[MACHINES.index(machine)]

    assert [decide(machine, call, 5, more=(1, option)) for option in (7, 8)] == [IGNORED, IGNORED]
    assert decide(machine, call, 5, more=(1, 2)) == ALLOW
    assert decide(machine, call, 5, more=(6, 7)) == ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_watching_a_folder_is_refused(machine):
    """Of the commands of fcntl, only the one that watches a folder is refused."""
    call = FCNTL[MACHINES.index(machine)]

    assert {command for command in range(2000) if decide(machine, call, 5, more=(command,)) == EPERM} == {1026}


@pytest.mark.parametrize("machine", MACHINES)
def test_new_namespaces_are_refused(machine):
    """Cloning a thread is allowed, and cloning into a new namespace of any kind is rejected."""
    clone = CLONE[MACHINES.index(machine)]
    flags = [1 << bit for bit in range(32) if ALL_NAMESPACES & 1 << bit]

    assert len(flags) == 7
    assert {decide(machine, clone, flag) for flag in flags} == {EPERM}
    assert decide(machine, clone, 0x3D0F00) == ALLOW  # what the C library asks for a thread


@pytest.mark.parametrize("machine", MACHINES)
def test_sockets_of_other_families_are_refused(machine):
    """Unix, IPv4 and IPv6 sockets are allowed, and all others rejected."""
    call = SOCKET[MACHINES.index(machine)]

    assert {family: decide(machine, call, family) for family in (1, 2, 10)} == dict.fromkeys((1, 2, 10), ALLOW)
    assert {decide(machine, call, family) for family in range(50) if family not in (1, 2, 10)} == {EAFNOSUPPORT}


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_of_another_machine_kill(machine):
    """A process that makes another architecture's system calls is killed; those of x32 are rejected."""
    assert decide(machine, 0, architecture=0x40000003) == KILL
    if machine == "x86_64":
        assert decide(machine, 0x40000000) == EPERM
