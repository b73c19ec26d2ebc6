"""A week is handed out on GitHub: one repository and one invitation for each student, whatever happens in between."""

import random

import pytest
from classroom.core.errors import UsageError
from classroom.instructor.github.hand_out import HandingOut, template_of
from classroom.instructor.github.provider import ProviderError
from github_stand_in import GitHub, Killed

from .conftest import NAMES, WEEK, student


def hand_out(course, students):
    """Hand the week out; return what became of each student."""
    return {row.student.username: row for row in HandingOut(course.provider, WEEK, course.template, students).run()}


@pytest.fixture
def handed(course):
    """Return a function that hands the week out to everybody."""
    return lambda *students: hand_out(course, students or [student(name) for name in NAMES])


def test_each_student_gets_a_private_repository_and_an_invitation(handed, stand_in):
    """Each repository is made from the template, and only its student is invited to it."""
    rows = handed()

    assert {(row.state, row.access, row.problem) for row in rows.values()} == {("new", "invited", "")}
    assert rows["ada"].link == "https://github.com/school/week1-hello-api-ada/invitations"
    for name in NAMES:
        repository = stand_in.of(f"{WEEK}-{name}")
        assert repository.private
        assert repository.made_from.name == WEEK
        assert list(repository.invitations) == [stand_in.accounts[name][1]]


def test_again_changes_nothing(handed, stand_in):
    """What exists is kept, and a pending invitation is not sent again."""
    handed()
    stand_in.accept(f"{WEEK}-ada", "ada")
    stand_in.log.clear()

    rows = handed()

    assert {row.state for row in rows.values()} == {"kept"}
    assert [rows[name].access for name in NAMES] == ["accepted", "invited", "invited"]
    assert [line for line in stand_in.log if not line.startswith("GET")] == [f"POST /repos/school/{WEEK}/generate"]


def test_a_later_student_is_added(handed, stand_in):
    """Only who is new gets a repository."""
    handed()
    stand_in.add_account("dora")

    rows = handed(*map(student, (*NAMES, "dora")))

    assert [name for name, row in rows.items() if row.state == "new"] == ["dora"]


def test_an_expired_invitation_is_sent_again(handed, stand_in):
    """GitHub keeps an expired invitation, so it is withdrawn first."""
    handed()
    stand_in.expire(f"{WEEK}-ada", "ada")

    rows = handed()

    assert rows["ada"].access == "invited again"
    assert [item["expired"] for item in stand_in.of(f"{WEEK}-ada").invitations.values()] == [False]


def test_who_declined_is_invited_when_the_week_is_handed_out_again(handed, stand_in):
    """GitHub does not tell who declined; to hand out again means to invite again."""
    handed()
    stand_in.decline(f"{WEEK}-ada", "ada")

    assert handed()["ada"].access == "invited"


def test_letter_case_does_not_count(handed, stand_in):
    """A repository and an account in another letter case are the same ones."""
    handed()
    stand_in.accept(f"{WEEK}-ada", "ada")

    rows = handed(student("Ada"), student("BOB"))

    assert [row.access for row in rows.values()] == ["accepted", "invited"]
    assert len(stand_in.repositories) == 4


def test_somebody_elses_repository_is_left_alone(handed, stand_in):
    """A repository with the student's name that was not made from the template is told, and nobody is invited to it."""
    other = stand_in.add(f"{WEEK}-ada")

    rows = handed()

    assert "was not made from school/week1-hello-api" in rows["ada"].problem
    assert rows["ada"].link == ""
    assert not other.invitations
    assert rows["bob"].state == "new"


def test_a_public_repository_is_told(handed, stand_in):
    """Nobody is invited to a repository that everybody can read."""
    stand_in.add(f"{WEEK}-ada", private=False, made_from=stand_in.of(WEEK))

    assert "is public" in handed()["ada"].problem


def test_a_repository_that_the_token_does_not_reach_is_told(handed, stand_in):
    """GitHub says only that the name is taken."""
    stand_in.add(f"{WEEK}-ada")
    stand_in.hidden.add(f"{WEEK}-ada")

    assert "the token cannot see it" in handed()["ada"].problem


def test_a_username_that_nobody_has_gets_no_repository(handed, stand_in):
    """A misspelled username is found before a repository is made for it."""
    rows = handed(student("adda"), student("bob"))

    assert "GitHub has no account adda" in rows["adda"].problem
    assert f"school/{WEEK}-adda" not in stand_in.repositories
    assert rows["bob"].state == "new"


@pytest.mark.parametrize("name", ["..", ".", "ada/repos", "a?b"])
def test_a_username_that_is_a_path_gets_no_repository(handed, stand_in, name):
    """Students type their usernames themselves, and `..` would make another address of the request."""
    rows = handed(student("dora", account=name), student("bob"))

    assert f"GitHub has no account {name}" in rows["dora"].problem
    assert rows["bob"].state == "new"


def test_a_path_has_no_access(course, stand_in):
    """The address of a repository's collaborator `..` would be that of the repository, which exists."""
    assert not course.provider.is_collaborator(WEEK, "..")


def test_a_username_that_somebody_else_took_over_is_not_invited(handed, stand_in):
    """The roster's github_id is the account's number: with another one the username belongs to a stranger."""
    number = stand_in.accounts["ada"][1]
    stand_in.rename("ada", "ada-l")
    stand_in.add_account("ada")

    rows = handed(student("ada", other={"github_id": str(number)}))

    assert f"is no longer the one with the github_id {number}" in rows["ada"].problem
    assert f"school/{WEEK}-ada" not in stand_in.repositories


def test_a_student_without_a_username_is_told(handed):
    """A name made up from the roster is never taken for an account."""
    assert "no GitHub username" in handed(student("ada", account=""))["ada"].problem


