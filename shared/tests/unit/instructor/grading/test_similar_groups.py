"""Groups of similar submissions: copies planted in a class are found, however many there are, and no others are."""

import csv
import json
import random
import re
from dataclasses import asdict
from pathlib import Path

import pytest
from classroom.core.assignment import Assignment, weeks
from classroom.core.errors import UsageError
from classroom.core.submission import submissions
from classroom.instructor.grading.similarity import (
    Similarities,
    groups_of,
    join_similarities,
    known_submissions,
    read_pairs,
    search,
    similarities,
    submission_texts,
    write_similarities,
)
from classroom.instructor.grading.similarity.own_code import KNOWN, Starter
from classroom.instructor.grading.similarity.search import MAX_LINES, compare
from classroom.instructor.proof.cases import RIGHT, cases

WEEKS = weeks(Path(__file__).resolve().parents[5])
WORDS = [
    "shelf",
    "stock",
    "order",
    "price",
    "tag",
    "count",
    "user",
    "page",
    "total",
    "label",
    "queue",
    "note",
    "batch",
    "draft",
    "level",
    "scope",
    "route",
    "token",
]
IDIOM = "\n\n\ndef find(items, number):\n    item = items.get(number)\n    if item is None:\n        raise KeyError(number)\n    return item\n"


def texts_below(folder):
    """The texts of a folder's Python and SQL files, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".py", ".sql")
    }


@pytest.fixture(scope="module")
def week():
    """Week 2, from whose solution copies are made."""
    return Assignment.load(WEEKS[2])


@pytest.fixture(scope="module")
def starter(week):
    """What students of the week were given."""
    return Starter(texts_below(week.folder / "app"))


@pytest.fixture(scope="module")
def leaked(week):
    """The leaked solution, as one text."""
    return "\n\n\n".join(texts_below(week.folder / "grading/solution").values())


@pytest.fixture(scope="module")
def honest(starter):
    """What sixty students have written by themselves."""
    return [starter.own_code(f"s{number:02}", {"app/main.py": own_work(number)}) for number in range(60)]


def own_work(seed):
    """A program that nobody else has written, apart from an idiom."""
    draw = random.Random(seed)
    return IDIOM + "".join(own_function(draw) for _ in range(15))


def own_function(draw):
    """A function that nobody else has written."""
    a, b, c = draw.sample(WORDS, 3)
    lines = [
        draw.choice(
            (
                f"{a} = [{b}.{draw.choice(WORDS)} for {b} in {c} if {b}.{draw.choice(WORDS)} {draw.choice('<>')} {draw.randint(2, 99)}]",
                f"if {a}.{b}({c}, {draw.choice(WORDS)}={draw.randint(2, 99)}):\n        return {draw.choice(WORDS)}",
                f"{b}[{c!r}] = {a}.get({c}, {draw.randint(0, 9)}) {draw.choice('+-*/')} {draw.choice(WORDS)}",
                f"while not {draw.choice(WORDS)}.{c}:\n        {draw.choice(WORDS)} += {a}",
            )
        )
        for _ in range(draw.randint(3, 7))
    ]
    name = "_".join(draw.sample(WORDS, 2))
    return f"\n\n\ndef {name}({a}, {b}, {c}):\n    " + "\n    ".join(lines) + f"\n    return {b}\n"


def renamed(text, seed, starter):
    """The same with other names, without comments, its top-level parts in another order."""
    draw = random.Random(seed)
    text = re.sub(r"(^|\s)#.*", r"\1", text)
    for word in sorted(set(re.findall(r"\b[a-z_]{4,}\b", text)) - starter.names - KNOWN):
        text = re.sub(rf"\b{word}\b", f"{draw.choice(WORDS)}_{draw.randint(1, 999)}", text)
    parts = text.split("\n\n\n")
    draw.shuffle(parts)
    return "\n\n\n".join(parts)


def half(text, seed):
    """Return half of a text's words, mixed with as much original code."""
    parts, copied = text.split("\n\n\n"), []
    while len(" ".join(copied).split()) < len(text.split()) / 2:
        copied.append(parts.pop(0))
    draw = random.Random(f"half {seed}")
    while len(" ".join(copied).split()) < len(text.split()):
        copied.append(own_function(draw))
    return "\n\n\n".join(copied)


WAYS = {
    "identical": lambda text, seed, starter: text,
    "renamed": renamed,
    "half": lambda text, seed, starter: half(text, seed),
}


