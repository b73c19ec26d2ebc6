"""Joining a class, and what a student has from then on."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from classroom.core.submission import Submission
from classroom.instructor.grading.participants import Participants
from classroom.instructor.roster import read_roster
from classroom.instructor.site import people, registration, tokens
from classroom.instructor.site.attempts import FACTOR
from classroom.instructor.site.models import GIT

HOSTILE = 'Eve <script>alert("1")</script>'


def test_name_is_taken_once(joined, browser_of, code):
    """Who comes first has the name; the next one does not see it, and is refused with a sentence."""
    joined("ada")
    late = browser_of()

    assert re.findall(r'<option value="(\w+)"', late.look(f"/join/{code}").text) == ["bob"]
    response = late.submit(f"/join/{code}", username="ada")
    assert (response.status_code, "Ada Lovelace has already joined" in response.text) == (409, True)
    assert late.get("/weeks/").status_code == 401


def test_nobody_joins_twice_in_one_browser(context, joined, instructor, code):
    """A student who has joined takes no second name, and the instructor is not signed out by trying the link."""
    ada = joined("ada")
    ada.look("/weeks/")
    assert ada.submit(f"/join/{code}", username="bob").url.path == "/weeks/"
    instructor.look("/class/")
    answers = [instructor.get(f"/join/{code}"), instructor.submit(f"/join/{code}", username="bob")]

    assert ["open it in a private window" in answer.text for answer in answers] == [True, True]
    assert instructor.get("/class/").status_code == 200
    with context.begin() as db:
        assert set(people.students(db)) == {"ada"}


def test_two_at_the_same_moment(context):
    """Of many who take a name at once, one gets it."""

    def take(_):
        try:
            with context.begin() as db:
                return people.join(db, "ada", "Ada Lovelace") is not None
        except people.NameTaken:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(8))) == [False] * 7 + [True]


def test_typed_name_is_added_to_the_roster(room, browser_of, code):
    """A student who is not on the roster types a name, and is on it from then on."""
    browser = browser_of()
    browser.look(f"/join/{code}")
    response = browser.submit(f"/join/{code}", name="  Zoë   Ünal ")

    assert "Zoë Ünal" in response.text
    assert [(each.username, each.name) for each in read_roster(room.folder / "roster.csv")][2:] == [
        ("Zoe-Unal", "Zoë Ünal")
    ]


def test_repository_of_a_former_student_is_nobody_elses(room, browser_of, code):
    """Nobody joins under the username of a student who has left: the repository that is still there would be theirs."""
    (room.folder / "roster.csv").write_text("github_username\nbob\n")
    (room.state_dir / "dropped.csv").write_text("github_username\nada\n")
    browser = browser_of()
    browser.look(f"/join/{code}")

    assert browser.submit(f"/join/{code}", name="Ada").status_code == 409
    found = [Submission(name, room.repository_path("week1-tiny", name), bare=True) for name in ("ada", "bob")]
    people = Participants.of(room.folder / "roster.csv", found)
    assert [one.username for one in people.former] == ["ada"]


@pytest.mark.parametrize(("account", "email"), [("ada", ""), ("ADA@x", "ada@x")])
def test_student_whom_the_school_sends_back_has_the_same_repositories(room, account, email):
    """A student who was dropped, and signs in with the school's account again, is the same one."""
    (room.folder / "roster.csv").write_text("github_username\nbob\n")
    (room.state_dir / "dropped.csv").write_text("identifier,github_username,email\na1,ada,ada@x\n")
    admitted = registration.admitted(room, "Ada Lovelace", account, email)

    assert (admitted.username, [each.username for each in room.students()]) == ("ada", ["bob", "ada"])


def test_username_of_a_typed_name_is_no_other_name_of_anyone(room, browser_of, code):
    """An adjustment that names a student by identifier or name stays that student's, whatever somebody else types."""
    (room.folder / "roster.csv").write_text("identifier,github_username,name\ns17,ada-l,Ada\n")
    for name in ("Ś17", "Adá"):
        browser = browser_of()
        browser.look(f"/join/{code}")
        browser.submit(f"/join/{code}", name=name)

    assert [student.username for student in room.students()] == ["ada-l", "S17-2", "Ada-2"]


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "@x",
        "1",
        "x" * 81,
        "a\u202eb",
        "a\x00b",
        "ada",
        "Bob Builder",
        "ADA@X",
        "eve@x.org",
        "Test Student",
        " ",
    ],
)
def test_bad_names_are_refused(room, browser_of, code, name):
    """What is not a name, or somebody's already, changes nothing."""
    browser = browser_of()
    browser.look(f"/join/{code}")

    assert browser.submit(f"/join/{code}", name=name).status_code == 409
    assert len(room.students()) == 2