def test_a_renamed_account_keeps_its_repository(handed, stand_in):
    """Access follows the account, so the new username finds the repository of the old one."""
    handed()
    stand_in.accept(f"{WEEK}-ada", "ada")
    stand_in.rename("ada", "countess")

    row = handed(student("countess"), student("bob"), student("cleo"))["countess"]

    assert (row.repository, row.state, row.access) == (f"{WEEK}-ada", "kept", "accepted")
    assert len(stand_in.repositories) == 4


def test_a_template_belongs_to_no_student(course, stand_in):
    """Its name can begin like those of the students' repositories."""
    template = stand_in.add(f"{WEEK}-starter", is_template=True)
    stand_in.add(f"{WEEK}-dora", made_from=template)

    work = HandingOut(course.provider, WEEK, course.provider.repository(template.name), [student("ada")])

    assert [repository.name for repository in work.unowned] == [f"{WEEK}-dora"]


def test_another_weeks_repository_is_not_taken_for_a_former_one(handed, stand_in):
    """The name of a week can begin with that of another one."""
    other = stand_in.add(f"{WEEK}-bonus-ada", made_from=stand_in.add(f"{WEEK}-bonus", is_template=True))
    other.collaborators[stand_in.accounts["ada"][1]] = "push"

    assert handed()["ada"].repository == f"{WEEK}-ada"


def test_who_has_access_to_everything_gets_a_repository_of_their_own(handed, stand_in):
    """An owner of the organization, or a member with base permissions, is not everybody under a former username."""
    handed()
    stand_in.add_account("owner")
    for repository in stand_in.repositories.values():
        repository.collaborators[stand_in.accounts["owner"][1]] = "push"

    row = handed(student("owner"), student("bob"), student("cleo"))["owner"]

    assert (row.repository, row.state) == (f"{WEEK}-owner", "new")


def test_the_current_username_of_a_renamed_account_is_invited(handed, stand_in):
    """With `current_username` the repository keeps its name, and the new account is invited."""
    stand_in.rename("ada", "countess")

    row = handed(student("ada", account="countess"))["ada"]

    assert row.repository == f"{WEEK}-ada"
    assert list(stand_in.of(f"{WEEK}-ada").invitations) == [stand_in.accounts["countess"][1]]


def test_an_organization_at_its_limit_stops_with_what_was_done(course, stand_in):
    """No repository can be created for anybody then, so the rest is not tried."""
    work = HandingOut(course.provider, WEEK, course.template, [student(name) for name in NAMES]).run()
    next(work)
    stand_in.full = "Repository limit reached"

    with pytest.raises(
        ProviderError, match=r"school/week1-hello-api-bob: Repository limit reached\. Everything done so far"
    ):
        next(work)
    assert sum("generate" in line for line in stand_in.log) == 3


def test_an_organization_without_seats_is_told_for_each_student(handed, stand_in):
    """The repository exists, and the invitation is sent when the command runs again."""
    stand_in.seats = "You have no seats left"

    assert "You have no seats left" in handed()["ada"].problem
    stand_in.seats = ""
    assert handed()["ada"].access == "invited"


@pytest.mark.parametrize(
    ("permission", "name"), [("contents", "Contents (read)"), ("administration", "Administration (read and write)")]
)
def test_a_missing_permission_is_named_before_anything_changes(course, stand_in, permission, name):
    """The permission is named as GitHub's settings call it."""
    del stand_in.permissions[permission]
    before = set(stand_in.repositories)

    with pytest.raises(ProviderError) as caught:
        HandingOut(course.provider, WEEK, course.template, [student("ada")])

    assert "Nothing was changed" in str(caught.value)
    assert name in str(caught.value)
    assert set(stand_in.repositories) == before


@pytest.mark.parametrize(
    ("repositories", "told"),
    [
        ({}, "does not exist"),
        ({WEEK: False}, "is not a template: open https://github.com/school/week1-hello-api/settings"),
    ],
)
def test_a_template_that_is_none_is_told(open_course, repositories, told):
    """It says what to do in GitHub's settings."""
    stand_in = GitHub("school")
    for name, is_template in repositories.items():
        stand_in.add(name, is_template=is_template)

    with pytest.raises(UsageError, match=told):
        template_of(open_course(stand_in).provider, WEEK)


def test_a_response_that_was_lost_does_not_stop_the_command(handed, stand_in):
    """The name is taken when it is tried again: by the repository that was created."""
    stand_in.lost = [502]

    rows = handed()

    assert [(row.state, row.access, row.problem) for row in rows.values()] == [
        ("kept", "invited", ""),
        ("new", "invited", ""),
        ("new", "invited", ""),
    ]


def test_killed_twenty_times_at_random_nobody_is_lost_and_nobody_has_two(open_course):
    """Thirty students: at the end each has one repository and one invitation, made from the template."""
    names = [f"student-{number}" for number in range(30)]
    stand_in = GitHub("school", *names)
    stand_in.add(WEEK, is_template=True)
    random_source = random.Random(23)
    for _ in range(20):
        stand_in.kill_at = len(stand_in.log) + random_source.randint(1, 14)
        stand_in.kill_after = random_source.random() < 0.5
        with pytest.raises(Killed):
            hand_out(open_course(stand_in), [student(name) for name in names])
    stand_in.kill_at = None

    rows = hand_out(open_course(stand_in), [student(name) for name in names])

    assert {row.problem for row in rows.values()} == {""}
    assert set(stand_in.repositories) == {f"school/{WEEK}", *(f"school/{WEEK}-{name}" for name in names)}
    for name in names:
        assert list(stand_in.of(f"{WEEK}-{name}").invitations) == [stand_in.accounts[name][1]]