@pytest.mark.parametrize(
    ("way", "copies", "size"),
    [
        *(("identical", copies, 25) for copies in (3, 15)),
        *(pytest.param("identical", copies, 60, marks=pytest.mark.long) for copies in (3, 4, 6, 15)),
        *((way, copies, 25) for way in ("renamed", "half") for copies in (4, 15)),
    ],
)
def test_copies_are_one_group_however_many_have_them(way, copies, size, starter, leaked, honest):
    """Copies of a leaked solution, even if renamed or half copied, form one group, without anybody else."""
    texts = {f"copy{number:02}": WAYS[way](leaked, number, starter) for number in range(copies)}
    copied = [starter.own_code(name, {"app/main.py": text}) for name, text in texts.items()]

    found = compare([*copied, *honest[: size - copies]], starter)

    (group,) = found.groups
    assert group.names == tuple(f"copy{number:02}" for number in range(copies))
    assert len(found.pairs) == copies - 1
    assert len(found.pairs) + len(found.others) == copies * (copies - 1) // 2


def test_two_leaks_are_two_groups(starter, leaked, honest):
    """Students with another source are a group of their own, and the more similar group is the first."""
    texts = dict.fromkeys(("ada", "bob", "eve"), leaked) | {"zoe": own_work(99), "yan": half(own_work(99), 7)}
    copied = [starter.own_code(name, {"app/main.py": text}) for name, text in texts.items()]

    found = compare([*copied, *honest[:20]], starter)

    assert [group.names for group in found.groups] == [("ada", "bob", "eve"), ("yan", "zoe")]
    assert found.groups[0].share == 1.0 > found.groups[1].share


@pytest.mark.parametrize("number", range(1, 6))
def test_right_answers_of_different_authors_are_no_pair(number):
    """The course's own right answers, each in a style of its own, are not reported as similar.

    Some are the solution with a few files of their own, so what the solution has counts as handed out.
    """
    week = Assignment.load(WEEKS[number])
    given = texts_below(week.folder / "app") | texts_below(week.folder / "grading/solution")
    starter = Starter({**given, **{f"given/{name}": text for name, text in texts_below(week.folder / "app").items()}})
    folders = [case.path.with_suffix("") for case in cases(week) if case.kind == RIGHT]
    styles = [folder for folder in folders if folder.is_dir()]

    found = compare([starter.own_code(folder.name, texts_below(folder)) for folder in styles], starter)

    assert len(styles) > 5
    assert found == Similarities()


@pytest.mark.parametrize("page", ["README.md", "HINTS.md"])
def test_readme_and_hints_are_no_passage(tmp_path, week, page):
    """Code from the README or the hints may be in every submission, with other spaces and comments."""
    lines = [f"    result = compute({word!r}, start={number}, step={number + 1})" for number, word in enumerate(WORDS)]
    (tmp_path / "week0-x/app").mkdir(parents=True)
    (tmp_path / "week0-x/app/main.py").write_text("app = 1\n")
    (tmp_path / "week0-x" / page).write_text("\n".join(lines))
    (tmp_path / "week0-x/assignment.toml").write_text((week.folder / "assignment.toml").read_text(encoding="utf-8"))
    for name in ("ada", "bob"):
        (tmp_path / "all" / name / "app").mkdir(parents=True)
        (tmp_path / "all" / name / "app/main.py").write_text("\n".join(line.strip() + "  # mine" for line in lines))
    assignment = Assignment.load(tmp_path / "week0-x")

    assert similarities(submissions(tmp_path / "all", assignment), assignment, tmp_path) == Similarities()


def hand_in(folder, text):
    """A submission with this text."""
    (folder / "app").mkdir(parents=True)
    (folder / "app/main.py").write_text(text)


def test_lines_that_fill_up_a_submission_are_read_last(tmp_path, week):
    """Of a submission with a million lines a part is read, and its small files as a whole."""
    hand_in(tmp_path / "all/ada", "x = 1\n" * 20)
    for name in ("a", "b"):
        (tmp_path / f"all/ada/app/{name}.txt").write_text("x\n" * 500_000)

    texts = submission_texts(submissions(tmp_path / "all", week)[0], week)

    assert texts["app/main.py"].count("x = 1") == 20
    assert sum(len(text.splitlines()) for text in texts.values()) == MAX_LINES


