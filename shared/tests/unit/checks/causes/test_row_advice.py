"""What a response shows of an app's statements."""

import pytest

APP = """# Resource has a column of the type Mapped[str]
@app.get("/resources")
def list_resources(q: str, resource_id: int, limit: int, offset: int):
    found = select(Resource){call}
    return found
"""


@pytest.fixture
def told(advice):
    """Return the advice about an empty list of an app whose query has this call."""

    def ask(call, text=APP):
        return advice(text.replace("{call}", call), "GET /resources?q=soup", 200, "[]", message="`items` is empty.")

    return ask


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        (".where(Resource.name is q)", "`Resource.name is q`, and it is always False: write ==."),
        (".filter(Resource.name is not q)", "and it is always True: write !=."),
        (".where(Resource.name is None)", "and it is always False: use .is_(None)."),
        (".filter(id == resource_id)", "`id` is Python's own id() here, not a column"),
        (".where(Resource.name.ilike(q))", "ilike(q) finds only values that equal q as a whole"),
        (".limit(offset).offset(limit)", "limit and offset are swapped"),
    ],
)
def test_condition_that_is_something_else(told, call, shown):
    """A query that Python or the database understands in another way is named by its line."""
    found = told(call)

    assert found.startswith("app/main.py, line 4: ")
    assert shown in found


@pytest.mark.parametrize(
    "call",
    [
        ".where(Resource.name == q)",
        ".where(Resource.name.is_(None))",
        '.where(Resource.name.ilike(f"%{q}%"))',
        ".limit(limit).offset(offset)",
        ".filter(Resource.id == resource_id)",
    ],
)
def test_right_condition_is_not_blamed(told, call):
    """A query that is right has no advice."""
    assert told(call) is None


def test_value_that_was_changed_before_is_not_blamed(told):
    """A variable may hold the percent signs already."""
    text = APP.replace("    found =", '    q = f"%{q}%"\n    found =')

    assert told(".where(Resource.name.ilike(q))", text) is None


def test_id_from_lastrowid(advice):
    """The id 0 is explained by lastrowid."""
    text = 'import psycopg2\n@app.post("/rows")\ndef create():\n    return {"id": cursor.lastrowid}\n'

    found = advice(text, "POST /rows", 201, '{"id": 0}', message="`id` is 0, expected 7.")

    assert found.startswith("app/main.py, line 4: lastrowid has no id in PostgreSQL")


@pytest.mark.parametrize(
    ("schema", "shown"),
    [
        (
            "\nid INT REFERENCES r (id)\n on delete cascade\n",
            "schema/01_create_tables.sql, line 3: with ON DELETE CASCADE",
        ),
        ("id INT REFERENCES r (id) -- not ON DELETE CASCADE\n", None),
    ],
)
def test_rows_that_are_deleted_in_cascade(advice, tmp_path, schema, shown):
    """A 204 instead of 409 is explained by the foreign key."""
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema/01_create_tables.sql").write_text(schema)

    found = advice("", "DELETE /resources/1", 204, "", message="DELETE /resources/1 returned 204, expected 409.")

    assert found == shown or found.startswith(shown)


@pytest.mark.parametrize(("field", "is_named"), [("str | None = None", True), ('str = ""', False)])
def test_null_that_a_model_accepts(advice, field, is_named):
    """A null that only the database refuses is explained by the field that accepts it."""
    printed = 'psycopg.errors.NotNullViolation: null value in column "title" of relation "videos" violates'
    schemas = f"class Patch(BaseModel):\n    title: {field}\n"

    found = advice(
        "", "PATCH /videos/1", 500, "", message="PATCH returned 500, expected 422.", printed=printed,
        files={"schemas": schemas}, content=b'{"title": null}',
    )  # fmt: skip

    assert (
        found == "app/schemas.py, line 2: `title: str | None` accepts null, which the database then rejects."
    ) is is_named
