"""Schemas whose rules do not fit."""

from classroom.checks.causes.cause import error_cause

from .conftest import printed

PRICE = "class ProductIn(BaseModel):\n    name: str\n    price: float = Field(decimal_places=2)\n"
UNFIT = "TypeError: Unable to apply constraint 'decimal_places' to supplied value 525.5"
TAGS = "TypeError: Unable to apply constraint 'pattern' to supplied value ['a'] for schema of type 'list'"


def test_decimal_places_of_a_float(submission):
    """The field is named, not the endpoint, which never ran."""
    cause = error_cause(UNFIT, submission("", schemas=PRICE))

    assert cause.splitlines()[0] == (
        "app/schemas.py, line 3: decimal_places works for Decimal only, not for a float such as 525.5: "
        "check it in a validator."
    )
    assert cause.splitlines()[1].strip() == "price: float = Field(decimal_places=2)"


def test_one_of_two_fields_is_not_named(submission):
    """Of two fields with the same rule, none is named."""
    assert error_cause(UNFIT, submission("", schemas=PRICE * 2)) == UNFIT


def test_rule_of_a_list(submission):
    """A pattern on a list is told from one on a text."""
    text = "tag: Annotated[str, Field(pattern='a')]\ntags: Annotated[list[str], Field(pattern='a')]\n"

    assert error_cause(TAGS, submission("", schemas=text)).startswith(
        "app/schemas.py, line 2: pattern= cannot check a value such as ['a']"
    )


def test_validator_of_an_unknown_field(submission):
    """The name that does not exist is shown."""
    text = 'class ProductIn(BaseModel):\n    @field_validator("prices")\n    @classmethod\n    def check(cls, price): ...\n'
    error = (
        "pydantic.errors.PydanticUserError: Decorators defined with incorrect fields: app.main.ProductIn:26.check (use"
    )

    assert error_cause(printed(error, "class ProductIn(BaseModel):", 1), submission(text)).splitlines()[0] == (
        'app/main.py, line 2: @field_validator("prices") names a field that ProductIn does not have.'
    )


def test_module_as_a_type(submission):
    """The field whose type is a module is named."""
    text = "import datetime\nclass ReferralIn(BaseModel):\n    day: datetime.date\n    referral_date: datetime\n"
    error = (
        "PydanticSchemaGenerationError: Unable to generate pydantic-core schema for <module 'datetime' from 'x'>. Set"
    )

    assert "app/main.py, line 4: `datetime` is the module here, not a type" in error_cause(
        printed(error, "class ReferralIn(BaseModel):"), submission(text)
    )


def test_model_that_is_used_like_a_dict(submission):
    """A model has no items(), and model_dump() makes a dict of it."""
    text = "class UserIn(BaseModel):\n    name: str\n"
    error = "AttributeError: 'UserIn' object has no attribute 'items'"

    assert "UserIn is a model, not a dict" in error_cause(printed(error), submission(text))


def test_other_class_is_not_called_a_model(submission):
    """A class of another kind has no model_dump()."""
    error = "AttributeError: 'Store' object has no attribute 'items'"

    assert "model" not in error_cause(printed(error), submission("class Store:\n    pass\n"))
