"""A new handout reaches the students' repositories on GitHub: one pull request in each, and nothing of theirs is lost."""

import pytest
from classroom.instructor.github.hand_out import HandingOut
from classroom.instructor.github.handout_branch import HandoutBranch
from classroom.instructor.github.provider import ProviderError
from classroom.instructor.github.updating import Updating
from github_stand_in.hub import Hub

from .conftest import WEEK, student

FIRST = {"README.md": "# Week 1\n\nSay hello.\n", "app/main.py": "# TODO 1\n"}
SECOND = {"README.md": "# Week 1\n\nSay hello to everybody.\n"}
ADA, TEMPLATE = f"school/{WEEK}-ada", f"school/{WEEK}"


def give_hub(stand_in, folder, monkeypatch):
    """Give a stand-in's repositories their git, with a template."""
    folder.mkdir()
    stand_in.hub = Hub(folder)
    stand_in.hub.commit(TEMPLATE, FIRST)
    monkeypatch.setenv("GITHUB_SERVER_URL", stand_in.hub.address)


@pytest.fixture
def hub(stand_in, course, tmp_path, monkeypatch):
    """The git of the organization; the week is handed out, and Ada has begun."""
    give_hub(stand_in, tmp_path / "hub", monkeypatch)
    list(HandingOut(course.provider, WEEK, course.template, [student(name) for name in ("ada", "bob")]).run())
    stand_in.hub.commit(ADA, {"app/main.py": "print('Ada')\n"})
    return stand_in.hub


@pytest.fixture
def update(course, hub, tmp_path):
    """Return a function that gives the handout to some students, by default to Ada, and returns what became of each."""

    def run(*names):
        names = names or ("ada",)
        (tmp_path / f"run-{len(list(tmp_path.iterdir()))}").mkdir()
        folder = max(tmp_path.glob("run-*"), key=lambda path: int(path.name[4:])) / "handouts.git"
        work = Updating(course.provider, WEEK, course.template, HandoutBranch(course.template, folder))
        return {row.student.username: row for row in work.run([student(name) for name in names])}

    return run


def pulls(stand_in, name="ada"):
    """Return the pull requests of a student's repository."""
    return stand_in.of(f"{WEEK}-{name}").pulls


def test_who_has_the_newest_handout_is_left_alone(update, stand_in):
    """Nothing has changed since the week was handed out."""
    assert {row.state for row in update().values()} == {"up to date"}
    assert pulls(stand_in) == []


def test_a_new_handout_is_a_pull_request(update, hub, stand_in):
    """The student's branch stays as it is until it is merged; then it has both."""
    before = hub.tip(ADA)
    hub.commit(TEMPLATE, SECOND)

    rows = update()

    assert {row.state for row in rows.values()} == {"opened"}
    assert rows["ada"].link == f"https://github.com/{ADA}/pull/101"
    assert hub.tip(ADA) == before
    (pull,) = pulls(stand_in)
    assert "- `README.md`\n" in pull["body"]
    stand_in.merge_pull(f"{WEEK}-ada")
    assert hub.text(ADA, "README.md") == SECOND["README.md"].strip()
    assert hub.text(ADA, "app/main.py") == "print('Ada')"


def test_again_opens_no_second_one(update, hub, stand_in):
    """It is still open."""
    hub.commit(TEMPLATE, SECOND)
    update()

    assert update("ada")["ada"].state == "open"
    assert len(pulls(stand_in)) == 1


def test_an_open_one_follows_a_newer_handout(update, hub, stand_in):
    """The branch moves, and with it the pull request."""
    hub.commit(TEMPLATE, SECOND)
    update()
    hub.commit(TEMPLATE, {"README.md": "# Week 1, third edition\n"})

    assert update("ada")["ada"].state == "updated"
    assert len(pulls(stand_in)) == 1
    stand_in.merge_pull(f"{WEEK}-ada")
    assert hub.text(ADA, "README.md") == "# Week 1, third edition"


@pytest.mark.parametrize(("squash", "deleted"), [(False, True), (True, False)])
def test_what_was_merged_is_not_asked_for_again(update, hub, stand_in, squash, deleted):
    """However it was merged, and whether or not the branch was deleted; the next handout is a new one."""
    hub.commit(TEMPLATE, SECOND)
    update("ada")
    stand_in.merge_pull(f"{WEEK}-ada", squash=squash)
    if deleted:
        hub.delete(ADA, "handout")

    assert update("ada")["ada"].state == "up to date"
    assert len(pulls(stand_in)) == 1
    hub.commit(TEMPLATE, {"app/extra.py": "\n"})
    assert update("ada")["ada"].state == "opened"
    assert len(pulls(stand_in)) == 2


