"""Mutants: the solution is broken where the student writes, and a mutant with full marks must be named."""

import pytest
from classroom.core.assignment import Assignment
from classroom.core.result import Verdict
from classroom.instructor.proof.mutants import blocks, mutants, sql, statements
from classroom.instructor.proof.mutants.named import named
from classroom.instructor.proof.mutants.source import Source
from classroom.instructor.proof.mutants.trial import killer, trial

ROUTE = "@app.get('/a')\ndef a(n: int = 3):\n"
PYTHON = [
    ("x = a <= 3", "x = a < 3"),
    ("x = a <= 3", "x = a <= 4"),
    ("x = a is not None", "x = a is None"),
    ("x = a not in b", "x = a in b"),
    ("x = a and b", "x = a or b"),
    ("x = a and b", "x = b"),
    ("x = not a", "x = a"),
    ("x = min(a)", "x = max(a)"),
    ("x = f(a, ge=1)", "x = f(a, gt=1)"),
    ("x = f(a, ge=1, le=2)", "x = f(a, le=2)"),
    ("x = a.lower()", "x = a"),
    ("x = f(a).where(b).order_by(c)", "x = f(a).where(b)"),
    ("x = [b for b in a if b > c]", "x = [b for b in a]"),
    ("x = a[b : c]", "x = a[ : c]"),
    ("x = {**a, **b}", "x = {**a}"),
    ("x = {'a': b, 'c': d}", "x = {'a': b}"),
    ("x = f'{a}/{b}'", "x = f'{a}{b}'"),
    ("x = Annotated[str, Field(le=1)]", "x = str"),
    ("x = f(pattern=r'^[a-z]{1,20}$')", "x = f(pattern=r'^[a-z]{1,21}$')"),
    ("class A:\n    b: str | None = None", "class A:\n    b: str = None"),
    ("class A:\n    b: str | None = None", "class A:\n    b: str | None"),
    ("class A:\n    b: int", "class A:\n    pass"),
    ("def a(b):\n    b.commit()", "def a(b):\n    pass"),
    ("def a(b):\n    return b", "def a(b):\n    return None"),
    ("if a:\n    raise B", "if False:\n    raise B"),
    ("try:\n    a()\nexcept B:\n    c()", "try:\n    a()\nexcept B:\n    raise"),
    ("with a(b), c() as d:\n    e()", "with c() as d:\n    e()"),
    (ROUTE + "    return n", ROUTE.replace(": int", "") + "    return n"),
    (ROUTE + "    return n", ROUTE.replace(".get", ".post") + "    return n"),
    (ROUTE + "    return n", ROUTE.removeprefix("@app.get('/a')\n") + "    return n"),
    (ROUTE + "    '''Shown.'''", ROUTE + "    pass"),
    ("raise HTTPException(404, 'quoted')", "raise HTTPException(400, 'quoted')"),
    ('raise HTTPException(404, "quoted")', 'raise HTTPException(404, "quotedx")'),
    ("a.execute('SELECT b FROM c' ' WHERE d = %s')", "a.execute('SELECT b FROM c' ' WHERE d <> %s')"),
    ("a.execute('SELECT b FROM c' ' WHERE d = %s')", "a.execute('SELECT b FROM c' ' ')"),
]
SQL = [
    ("SELECT a FROM b WHERE c = 1 AND d > 2 ORDER BY e", "SELECT a FROM b  ORDER BY e"),
    ("SELECT a FROM b WHERE c = 1 AND d > 2 ORDER BY e", "SELECT a FROM b WHERE c = 1  ORDER BY e"),
    ("SELECT a FROM b WHERE c = 1 AND d > 2 ORDER BY e", "SELECT a FROM b WHERE d > 2 ORDER BY e"),
    ("SELECT a FROM b WHERE c = 1 AND d > 2 ORDER BY e", "SELECT a FROM b WHERE c = 1 OR d > 2 ORDER BY e"),
    ("SELECT a FROM b WHERE c = 1 AND d > 2 ORDER BY e", "SELECT a FROM b WHERE c = 1 AND d >= 2 ORDER BY e"),
    ("SELECT a FROM b ORDER BY c, d", "SELECT a FROM b ORDER BY c, d DESC"),
    ("SELECT a FROM b LEFT JOIN c ON d = e", "SELECT a FROM b JOIN c ON d = e"),
    ("SELECT a, count(b) FROM c GROUP BY a", "SELECT a, count(*) FROM c GROUP BY a"),
    ("SELECT a, count(b) FROM c GROUP BY a", "SELECT a FROM c GROUP BY a"),
    ("SELECT a FROM b WHERE c ILIKE '%d%'", "SELECT a FROM b WHERE c LIKE '%d%'"),
    ("SELECT a FROM b WHERE c ILIKE '%d%'", "SELECT a FROM b WHERE c ILIKE 'd%'"),
    ("SELECT a FROM b WHERE lower(a || c) = 'd'", "SELECT a FROM b WHERE a || c = 'd'"),
    ("UPDATE a SET b = 1, c = 2 WHERE d = 3", "UPDATE a SET b = 1 WHERE d = 3"),
    ("INSERT INTO a (b) VALUES (1), (2)", "INSERT INTO a (b) VALUES (1)"),
    ("CREATE TABLE a (b SERIAL PRIMARY KEY, c DATE NOT NULL)", "CREATE TABLE a (b SERIAL , c DATE NOT NULL)"),
    ("CREATE TABLE a (b SERIAL PRIMARY KEY, c DATE NOT NULL)", "CREATE TABLE a (b SERIAL PRIMARY KEY, c DATE )"),
    ("CREATE TABLE a (b SERIAL PRIMARY KEY, c DATE NOT NULL)", "CREATE TABLE a (b SERIAL PRIMARY KEY)"),
    ("CREATE TABLE IF NOT EXISTS a (b INT, c INT REFERENCES d (e))", "CREATE TABLE IF NOT EXISTS a (b INT, c INT )"),
    ("SELECT 1; SELECT 2;", "SELECT 1;"),
    ("SELECT a FROM b WHERE c <= 4.0", "SELECT a FROM b WHERE c <= 3.9"),
]
LEFT_ALONE = [
    "def a(b: int) -> str:\n    c: float = d",
    "raise A(b) from error",
    "raise A('other words')",
    "a = f(b, title='Own words')",
    "def a():\n    '''A helper.'''",
]


