"""Rosters as people have them: every export and encoding, usernames that are safe, changes in mid-term."""

import pytest
from classroom.core.errors import UsageError
from classroom.instructor.roster import Roster, Student, read_roster, write_roster

HEAD = "identifier,github_username,github_id,name\n"
CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Essay (12)
    Points Possible,,,,,10
"Lovelace, Ada",7,s7,ada,CS-1,
"Student, Test",9,,x9,CS-1,
"""
ROSTERS = {
    "as GitHub Classroom exports it": (
        '"identifier","github_username","github_id","name"\n"A. Day","ada","1","Ada"\n',
        ["ada"],
    ),
    "byte order mark": ("\ufeff" + HEAD + "A,ada,,\n", ["ada"]),
    "lines of Windows": (HEAD.replace("\n", "\r\n") + "A,ada,,\r\nB,bob,,\r\n", ["ada", "bob"]),
    "lines of an old Mac": (HEAD.replace("\n", "\r") + "A,ada,,\rB,bob,,\r", ["ada", "bob"]),
    "semicolons": (HEAD.replace(",", ";") + "A;ada;;\n", ["ada"]),
    "a separator that Excel declares": ("sep=;\r\nidentifier;github_username\r\nA, B;ada\r\n", ["ada"]),
    "only identifiers": ("identifier\nada@example.org\n", ["ada-example.org"]),
    "one column with commas": ("identifier\nLovelace, Ada\n", ["Lovelace-Ada"]),
    "spaces": (HEAD + "  Ada  Lovelace , ,,\n", ["Ada-Lovelace"]),
    "accents": (HEAD + "Åsa Öberg,,,\nJosé,,,\nØrsted Æ,,,\n", ["Asa-Oberg", "Jose", "Orsted-Ae"]),
    "other scripts": (HEAD + "李明,,,\nمحمد,,,\n", ["student", "student-2"]),
    "ways out of the folder": (
        HEAD + "../../etc/passwd,,,\n/abs,,,\n..,,,\n.git,,,\nC:\\x,,,\n",
        ["etc-passwd", "abs", "student", "student-git", "C-x"],
    ),
    "commands for a shell": (
        HEAD + "$(rm -rf x),,,\n--upload-pack=x,,,\n`x`;y,,,\n",
        ["rm-rf-x", "upload-pack-x", "x-y"],
    ),
    "names of git and Windows": (
        HEAD + "a.git,,,\nCON,,,\nnul.txt,,,\nb.lock,,,\n",
        ["a", "student-CON", "student-nul.txt", "b"],
    ),
    "a username of an old account": (HEAD + "A,ada-,,\nB,ada,,\n", ["ada-", "ada"]),
    "a name that is another student's account": (
        HEAD + "bob,,,\nRobert,bob,,\nBOB R.,,,\n",
        ["bob-2", "bob", "BOB-R"],
    ),
    "equal but for accents and case": (HEAD + "Asa,,,\nåsa,,,\nASÁ,,,\n", ["Asa", "asa-2", "ASA-3"]),
    "long": (HEAD + "x" * 300 + ",,,\n", ["x" * 60]),
    "blank lines": ("\n" + HEAD + ",,,\n\nA,ada,,\n,,,\n", ["ada"]),
    "a field over two lines": (HEAD + '"A\nB",ada,,\n', ["ada"]),
    "more columns, fewer fields": ("name,github_username,seat\nAda,ada,3\nBob,bob\n", ["ada", "bob"]),
    "other order and case": ("NAME;GitHub Username;Identifier\nAda;ada;1\n", ["ada"]),
    "a gradebook of GitHub Classroom": (
        "assignment_name,github_username,roster_identifier,points_awarded\nweek1,ada,A. Day,5\nweek1,,B. Ell,\n",
        ["ada", "B.-Ell"],
    ),
    "Classroom 50": (
        "username,first_name,last_name,email,section,github_id\nada,Ada,Lovelace,ada@x.org,A,1\n",
        ["ada"],
    ),
    "Canvas": (
        CANVAS,
        ["ada"],
    ),
    "Moodle": (
        "First name,Last name,ID number,Email address,Groups\nAda,Lovelace,77,ada.lovelace@x.org,A\n",
        ["ada.lovelace"],
    ),
    "Moodle's grading worksheet": (
        "Identifier,Full name,Email address,Status,Grade\nParticipant 77,Ada Lovelace,ada@x.org,,\n",
        ["ada"],
    ),
    "a title above the headings": ("Course CS-1;;\n\nName;Email;\nAda;ada@x.org;\n", ["ada"]),
    "a list of names": ("Ada Lovelace\n\nBob Ross\n", ["Ada-Lovelace", "Bob-Ross"]),
    "a list of last names first": ("Lovelace, Ada\nRoss, Bob\n", ["Lovelace-Ada", "Ross-Bob"]),
}


@pytest.fixture
def roster(tmp_path):
    """Reads a text as a roster."""

    def read(text, known=(), former=(), encoding="utf-8"):
        path = tmp_path / "roster.csv"
        path.write_bytes(text.encode(encoding))
        return read_roster(path, known, former)

    return read


@pytest.mark.parametrize("name", ROSTERS)
def test_rosters_as_people_have_them(roster, tmp_path, name):
    """Each student gets a username that a path can hold and nobody else has, and keeps it when written and read back."""
    text, expected = ROSTERS[name]

    found = roster(text)

    assert [student.username for student in found] == expected
    write_roster(tmp_path / "kept.csv", found)
    assert read_roster(tmp_path / "kept.csv").students == found.students


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings_of_spreadsheets(roster, encoding):
    """Every encoding in which a spreadsheet saves a table is recognized."""
    (student,) = roster("identifier\tgithub_username\nÅsa Müller\tada\n", encoding=encoding)

    assert (student.identifier, student.username) == ("Åsa Müller", "ada")


def test_fields_of_an_export(roster):
    """Name, email and section are read from the columns that a platform gives them, and the rest is kept."""
    (student,) = roster(
        'Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"Lovelace, Ada",7,s7,ada,CS-1\n'
    )

    assert student == Student(
        "ada", "s7", "Lovelace, Ada", section="CS-1", other={"ID": "7", "SIS User ID": "s7", "SIS Login ID": "ada"}
    )


def test_first_and_last_name_are_joined(roster):
    """A first and a last name in two columns are one name."""
    (student,) = roster("last_name,first_name,username,email\nLovelace,Ada,ada,ada@x.org\n")

    assert (student.name, student.email, student.label) == ("Ada Lovelace", "ada@x.org", "Ada Lovelace")


def test_summary_says_how_the_file_was_understood(roster):
    """One line names the column of each field, the columns not used, and the rows that are not students."""
    found = roster("Student,ID,SIS Login ID,Essay (12)\nPoints Possible,,,10\nAda,7,ada,5\n")

    assert found.summary() == (
        "1 student; username from 'SIS Login ID', identifier from 'ID', name from 'Student'; "
        "not used: 'Essay (12)'; skipped: line 2 (Points Possible)"
    )
    assert roster("Ada\nBob\n").summary() == "2 students; a list of names"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + "A,ada,,\n\nB,ada,,\n", "line 4: the username ada is also on line 2"),
        (HEAD + '"A\nA",ada,,\nB,ADA,,\n', "line 4: the username ADA is also on line 2"),
        (HEAD + "Ada,,,\nBob,,,\nada,,,\n", "line 4: the identifier ada is also on line 2"),
        ("name,email\nA,x@y.z\nB,x@y.z\n", "line 3: the identifier x@y.z is also on line 2"),
        ("Ada\nAda\n", "line 2: the identifier Ada is also on line 1"),
        ("sep=,\nwho,where\nada,here\n", "has no column that names the students; its first row is: who, where"),
        (HEAD, "There are no students in"),
        (HEAD + ",,,\n", "There are no students in"),
        ("", "There are no students in"),
    ],
    ids=["username", "over two lines", "identifier", "email", "listed", "other columns", "nobody", "blank", "empty"],
)
def test_rosters_that_cannot_be_used(roster, text, message):
    """A roster with somebody on it twice, or with nobody, is rejected with the line and what to do."""
    with pytest.raises(UsageError, match=message):
        roster(text)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04rest", "is a spreadsheet file: save it as CSV"),
        (b"identifier\n\x81\x8d\n", "is not a text file: save it as CSV in UTF-8"),
        (b"identifier\n\x00\x01\n", "is not a text file"),
        ("identifier\nÇelik\n".encode() + "Zoë\n".encode("cp1252"), "line 3 is not in UTF-8, unlike other lines"),
        (b'identifier\n"' + b"x" * 200_000, "cannot be read as CSV"),
        (
            b'identifier,name\nA,Ada\nB,"Bob "Bo" Ross\nC,"Caro\nD,Dora\n',
            "line 4: a quotation mark is never closed",
        ),
        (
            b'identifier,name\nA,"Ada\nB,Bob\nC,"Caro"\nD,Dora\n',
            "line 2: a quotation mark is missing, so the row continues onto the next lines",
        ),
    ],
    ids=[
        "workbook",
        "no encoding",
        "binary",
        "two encodings",
        "huge field",
        "open quotation mark",
        "rows within quotation marks",
    ],
)
def test_files_that_are_not_csv(tmp_path, data, message):
    """A file that is not CSV is rejected with what to do."""
    (tmp_path / "roster.csv").write_bytes(data)

    with pytest.raises(UsageError, match=message):
        read_roster(tmp_path / "roster.csv")


def test_file_that_does_not_exist(tmp_path):
    """A missing file is named."""
    with pytest.raises(UsageError, match=r"roster\.csv cannot be read: No such file"):
        read_roster(tmp_path / "roster.csv")


class TestChanges:
    """A roster that is read again in mid-term, compared with the one before."""

    def test_usernames_stay(self, roster):
        """A student keeps the username once given, whoever comes before on a later roster."""
        first = roster(HEAD + "åsa,,,\n")

        second = roster(HEAD + "Asa,,,\nåsa,,,\n", first.students)

        assert [(student.identifier, student.username) for student in second] == [("Asa", "Asa-2"), ("åsa", "asa")]
        assert [student.identifier for student in second.added] == ["Asa"]

    def test_renamed_student_keeps_the_repository(self, roster, tmp_path):
        """A new username is remembered next to the old one, which names the repository, and is reported once."""
        first = roster(HEAD + "A. Day,ada,,Ada Day\n")

        second = roster(HEAD + "A. Day,ada-l,,Ada Day\n", first.students)
        write_roster(tmp_path / "kept.csv", second)
        third = roster(HEAD + "A. Day,ada-l,,Ada Day\n", read_roster(tmp_path / "kept.csv").students)

        assert [(old.username, new.username, new.login) for old, new in second.renamed] == [("ada", "ada", "ada-l")]
        assert third.students == second.students
        assert not third.is_change

    def test_recognized_by_email_or_username(self, roster):
        """A student whose identifier has changed is recognized by email, then by username."""
        first = roster("identifier,username,email\n1,ada,a@x.org\n2,bob,\n")

        second = roster("identifier,username,email\n10,,a@x.org\n20,bob,\n", first.students)

        assert [student.username for student in second] == ["ada", "bob"]
        assert (len(second.renamed), second.added, second.dropped) == (2, (), ())

    def test_cell_that_is_filled_in_later_is_no_rename(self, roster):
        """A name or an email that the roster did not have before is taken over without a question."""
        first = roster("identifier\n1\n")

        second = roster("identifier,name,email\n1,Ada,a@x.org\n", first.students)

        assert not second.is_change
        assert second.students[0].name == "Ada"

    def test_dropped_and_back(self, roster):
        """A student who left is reported once, is recognized on return, and nobody else gets the username."""
        first = roster("name\nAda\nBob\n")

        second = roster("name\nBob\n", first.students)
        third = roster("name\nÀda\nBob\n", second.students, second.dropped)
        fourth = roster("name\nAda\nÀda\nBob\n", third.students, second.dropped)

        assert [student.username for student in second.dropped] == ["Ada"]
        assert [(student.name, student.username) for student in third] == [("Àda", "Ada-2"), ("Bob", "Bob")]
        assert (third.dropped, fourth.dropped) == ((), ())
        assert [student.username for student in fourth] == ["Ada", "Ada-2", "Bob"]
        assert [student.username for student in fourth.added] == ["Ada"]


def test_student_is_found_by_whatever_names_them(roster):
    """A submission's name is matched with username, identifier, email or name in any case; two that fit are none."""
    found = roster(
        "identifier,username,name,email\n1,ada,Ada Lovelace,ada@x.org\n2,bob,Bob,b@x.org\n3,rob,Bob,r@x.org\n"
    )

    assert [found.find(name).username for name in ("ADA", "1", "ada lovelace", "Ada@x.org", "bob")] == [
        *("ada", "ada", "ada", "ada", "bob"),
    ]
    assert found.find("carl") is None
    assert Roster(()).find("ada") is None