def test_hostile_name_stays_text(browser_of, code, instructor):
    """A name with HTML is shown as it was typed, to the student and to the instructor."""
    browser = browser_of()
    browser.look(f"/join/{code}")
    browser.submit(f"/join/{code}", name=HOSTILE)
    paths = ("/class/", "/class/log?everyone=true")
    pages = [browser.get("/weeks/").text, *(instructor.get(path).text for path in paths)]

    assert ["<script>alert" in page for page in pages] == [False] * 3
    assert ["&lt;script&gt;alert" in page for page in pages] == [True] * 3


def test_code_can_be_typed_in_any_way(anonymous, code):
    """Lower case and a hyphen are as good; a wrong code leads nowhere, and never to another site."""
    typed = f"{code[:4]}-{code[4:]}".lower()

    assert anonymous.get("/join/", params={"code": typed}).status_code == 200
    assert anonymous.get("/join/", params={"code": "//evil.example"}, follow_redirects=False).status_code == 404


def test_wrong_codes_are_limited(context, anonymous, code):
    """After a number of wrong codes, further wrong ones have to wait; after many more, the right one has to as well."""
    context.attempts.most = 3
    found = [anonymous.get(f"/join/WRONG{number}").status_code for number in range(3 * FACTOR - 1)]

    assert (found[:3], set(found[3:])) == ([404, 404, 404], {429})
    assert anonymous.get(f"/join/{code}").status_code == 200
    assert anonymous.get("/join/WRONG").status_code == 429
    assert anonymous.get(f"/join/{code}").status_code == 429


def test_replaced_link_lets_nobody_join(instructor, anonymous, code):
    """After the instructor has replaced the link, the old one is not valid anymore."""
    instructor.look("/class/")
    page = instructor.submit("/class/join-code").text

    assert code not in page
    assert anonymous.get(f"/join/{code}").status_code == 404


def test_undo_frees_the_name_and_ends_every_access(context, joined, instructor):
    """After an undo whoever has joined is signed out, git included, and somebody else can take the name."""
    wrong = joined("ada")
    wrong.look("/weeks/")
    wrong.submit("/weeks/week1-tiny/accept")
    instructor.look("/class/students/ada")
    instructor.submit("/class/students/ada/undo")

    assert wrong.get("/weeks/").status_code == 401
    with context.begin() as db:
        assert tokens.valid(db, people.students(db)["ada"]) == []
        assert people.log(db)[0].what == "undid the join of Ada Lovelace (ada)"
    assert joined("ada").get("/weeks/").status_code == 200


def test_clone_line_is_shown_once(context, room, joined):
    """Accepting a week shows the clone line with a password that is stored as a digest alone."""
    ada = joined("ada")
    ada.look("/weeks/")
    page = ada.submit("/weeks/week1-tiny/accept").text
    secret = re.search(r"git clone http://ada:([\w-]+)@class.test/git/week1-tiny/week1-tiny-ada.git", page)[1]

    assert secret not in ada.get("/weeks/week1-tiny/").text
    with context.begin() as db:
        assert tokens.owner(db, GIT, secret).username == "ada"


def test_accepting_makes_the_repository(room, browser_of, code):
    """A student who was not on the roster gets a repository like that of everybody else, once."""
    browser = browser_of()
    browser.look(f"/join/{code}")
    browser.submit(f"/join/{code}", name="Zoe")
    assert room.repository("week1-tiny", "Zoe") is None
    for _ in range(2):
        browser.look("/weeks/")
        browser.submit("/weeks/week1-tiny/accept")

    new, old = room.repository("week1-tiny", "Zoe"), room.repository("week1-tiny", "ada")
    assert new.tip() == old.tip()
    assert {path.name for path in (new.path / "hooks").iterdir()} == {
        path.name for path in (old.path / "hooks").iterdir()
    }


def test_personal_link_works_elsewhere_until_it_is_revoked(joined, browser_of, instructor):
    """A student's own link signs in on another computer; the instructor can end it."""
    ada, other = joined("ada"), browser_of()
    ada.look("/weeks/")
    path = re.search(r"/sign-in/[\w-]+", ada.submit("/weeks/link").text)[0]
    other.look(path)
    other.submit(path)
    assert "Ada Lovelace" in other.get("/weeks/").text

    page = instructor.look("/class/students/ada").text
    for number in re.findall(r"/tokens/(\d+)/revoke", page):
        instructor.submit(f"/class/students/ada/tokens/{number}/revoke")
    assert other.get("/weeks/").status_code == 401
    assert browser_of().get(path).status_code == 404


def test_dropped_student_gets_no_new_repository(room, joined):
    """Who has left the roster is told so, and keeps what there is."""
    ada = joined("ada")
    ada.look("/weeks/")
    (room.folder / "roster.csv").write_text("identifier,github_username,github_id,name\nbob@x,bob,,Bob Builder\n")
    response = ada.submit("/weeks/week1-tiny/accept")

    assert (response.status_code, "no longer on the roster of this class" in response.text) == (409, True)
    assert ada.get("/weeks/week1-tiny/").status_code == 200
