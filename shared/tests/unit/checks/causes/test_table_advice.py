"""Tables, their keys and their links."""

import pytest
from classroom.checks.causes.cause import error_cause

from .conftest import printed

NO_INSPECTION = (
    "sqlalchemy.exc.NoInspectionAvailable: No inspection system is available for object of type <class 'int'>"
)
NO_COLUMN = (
    "sqlalchemy.exc.NoReferencedColumnError: Could not initialize target column for ForeignKey 'resources' on table 'x'"
)
NOT_A_LIST = (
    "fastapi.exceptions.ResponseValidationError: 1 validation error:\n"
    "  {'type': 'list_type', 'loc': ('response', 'referrals'), 'msg': 'Input should be a valid list', 'input': None}"
)


def test_get_with_its_arguments_swapped(submission):
    """The class comes first."""
    cause = error_cause(printed(NO_INSPECTION, "resource = session.get(resource_id, Resource)"), submission())

    assert "get() takes the class first: write get(Resource, resource_id)" in cause


def test_foreign_key_without_a_column(submission):
    """The ForeignKey is named, not the line that creates the tables."""
    folder = submission("", models='class R(Base):\n    resource_id = mapped_column(ForeignKey("resources"))\n')

    assert error_cause(printed(NO_COLUMN), folder).startswith(
        'app/models.py, line 2: a ForeignKey names a table and its column, as in ForeignKey("resources.id").'
    )


@pytest.mark.parametrize(("kind", "is_named"), [('"Referral"', True), ('list["Referral"]', False)])
def test_list_that_is_mapped_as_one(submission, kind, is_named):
    """A None where a list is expected is explained by the model."""
    folder = submission("", models=f"class R(Base):\n    referrals: Mapped[{kind}] = relationship()\n")

    cause = error_cause(printed(NOT_A_LIST), folder)

    assert cause.startswith("app/models.py, line 2: `referrals` is a single Referral here") is is_named


def test_class_that_is_defined_further_down(submission):
    """A class that a relationship needs can be written in quotes."""
    text = "class A(Base):\n    b = relationship(order_by=Referral.id)\n\n\nclass Referral(Base):\n    pass\n"
    error = "NameError: name 'Referral' is not defined"

    cause = error_cause(printed(error, "b = relationship(order_by=Referral.id)"), submission(text))

    assert 'Referral is defined further down, on line 5: write it in quotes here, "Referral.id".' in cause


@pytest.mark.parametrize(("end", "is_named"), [("pass", True), ("return row", False)])
def test_helper_without_a_return(submission, end, is_named):
    """The helper whose None was returned is named."""
    error = (
        "fastapi.exceptions.ResponseValidationError: 1 validation error:\n"
        "  {'type': 'model_type', 'loc': ('response',), 'msg': 'Input should be a valid dictionary', 'input': None}"
    )
    folder = submission(f"\n\ndef find(row):\n    {end}\n")

    cause = error_cause(printed(error, "return find(row)"), folder)

    assert cause.startswith("app/main.py, line 3: find() ends without a return") is is_named


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("<bound method Store.all of <app.Store>>", "returned the method all instead of its result: write all()"),
        ("<sqlalchemy.sql.selectable.Select object>", "returned a statement that was never executed"),
    ],
)
def test_result_that_was_never_made(submission, value, shown):
    """A method or a statement was returned instead of its result."""
    error = (
        "fastapi.exceptions.ResponseValidationError: 1 validation error:\n"
        f"  {{'type': 'list_type', 'loc': ('response',), 'msg': 'Input should be a valid list', 'input': {value}}}"
    )

    assert shown in error_cause(printed(error), submission())


def test_field_that_the_response_model_requires(submission):
    """The response_model is named with its line."""
    error = (
        "fastapi.exceptions.ResponseValidationError: 1 validation error:\n"
        "  {'type': 'missing', 'loc': ('response', 'password'), 'msg': 'Field required', 'input': {'id': 1}}"
    )
    text = '\n@app.post("/users", response_model=UserIn)\ndef read():\n    return user\n'

    assert "without `password`, which response_model=UserIn (line 2) requires" in error_cause(
        printed(error), submission(text)
    )
