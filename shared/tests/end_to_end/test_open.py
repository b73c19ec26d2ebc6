"""Opening a classroom: once, again, with the rosters and folders that people have."""

import csv
import subprocess

import pytest
from classroom.core.errors import UsageError
from classroom.instructor.students import read_students, write_students


@pytest.fixture(scope="module")
def small(new_room, tmp_path_factory):
    """A classroom of two that tests only add to."""
    return new_room(tmp_path_factory.mktemp("open"), "ada", "bob")


def test_each_student_gets_the_published_week(small):
    """Each student's repository holds the published week as one commit, and nothing of grading."""
    for name in ("ada", "bob"):
        files = small.git(small.repository(name), "ls-tree", "-r", "--name-only", "main").splitlines()
        assert {"app/main.py", "tests/test_tiny.py", "kit/pyproject.toml"} <= set(files)
        assert not [path for path in files if "grading" in path]
        assert small.git(small.repository(name), "rev-list", "--count", "main") == "1"


def test_opened_again_adds_only_what_is_new(small, kit):
    """Opened again with a longer roster, only the new student gets a repository; what others have pushed stays."""
    ada = small.student("ada")
    commit = ada.write(small.solved)
    ada.push()
    kit.roster(small.roster, "carl", "ada")

    done = small.classroom("open", small.place, "--roster", small.roster, "--weeks", "1")

    assert "1 new, 2 kept" in done.out
    assert small.git(small.repository("ada"), "rev-parse", "main") == commit
    kept = csv.DictReader((small.place / "roster.csv").read_text(encoding="utf-8").splitlines())
    assert [row["github_username"] for row in kept] == ["ada", "bob", "carl"]