def broken(text, changes):
    """Return the text after each change."""
    source = Source("a.py", text, quoted='"quoted"')
    return {source.changed(change).strip() for change in changes(source)}


@pytest.mark.parametrize(("before", "after"), PYTHON)
def test_python_is_broken(before, after):
    """A comparison, a bound, a clause, an argument, a statement or a route is changed or left out."""
    assert after in broken(before, statements.changes)


@pytest.mark.parametrize(("before", "after"), SQL)
def test_sql_is_broken(before, after):
    """A comparison, a clause, a condition, a column, a constraint or a row is changed or left out."""
    assert after in broken(before, sql.changes)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_has_no_effect_is_left_alone(text):
    """Types that nothing reads, causes, words that no task quotes, docstrings and tags are free."""
    kept = {"int", "str", "float", "error", "other words", "Own words", "A helper."}
    for after in broken(text, statements.changes) - {"pass", "a = f(b)"}:
        assert [word for word in kept if word in after] == [word for word in kept if word in text], after


def test_two_routes_that_fit_one_request_are_turned_round():
    """The order of routes is a change where one of them would take the other's requests."""
    fixed, open_ = "@app.get('/a/b')\ndef b(): ...", "@app.get('/a/{c}')\ndef c(c): ..."

    assert f"{open_}\n\n{fixed}" in broken(f"{fixed}\n\n{open_}", statements.changes)


def test_only_what_the_student_writes_is_broken(assignment):
    """Code that is already in the starter is not mutated."""
    found = mutants(assignment)

    assert found
    assert {mutant.within for mutant in found} == {"double"}
    assert len({mutant.name for mutant in found}) == len(found)
    assert "app/main.py:19" in {mutant.location for mutant in found}


SURVIVOR = 'app/main.py double: return {"double": 2 * number, "twice": True} => '
FALSE = SURVIVOR + 'return {"double": 2 * number, "twice": False}'
KILLED = SURVIVOR + "return None"
GONE = "app/main.py double: return 3 => return 4"


@pytest.fixture
def twice(week):
    """The small week with an answer of which the checks look at one half only."""
    path = week / "grading/solution/app/main.py"
    path.write_text(path.read_text().replace("2 * number}", '2 * number, "twice": True}'))
    return Assignment.load(week)


