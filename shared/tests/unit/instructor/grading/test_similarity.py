"""Which submissions are worth comparing, and which are naturally similar."""

import json
import re
from dataclasses import asdict

import pytest
from classroom.core.assignment import Assignment
from classroom.core.files import write_atomic
from classroom.core.result import Result
from classroom.core.submission import submissions
from classroom.instructor.grading.report import report
from classroom.instructor.grading.similarity import similarities
from classroom.instructor.grading.similarity.own_code import KNOWN, Starter
from classroom.instructor.grading.similarity.search import compare

STARTER = {"app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/total')\ndef total(word):\n"}
ONE = """
@app.get('/total')
def total(word):
    # The shelves first, then what lies on them.
    shelves = [shelf for shelf in STOCK if shelf.name.startswith(word)]
    found = {}
    for shelf in shelves:
        for article, count in shelf.articles.items():
            found[article] = found.get(article, 0) + count * shelf.factor
    if not found:
        raise HTTPException(404, detail=f"nothing on {word}")
    return {"articles": found, "sum": sum(found.values())}


def rounded(number, digits):
    return float(f"{number:.{digits}f}") if digits < 7 else number
"""
ANOTHER = """
@app.get('/total')
def total(word: str):
    with connection() as cursor:
        cursor.execute("SELECT article, sum(count * factor) FROM stock WHERE name LIKE %s GROUP BY 1", [word + "%"])
        rows = dict(cursor.fetchall())
    if rows == {}:
        return JSONResponse({"detail": "no such shelf"}, status_code=404)
    total = 0
    while rows:
        total += rows.popitem()[1]
    return dict(articles=rows, sum=total)
"""


def class_of(texts):
    """The pairs that connect the groups among these texts."""
    starter = Starter(STARTER)
    own = [starter.own_code(name, {"app/main.py": STARTER["app/main.py"] + text}) for name, text in texts.items()]
    return list(compare(own, starter).pairs)


def disguised(text):
    """The same with other names, without comments, its functions the other way round."""
    text = re.sub(r"\s*# .*", "", text)
    for word in set(re.findall(r"\b[a-z]{4,}\b", text)) - KNOWN - {"total", "word"}:
        text = re.sub(rf"\b{word}\b", f"my_{word[::-1]}", text)
    first, second = text.split("\n\n\n")
    return f"\n{second}\n\n\n{first}\n"


def test_copy_is_found_as_it_stands_and_in_disguise():
    """Two that share what nobody else has are a pair, whatever its names and its order."""
    (as_it_is,) = class_of({"a": ONE, "b": ANOTHER, "c": ONE})
    (changed,) = class_of({"a": ONE, "b": ANOTHER, "c": disguised(ONE)})

    assert (as_it_is.left.name, as_it_is.right.name, as_it_is.rare_overlap, as_it_is.similarity) == ("a", "c", 1.0, 1.0)
    assert (changed.left.name, changed.right.name) == ("a", "c")
    assert changed.rare_overlap > 0.9


def test_both_sides_are_marked_line_by_line():
    """Each side shows its own lines in order, with those that only the two share marked, without the starter's."""
    (pair,) = class_of({"a": ONE + "\n\nEXTRA = [7, 8, 9, 10]\n", "b": ANOTHER, "c": ONE})

    told = {text.strip(): kind for _, _, text, kind in pair.left.lines}
    assert told["found = {}"] == "rare"
    assert told["EXTRA = [7, 8, 9, 10]"] == ""
    assert "app = FastAPI()" not in told
    assert [number for _, number, _, _ in pair.left.lines] == sorted(number for _, number, _, _ in pair.left.lines)


def test_what_was_handed_out_is_no_pair():
    """Submissions with almost nothing written share the starter, which means nothing."""
    assert class_of({"a": "", "b": "", "c": ANOTHER}) == []


@pytest.mark.parametrize("text", ["x " * 400_000, "(" * 400_000, "\x00\xff" * 1000, "a" * 400_000, "\n" * 400_000])
def test_text_made_to_be_slow_is_cut(text):
    """Code far longer than any answer is compared in part, and two such submissions do not stop a grading."""
    assert len(class_of({"a": text, "b": text, "c": ANOTHER})) <= 1


HIDINGS = {
    "another name": lambda text: {"app/main.py": "exec(open('app/x.bin').read())\n", "app/x.bin": text},
    "filler": lambda text: {"app/a.txt": "la di da, " * 100_000, "app/main.py": text},
    "filler of Python's words": lambda text: {
        "app/a.py": "".join(f"#\n and_{number} != not len or {number}\n" for number in range(5000)),
        "app/main.py": text,
    },
    "one long line": lambda text: {"app/main.py": f"code = {'x' * 2000 + text.strip()!r}\nexec(code[2000:])\n"},
}


@pytest.mark.parametrize("hide", HIDINGS.values(), ids=HIDINGS)
def test_copy_that_is_hidden_from_a_reader_of_programs_is_found(hide, tmp_path):
    """A copy in a file of any name, behind filler or at the end of a long line is still compared."""
    week = tmp_path / "week0-shelves"
    for place, files in (
        (week, STARTER),
        (tmp_path / "all/ada", {"app/main.py": STARTER["app/main.py"] + ONE}),
        (tmp_path / "all/eve", hide(STARTER["app/main.py"] + ONE)),
    ):
        for name, text in files.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text)
    (week / "assignment.toml").write_text('title = "T"\nminutes = 1\n[[tasks]]\nnumber = 1\ntitle = "A"\npoints = 1\n')
    assignment = Assignment.load(week)

    (found,) = similarities(submissions(tmp_path / "all", assignment), assignment, tmp_path).pairs

    assert {found.left.name, found.right.name} == {"ada", "eve"}


def test_page_made_again_shows_the_pairs_that_grading_found(tmp_path):
    """The page that `report` makes from the results has the same pairs, the week's title and the deadline."""
    write_atomic(tmp_path / "results/a.json", Result("week1-tiny", "a", "graded", 0, 100).to_json())
    (pair,) = class_of({"alba": ONE, "b": ANOTHER, "carl": ONE})
    write_atomic(tmp_path / "similar.json", json.dumps([asdict(pair)]))
    write_atomic(tmp_path / "grading.json", json.dumps({"deadline": "noon", "title": "Tiny things"}))

    text = report(tmp_path).read_text()

    assert '"left":{"name":"alba"' in text
    assert '<h1 id="title">Tiny things</h1>' in text
    assert "week1-tiny · deadline noon" in text