def test_accents_are_the_same_however_they_are_composed(roster):
    """A letter with an accent is one character in most files, and two in names of folders from a Mac: it is the same."""
    composed, apart = "Zo\u00eb", "Zoe\u0308"
    first = roster(f"name\n{composed}\nBob\n")
    second = roster(f"name\n{apart}\nBob\n", first.students)

    assert first.find(apart) is first.students[0]
    assert (second.added, second.dropped) == ((), ())
    with pytest.raises(UsageError, match=r"line 3: the identifier .* is also on line 2"):
        roster(f"name\n{composed}\n{apart}\n")


def test_a_username_that_was_made_up_is_not_an_account(tmp_path):
    """Only what the roster has in its column of usernames can be invited anywhere."""
    path = tmp_path / "roster.csv"
    path.write_text("name,github_username,current_username\nAda Lovelace,ada,countess\nBob Ross,bob,\nCleo,,\n")

    assert {student.username: student.account for student in read_roster(path)} == {
        "ada": "countess",
        "bob": "bob",
        "Cleo": "",
    }


HIDDEN_TABLE = "A;id;name;mail;login;email;group;student;github"


def test_separators_in_a_quoted_name_are_text(tmp_path):
    """A student whose name looks like the headings of another table is on the roster, and so is everyone else."""
    path = tmp_path / "roster.csv"
    students = [Student("ada", "ada@x", "Ada Lovelace"), Student("a", HIDDEN_TABLE, HIDDEN_TABLE)]
    write_roster(path, students)

    assert [student.name for student in read_roster(path)] == ["Ada Lovelace", HIDDEN_TABLE]


def test_file_with_odd_quotation_marks_is_read(roster):
    """Where no separator leaves each cell with its quotation marks, the one with the most headings counts, as before."""
    assert [student.name for student in roster('username,name\nada,"Ada" Lovelace\n')] == ["Ada Lovelace"]