def name(assignment, reason, *names):
    """Write a week's page of design, which names these mutants."""
    lines = "\n".join(names)
    text = f"# Design\n\n## Mutants that are right answers\n\n{reason}\n\n```text\n{lines}\n```\n\n## More\n\n```\nno name\n```\n"
    (assignment.folder / "grading/design.md").write_text(text)


def test_survivor_is_told_with_its_place_and_its_change(twice, classroom):
    """A mutant that earns everything is red, and is reported so that it can be found and named."""
    done = classroom("verify", "--mutants", 1, "--only", '"twice": False')

    assert done.status == 1
    assert "1 mutants, 0 lose points, 0 are listed as right, 1 survive unlisted" in done.out
    assert '- app/main.py:19 still earns all points:\n      - return {"double": 2 * number, "twice": True}' in done.out
    assert FALSE in done.out


def test_named_survivor_is_green(twice):
    """A survivor under the heading of design.md, with a reason, is counted as named."""
    name(twice, "Nobody asks for it.", FALSE)

    found = trial(twice, only='"twice": False')

    assert named(twice).reasons == {FALSE: "Nobody asks for it."}
    assert (found.named, found.survivors, found.problems) == (1, [], [])


@pytest.mark.long
def test_name_that_fits_no_survivor_is_red(twice):
    """A named mutant that is killed, no longer exists, or has no reason is a problem."""
    name(twice, "", KILLED, GONE)

    found = trial(twice, only="=> return None")

    assert found.killed == 1
    assert [problem.split(": ", 1)[1].split(":")[0] for problem in found.problems] == [
        "a block under 'Mutants that are right answers' has no reason above it.",
        "'Mutants that are right answers' lists a mutant that no longer exists",
        "app/main.py",
    ]


@pytest.mark.long
def test_grading_ends_where_a_mutant_falls(assignment):
    """The first check that a mutant fails is enough: the later ones are not run."""
    results = []

    trial(assignment, only="=> return None", on_result=lambda _, result: results.append(result))

    assert [killer(result) for result in results] == ["double (task 2)"]
    assert [check.verdict for check in results[0].tasks[2].checks] == [Verdict.COULD_NOT_CHECK] * 2


def test_solution_that_falls_is_told(week):
    """The solution is graded next to its mutants: if it fails itself, a failing mutant proves nothing."""
    path = week / "tests/test_tiny.py"
    path.write_text(path.read_text().replace('"hello": "world"', '"hello": "moon"'))

    found = trial(Assignment.load(week), sample=1)

    assert found.problems == ["week1-tiny: the solution itself fails hello (task 1), so this run proves nothing."] * 2


@pytest.mark.long
def test_sample_is_drawn_by_the_seed(assignment):
    """Some of the mutants can be tried, the same ones for the same seed."""
    drawn = [[], [], []]
    for found, seed in zip(drawn, (1, 1, 2), strict=True):
        assert (
            trial(
                assignment, seed=seed, sample=2, on_result=lambda mutant, _, found=found: found.append(mutant.name)
            ).graded
            == 2
        )

    assert sorted(drawn[0]) == sorted(drawn[1]) != sorted(drawn[2])


BLOCKS = """\
# a comment
services:
  app:
    build: .

RUN a \\
    b
"""


def test_blocks_of_other_files_are_left_out():
    """In a Dockerfile or a file in YAML, each line is left out with what is indented below it or continues it."""
    source = Source("compose.yaml", BLOCKS)

    left = [source.text[change.start : change.end] for change in blocks.changes(source)]

    assert left == [
        "services:\n  app:\n    build: .\n",
        "  app:\n    build: .\n",
        "    build: .\n",
        "RUN a \\\n    b\n",
        "    b\n",
    ]


def test_dockerfile_is_mutated(week):
    """The solution's Dockerfile is broken where it differs from the starter's."""
    for top, text in ((week, "# TODO 2\n"), (week / "grading/solution", "FROM a\nCMD b\n")):
        (top / "Dockerfile").write_text(text, encoding="utf-8")

    names = [mutant.name for mutant in mutants(Assignment.load(week)) if mutant.source.name == "Dockerfile"]

    assert names == ["Dockerfile: FROM a => nothing", "Dockerfile: CMD b => nothing"]