def test_one_that_the_student_has_closed_stays_closed(update, hub, stand_in):
    """It is told, and a later handout is a new question."""
    hub.commit(TEMPLATE, SECOND)
    update("ada")
    stand_in.close_pull(f"{WEEK}-ada")

    assert update("ada")["ada"].state == "closed by the student"
    assert len(pulls(stand_in)) == 1
    hub.commit(TEMPLATE, {"README.md": "# Third\n"})
    assert update("ada")["ada"].state == "opened"


def test_a_conflict_is_named(update, hub):
    """Both have changed the same lines; the student's branch stays."""
    hub.commit(ADA, {"README.md": "# Week 1\n\nMy notes.\n"})
    hub.commit(TEMPLATE, SECOND)

    rows = update("ada", "bob")

    assert rows["ada"].conflicts == ("README.md",)
    assert rows["bob"].conflicts == ()
    assert update("ada")["ada"].conflicts == ("README.md",), "told for as long as it is open"


def test_a_branch_of_the_students_own_is_not_overwritten(update, hub, stand_in):
    """Its name is needed, so it is told; the others get their handout."""
    theirs = hub.commit(ADA, {"mine.py": "\n"}, branch="handout")
    hub.commit(TEMPLATE, SECOND)

    rows = update("ada", "bob")

    assert "has the student's own work on the handout branch" in rows["ada"].problem
    assert hub.tip(ADA, "handout") == theirs
    assert (pulls(stand_in), rows["bob"].state) == ([], "opened")


def test_a_branch_below_the_name_stops_nobody_else(update, hub):
    """Git cannot have `handout` next to `handout/notes`: that is one student's problem, not the next one's."""
    hub.commit(TEMPLATE, SECOND)
    update("bob")
    hub.commit(ADA, {"mine.py": "\n"}, branch="handout/notes")

    rows = update("ada", "bob")

    assert "the branch handout could not be written" in rows["ada"].problem
    assert (rows["bob"].problem, rows["bob"].state) == ("", "open")


def test_work_on_the_pull_request_is_kept(update, hub, stand_in):
    """GitHub's editor for conflicts commits to the branch: it is left until it is merged, and then it can move on."""
    hub.commit(TEMPLATE, SECOND)
    update("ada")
    resolved = hub.commit(ADA, {"README.md": "# Resolved\n"}, branch="handout")

    assert update("ada")["ada"].state == "open"
    hub.commit(TEMPLATE, {"app/extra.py": "\n"})
    assert "the student's own work" in update("ada")["ada"].problem
    assert hub.tip(ADA, "handout") == resolved
    stand_in.merge_pull(f"{WEEK}-ada")
    assert update("ada")["ada"].state == "opened"


def test_letter_case_does_not_count(update, hub):
    """A roster may write a username otherwise than the repository."""
    hub.commit(TEMPLATE, SECOND)

    assert update("ADA")["ADA"].state == "opened"


def test_a_history_without_a_handout_is_told(update, hub):
    """It was replaced by a force push, and what has changed since cannot be told."""
    hub.delete(ADA, "main")
    hub.commit(ADA, {"app/main.py": "all new\n"})
    hub.commit(TEMPLATE, SECOND)

    assert "has no commit from its template" in update("ada")["ada"].problem


def test_what_is_not_ours_is_left_alone(update, hub, stand_in):
    """A repository that was not made from the template, an empty one, and a student without one."""
    hub.commit(TEMPLATE, SECOND)
    stand_in.of(f"{WEEK}-ada").made_from = None
    hub.delete(f"school/{WEEK}-bob", "main")

    rows = update("ada", "bob", "dora")

    assert "was not made from" in rows["ada"].problem
    assert rows["bob"].problem
    assert rows["dora"].state == "missing"
    assert pulls(stand_in) == []


@pytest.mark.parametrize(
    ("permission", "level", "name"),
    [("contents", "read", "Contents (read and write)"), ("pull_requests", "read", "Pull requests (read and write)")],
)
def test_a_missing_permission_is_named_before_anything_changes(update, hub, stand_in, permission, level, name):
    """The permission is named as GitHub's settings call it."""
    stand_in.permissions[permission] = level
    hub.commit(TEMPLATE, SECOND)

    with pytest.raises(ProviderError) as caught:
        update()

    assert "Nothing was changed" in str(caught.value)
    assert name in str(caught.value)
    assert hub.tip(ADA, "handout") == ""


def test_a_token_that_may_not_change_workflows_is_told(update, hub, stand_in):
    """GitHub has no request that tells it, and refuses the first push."""
    hub.commit(TEMPLATE, {".github/workflows/classroom.yml": "on: push\n"})
    hook = hub.path(ADA) / "hooks/pre-receive"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\necho 'refusing to allow a token to create or update workflow' >&2\nexit 1\n")
    hook.chmod(0o755)

    with pytest.raises(ProviderError, match=r"the permission Workflows \(read and write\)"):
        update()
    assert pulls(stand_in) == []
