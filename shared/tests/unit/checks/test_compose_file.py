"""Compose files are read as compose reads them."""

import pytest
from classroom import ComposeFile, interpolated, variables_in
from classroom.checks.compose_file import Variable
from classroom.checks.expect import Failure

FILE = """\
services:
  shop:
    build: .
    environment:
      NUMBER: 5
      LOUD: true
      PASSED_ON:
    depends_on:
      payments:
        condition: service_healthy
    volumes:
      - receipts:/var/lib/receipts/:ro
      - ./code:/code
      - type: volume
        source: data
        target: /data
      - /alone
  payments:
    image: payments:4
    environment:
      - KEY=a=b
      - PASSED_ON
    depends_on: [shop]
volumes:
  receipts:
"""


def test_environment_in_both_forms():
    """The environment is a map or a list, and a name without a value is passed on."""
    services = ComposeFile(FILE).services

    assert services["shop"].environment() == {"NUMBER": "5", "LOUD": "true", "PASSED_ON": "${PASSED_ON}"}
    assert services["payments"].environment() == {"KEY": "a=b", "PASSED_ON": "${PASSED_ON}"}


def test_volumes_in_both_forms():
    """What is mounted is found by its folder in the container, whichever way it is written."""
    file = ComposeFile(FILE)

    expected = {"/var/lib/receipts": "receipts", "/code": "./code", "/data": "data", "/alone": ""}
    assert file.services["shop"].volumes() == expected
    assert file.volumes == {"receipts"}


def test_dependencies_in_both_forms():
    """A list of dependencies waits for the start only."""
    services = ComposeFile(FILE).services

    assert services["shop"].depends_on() == {"payments": "service_healthy"}
    assert services["payments"].depends_on() == {"shop": "service_started"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$NAME", "ada"),
        ("${NAME}!", "ada!"),
        ("$$NAME", "$NAME"),
        ("${NAME:-bob}", "ada"),
        ("${EMPTY:-bob}", "bob"),
        ("${EMPTY-bob}", ""),
        ("${MISSING-bob}", "bob"),
        ("${NAME:?write it into .env}", "ada"),
        ("${NAME:+there}", "there"),
        ("${MISSING+there}", ""),
        ("${MISSING}", ""),
    ],
)
def test_variables_are_replaced(text, value):
    """Each way of writing a variable gets the value that compose gives it."""
    assert interpolated(text, {"NAME": "ada", "EMPTY": ""}) == value


def test_variables_are_listed():
    """Each variable has its name, its default, and whether it is required; two dollar signs are none."""
    found = variables_in("$$x ${A:?why} ${B:-c}$D")

    assert found == [Variable("A", None, True), Variable("B", "c", False), Variable("D", None, False)]


BOMB = "a: &a [x]\n" + "\n".join(
    f"{name}: &{name} [*{before}, *{before}]" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "compose.yaml is empty"),
        ("- a", "not made of keys and values"),
        ("a: b", "has no services"),
        ("services:\n  shop:\n", "the service shop has no entries"),
        ("services:\n\tshop:\n", "compose.yaml, line 2: .* not with tabs"),
        ("services:\n  shop: [", "compose.yaml, line 2"),
        ("services: !!python/object:os.system {}", "could not determine a constructor"),
        ("[" * 40_000, "nested too deeply"),
        ("a: \x00", "is not YAML"),
        ("x" * 60_000, "more than 50000 characters"),
        (BOMB, "more than 10 aliases"),
        ("? {a: b}\n: c", "unhashable"),
    ],
)
def test_what_cannot_be_read(text, sentence):
    """A file that compose would not accept, or that is meant to harm, fails with a reason."""
    with pytest.raises(Failure, match=sentence):
        ComposeFile(text)


@pytest.mark.parametrize(
    "entry", ["depends_on: 5", "environment: 5", "volumes: {a: b}", "ports: a", "depends_on: {a: 5}"]
)
def test_entries_of_another_kind_are_none(entry):
    """An entry that is not of the expected kind does not make a check crash."""
    service = ComposeFile(f"services:\n  shop:\n    {entry}\n").services["shop"]

    assert service.environment() == {}
    assert service.volumes() == {}
    assert service.list_of("ports") == []
    assert set(service.depends_on().values()) <= {""}