def test_week_that_closes_takes_no_push(small):
    """From its closing on a week refuses every push in one sentence; opened again with a later time it takes them."""
    bob = small.student("bob")
    bob.write(small.solved)

    closed = small.classroom("open", small.place, "--weeks", "1", "--closes", "2020-01-31T18:00")
    again = small.classroom("open", small.place, "--weeks", "1")
    refused = bob.push(check=False)
    small.classroom("open", small.place, "--weeks", "1", "--closes", "2099-01-31T18:00")
    taken = bob.push()

    assert closed.out.endswith("; it takes no push from 2020-01-31 at 18:00 on\n")
    assert again.out == closed.out
    assert "This assignment was closed on 2020-01-31 at 18:00, so the push was not taken." in refused
    assert "Received" in taken


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["full"], "is not empty and no classroom"),
        (["file"], "is a file"),
        (["new"], "Who is in the class?"),
        (["new", "--roster", "nowhere.csv"], "The roster nowhere.csv cannot be read"),
        (["new", "--roster", "empty.csv"], "needs the columns identifier and github_username"),
        (["new", "--roster", "good.csv", "--weeks", "7"], "There is no week 7"),
        (["new", "--roster", "good.csv", "--weeks", "1,9"], "There is no week 9"),
        (["new", "--roster", "good.csv", "--weeks", ","], "Which weeks? Type: classroom open new --weeks 1,2"),
        (["new", "--roster", "good.csv", "--closes", "soon"], "is no time"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_opened_is_told(small, kit, tmp_path, words, told):
    """A folder with other things in it, no roster, no such week: one sentence, exit status 2, nothing made."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine.txt").touch()
    (tmp_path / "file").touch()
    (tmp_path / "empty.csv").write_text("\n")
    kit.roster(tmp_path / "good.csv", "ada")
    (tmp_path / "week1-tiny").symlink_to(small.course / "week1-tiny")
    (tmp_path / "shared").symlink_to(small.course / "shared")

    done = kit.classroom("open", *(["--weeks", "1"] * ("--weeks" not in words)), *words, cwd=tmp_path)

    assert done.status == 2
    assert told in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("command", [["serve"], ["collect"], ["feedback", "--grades", "g"]], ids=lambda words: words[0])
def test_folder_that_is_no_classroom_is_told(kit, tmp_path, command):
    """Where there is no classroom each command says how to make one."""
    done = kit.classroom(*command, tmp_path, cwd=tmp_path)

    assert done.status == 2
    assert "There is no classroom in" in done.err
    assert "classroom open" in done.err


HEAD = "identifier,github_username,github_id,name\n"
ROSTERS = {
    "as GitHub Classroom exports it": (
        '"identifier","github_username","github_id","name"\n"A. Day","ada","1","Ada"\n',
        ["ada"],
    ),
    "byte order mark": ("\ufeff" + HEAD + "A,ada,,\n", ["ada"]),
    "lines of Windows": (HEAD.replace("\n", "\r\n") + "A,ada,,\r\nB,bob,,\r\n", ["ada", "bob"]),
    "semicolons": (HEAD.replace(",", ";") + "A;ada;;\n", ["ada"]),
    "only identifiers": ("identifier\nada@example.org\n", ["ada-example.org"]),
    "spaces": (HEAD + "  Ada  Lovelace , ,,\n", ["Ada-Lovelace"]),
    "accents": (HEAD + "Åsa Öberg,,,\nJosé,,,\nØrsted Æ,,,\n", ["Asa-Oberg", "Jose", "Orsted-Ae"]),
    "other scripts": (HEAD + "李明,,,\nمحمد,,,\n", ["student", "student-2"]),
    "ways out of the folder": (
        HEAD + "../../etc/passwd,,,\n/abs,,,\n..,,,\n.git,,,\nC:\\x,,,\n",
        ["etc-passwd", "abs", "student", "student-git", "C-x"],
    ),
    "orders to a shell": (HEAD + "$(rm -rf x),,,\n--upload-pack=x,,,\n`x`;y,,,\n", ["rm-rf-x", "upload-pack-x", "x-y"]),
    "names of git and Windows": (
        HEAD + "a.git,,,\nCON,,,\nnul.txt,,,\nb.lock,,,\n",
        ["a", "student-CON", "student-nul.txt", "b"],
    ),
    "alike but for accents and case": (HEAD + "Asa,,,\nåsa,,,\nASÁ,,,\n", ["Asa", "asa-2", "ASA-3"]),
    "long": (HEAD + "x" * 300 + ",,,\n", ["x" * 60]),
    "empty lines": (HEAD + ",,,\n\nA,ada,,\n,,,\n", ["ada"]),
    "a field over two lines": (HEAD + '"A\nB",ada,,\n', ["ada"]),
    "more columns, fewer fields": ("name,github_username,seat\nAda,ada,3\nBob,bob\n", ["ada", "bob"]),
    "a gradebook": (
        "assignment_name,github_username,roster_identifier,points_awarded\nweek1,ada,A. Day,5\nweek1,,B. Ell,\n",
        ["ada", "B.-Ell"],
    ),
}


@pytest.mark.parametrize("name", ROSTERS)
def test_rosters_as_people_have_them(tmp_path, name):
    """Each student of a roster gets a name that a path, a shell and an address can bear, and that is nobody else's."""
    text, expected = ROSTERS[name]
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8", newline="")

    students = read_students(path)

    assert [one.username for one in students] == expected
    write_students(tmp_path / "kept.csv", students)
    assert read_students(tmp_path / "kept.csv", students) == students


def test_roster_of_a_spreadsheet_in_utf_16(tmp_path):
    """A roster that a spreadsheet has saved as Unicode text is read, too."""
    (tmp_path / "roster.csv").write_text("identifier\tgithub_username\nÅ\tada\n", encoding="utf-16")

    assert [(one.identifier, one.username) for one in read_students(tmp_path / "roster.csv")] == [("Å", "ada")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD + "A,ada,,\nB,ada,,\n", "row 3: the github_username ada stands in row 2, too"),
        (HEAD + "Ada,,,\nBob,,,\nada,,,\n", "row 4: the identifier ada stands in row 2, too"),
        ("who,where\nada,here\n", "needs the columns identifier and github_username"),
        (HEAD, "needs the columns identifier and github_username"),
        (HEAD + ",,,\n", "There is no student in"),
    ],
    ids=["username twice", "identifier twice", "other columns", "nobody", "nobody named"],
)
def test_rosters_that_cannot_be_used(tmp_path, text, told):
    """A roster on which somebody stands twice, or nobody, is refused with the row."""
    (tmp_path / "roster.csv").write_text(text, encoding="utf-8")

    with pytest.raises(UsageError, match=told):
        read_students(tmp_path / "roster.csv")


def test_names_stay_when_the_roster_changes(tmp_path):
    """A student keeps the name once given, whoever comes before on a later roster."""
    (tmp_path / "first.csv").write_text(HEAD + "åsa,,,\n", encoding="utf-8")
    first = read_students(tmp_path / "first.csv")
    (tmp_path / "second.csv").write_text(HEAD + "Asa,,,\nåsa,,,\n", encoding="utf-8")

    second = read_students(tmp_path / "second.csv", first)

    assert [(one.identifier, one.username) for one in second] == [("Asa", "Asa-2"), ("åsa", "asa")]


def test_hooks_are_free_of_slips_that_the_shell_sees(kit):
    """The hooks are plain `sh`."""
    for hook in (kit.root / "shared/src/classroom/instructor/classrooms/hooks").iterdir():
        assert subprocess.run(["sh", "-n", hook], capture_output=True, check=False).stderr == b""