def test_known_solution_is_in_the_group_and_two_known_ones_are_no_pair(tmp_path, week, leaked):
    """A class is compared with older cohorts and downloaded solutions; these are not compared with each other."""
    hand_in(tmp_path / "all/ada", leaked)
    hand_in(tmp_path / "all/bob", own_work(1))
    for name, text in {"carl": leaked, "dora": own_work(2), "emil": own_work(2)}.items():
        hand_in(tmp_path / "2025" / name, text)
    hand_in(tmp_path / "web/github solution", leaked)
    known = known_submissions([tmp_path / "2025", tmp_path / "web/github solution"], week, tmp_path / "all")

    found = similarities(submissions(tmp_path / "all", week), week, tmp_path, known)

    (group,) = found.groups
    assert group.names == ("ada", "2025/carl", "web/github solution")
    assert str(group) == "ada, 2025/carl (known), web/github solution (known): 100 % shared"
    assert found.others == ()


@pytest.mark.parametrize("name", ["nowhere", "file", "empty", "all"])
def test_known_folder_without_submissions_is_refused(name, tmp_path, week):
    """A folder that does not exist, has nothing in it or is graded itself is named, with what the option takes."""
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()

    with pytest.raises(UsageError, match=rf"{name}.*--known needs"):
        known_submissions([tmp_path / name], week, tmp_path / "all")


def rows_of(out):
    """The rows of similar.csv."""
    return list(csv.DictReader((out / "similar.csv").read_text(encoding="utf-8").splitlines()))


def test_files_hold_the_groups_with_passages_and_all_pairs(tmp_path, starter, leaked):
    """similar.json gives back the groups with both sides' lines, similar.csv has every pair, without formulas."""
    names = ("=ada", "bob", "eve")
    found = compare([starter.own_code(name, {"app/main.py": leaked}) for name in names], starter)

    write_similarities(tmp_path, found)

    assert groups_of(read_pairs(tmp_path)) == found.groups
    assert all(side.lines for pair in found.pairs for side in (pair.left, pair.right))
    assert [(row["group"], row["student_a"], row["student_b"], row["shared"]) for row in rows_of(tmp_path)] == [
        ("1", "'=ada", "bob", "1.0"),
        ("1", "'=ada", "eve", "1.0"),
        ("1", "bob", "eve", "1.0"),
    ]


def test_files_of_an_older_kit_are_read(tmp_path, starter, leaked):
    """A similar.json without groups is one group of pairs, and an unreadable one counts as missing."""
    (pair,) = compare([starter.own_code(name, {"a.py": leaked}) for name in ("ada", "bob")], starter).pairs
    older = asdict(pair)
    del older["group"], older["left"]["known"]
    (tmp_path / "similar.json").write_text(json.dumps([older]))

    assert read_pairs(tmp_path)[0].left.name == "ada"
    (tmp_path / "similar.json").write_text("[{}]")
    assert read_pairs(tmp_path) == []


def test_joined_gradings_keep_their_groups_apart(tmp_path, starter, leaked):
    """Groups of several gradings get numbers of their own, in both files."""
    for name, students in {"a": ("ada", "bob"), "b": ("carl", "dora")}.items():
        (tmp_path / name).mkdir()
        found = compare([starter.own_code(student, {"a.py": leaked}) for student in students], starter)
        write_similarities(tmp_path / name, found)

    join_similarities([tmp_path / "a", tmp_path / "b"], tmp_path)

    assert [group.names for group in groups_of(read_pairs(tmp_path))] == [("ada", "bob"), ("carl", "dora")]
    assert [row["group"] for row in rows_of(tmp_path)] == ["1", "2"]


def test_passages_are_kept_of_each_group_before_more_of_one(starter, leaked, monkeypatch):
    """With very many copies the page keeps some pairs' lines only, of every group at least one."""
    monkeypatch.setattr(search, "MAX_PASSAGES", 6)
    texts = {f"copy{number:03}": leaked[:4000] for number in range(16)}
    texts |= {"yan": half(own_work(99), 7), "zoe": own_work(99)}

    found = compare([starter.own_code(name, {"a.py": text}) for name, text in texts.items()], starter)

    assert sum(bool(pair.left.lines) for pair in found.pairs) == 6
    assert len(found.groups[0].names) == 16
    assert found.groups[1].pairs[0].left.lines
