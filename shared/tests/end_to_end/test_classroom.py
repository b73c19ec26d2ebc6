"""A classroom in a folder: what a student gets for a push, and what an instructor can rely on."""

import errno
import json
import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from classroom.instructor.classrooms import push_queue
from classroom.instructor.classrooms.classroom import Classroom
from classroom.instructor.classrooms.push_queue import PushQueue
from classroom.instructor.classrooms.push_server import PushServer
from classroom.instructor.classrooms.student_commit import NO_WAIT

WRONG = "raise SystemExit('no')\n"


def scores(room):
    """The score of all pushes graded so far, and which commit has it, by student."""
    files = (room.place / ".classroom/scores/week1-tiny").glob("*.json")
    results = {path.stem: json.loads(path.read_text()) for path in files}
    return {name: (result["score"], result["commit"]) for name, result in results.items()}


def waiting(room):
    """The notices in the inbox."""
    return sorted(path.name for path in (room.place / ".classroom/inbox").iterdir())


def test_push_answers_with_the_scorecard(served):
    """The reply to a push is the scorecard of the visible checks, which is also kept on the branch feedback."""
    ada = served.student("ada")
    ada.write(served.solved)

    told = ada.push()

    assert "Total     100/100" in told
    assert "Everything passes" in told
    assert "-> main" in told
    assert "**100 of 100 points**" in ada.fetched("SCORECARD.md")


@pytest.mark.parametrize(
    ("app", "told"),
    [(WRONG, "The app does not start"), ("def broken(:\n", "SyntaxError"), ("", 'Attribute "app" not found')],
    ids=["ends itself", "no Python", "empty"],
)
def test_no_push_is_refused_for_what_is_in_it(served, app, told):
    """A push that cannot work is still accepted, and its scorecard says why it earns nothing."""
    bob = served.student("bob")
    commit = bob.write(app)

    answer = bob.push()

    assert "0/100" in answer
    assert told in answer or "does not start" in answer
    assert served.git(served.repository("bob"), "rev-parse", "main") == commit


def test_push_over_ssh_is_answered_the_same(served, tmp_path):
    """Over ssh, where the hook runs with nothing but what git gives it, the scorecard comes back as well."""
    ssh = tmp_path / "ssh"
    ssh.write_text('#!/bin/sh\nfor command; do :; done\nexec env -i PATH="$PATH" HOME=/ sh -c "$command"\n')
    ssh.chmod(0o755)
    cleo = served.student("cleo")
    cleo.write(served.solved)

    told = cleo.push(
        f"ssh://git@classroom{served.repository('cleo')}", "HEAD:main", GIT_SSH=str(ssh), GIT_SSH_VARIANT="simple"
    )

    assert "100/100" in told


def test_another_branch_is_kept_and_not_graded(served):
    """A push to another branch is accepted, and the reply says that only main is graded."""
    dan = served.student("dan")
    dan.write(served.solved)

    assert "Only the branch main is graded" in dan.push("origin", "HEAD:try")


def test_without_a_server_a_push_is_queued_and_graded_later(unserved):
    """While nobody serves, a push is accepted at once and told its place; the next server grades it."""
    eve = unserved.student("eve")
    eve.write(unserved.solved)

    told = eve.push()
    later = unserved.classroom("serve", unserved.place, "--once", "--sandbox", "none")

    assert "number 1 of 1 in the queue" in told
    assert "Nobody is grading right now" in told
    assert (later.status, later.out.splitlines()[-1]) == (0, "1 graded")
    assert re.fullmatch(
        r"[\d-]{10} [\d:]{8}  week1-tiny  Eve Example \(eve\)  100/100  \d+\.\d s", later.out.splitlines()[-2]
    )
    assert "**100 of 100 points**" in eve.fetched("SCORECARD.md")
    assert waiting(unserved) == []


@pytest.mark.long
def test_full_disk_keeps_the_push_in_the_queue(unserved, monkeypatch, caplog):
    """If a reply cannot be written, the server says so and continues; the push is graded once there is space."""

    def no_room(path, text):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    will = unserved.student("will")
    will.write(unserved.solved)
    will.push()
    with PushServer(Classroom(unserved.place), sandbox="none") as server:
        with monkeypatch.context() as full:
            full.setattr("classroom.instructor.classrooms.inbox.write_atomic", no_room)
            first = server.serve(once=True), server.left()
        server.retry_at.clear()
        second = server.serve(once=True), server.left()

    assert (first, second) == ((0, 1), (1, 0))
    assert "No space left on device" in caplog.text
    assert "**100 of 100 points**" in will.fetched("SCORECARD.md")


@pytest.mark.long
def test_page_can_say_which_task_is_checked(unserved, tmp_path, monkeypatch):
    """While a push is being graded, the server knows at which task it is."""
    monkeypatch.setattr(push_queue, "LOOK_SECONDS", 0)
    seen, go = [], tmp_path / "go"

    def moved(*key):
        seen.append(queue.place(*key).task)
        go.touch()

    queue = PushQueue(lambda *_: None, moved)
    zoe = unserved.student("zoe")
    zoe.write(f"import os, time\nwhile not os.path.exists({str(go)!r}):\n    time.sleep(0.02)\n{unserved.solved}")
    zoe.push()
    with PushServer(Classroom(unserved.place), sandbox="none") as server:
        server.queue = queue
        server.serve(once=True)

    assert seen[0] == 1
    assert scores(unserved)["zoe"][0] == 100


@pytest.mark.long
def test_later_push_takes_the_place_of_one_that_waits(unserved):
    """Of two pushes that wait in the queue the later one is graded."""
    finn = unserved.student("finn")
    finn.write(WRONG)
    finn.push()
    commit = finn.write(unserved.solved)
    finn.push()

    unserved.classroom("serve", unserved.place, "--once", "--sandbox", "none")

    assert scores(unserved)["finn"] == (100, commit)


def test_push_during_grading_is_never_lost(served, tmp_path):
    """A push during the grading of the same student's earlier one is graded next, and both get a reply."""
    kim = served.student("kim")
    waits = f"import os, time\nopen({str(tmp_path / 'begun')!r}, 'w').close()\nwhile not os.path.exists({str(tmp_path / 'go')!r}):\n    time.sleep(0.02)\n"
    kim.write(waits + served.solved.replace("2 * number", "3 * number"))
    with ThreadPoolExecutor(2) as hands:
        first = hands.submit(kim.push)
        while not (tmp_path / "begun").exists():
            assert not first.done(), first.result()
            wait([first], timeout=0.05)
        commit = kim.write(served.solved)
        second = hands.submit(kim.push)
        while served.git(served.repository("kim"), "rev-parse", "main") != commit:
            wait([second], timeout=0.05)
        (tmp_path / "go").touch()

    assert "Total      40/100" in first.result()
    assert "Total     100/100" in second.result()
    assert scores(served)["kim"] == (100, commit)


def test_nobody_waits_for_a_push_that_hangs(served, tmp_path):
    """While one student's app hangs the pushes of all others, and of other weeks, are graded; the hanging one is answered in the end."""
    pia, quin = served.student("pia"), served.student("quin")
    hangs = f"import os, time\nopen({str(tmp_path / 'begun')!r}, 'w').close()\nwhile not os.path.exists({str(tmp_path / 'go')!r}):\n    time.sleep(0.02)\n"
    pia.write(hangs + served.solved)
    with ThreadPoolExecutor(2) as hands:
        hanging = hands.submit(pia.push)
        while not (tmp_path / "begun").exists():
            assert not hanging.done(), hanging.result()
            wait([hanging], timeout=0.05)
        # Another push of the same student takes no second place.
        pia.write(served.solved)
        waits = hands.submit(pia.push)
        told = []
        for text in (WRONG, served.solved, served.solved):
            quin.write(text)
            told.append(quin.push())
        assert not hanging.done()
        assert not waits.done()
        (tmp_path / "go").touch()

    assert ["0/100" in told[0], "100/100" in told[1], "100/100" in told[2]] == [True, True, True]
    assert "100/100" in hanging.result()
    assert "100/100" in waits.result()


@pytest.mark.long
def test_week_handed_out_anew_is_served_as_it_is_now(served):
    """A week whose checks are changed and that is opened again is graded by the new ones, without a new start of the server."""
    rita = served.student("rita")
    rita.write(served.solved)
    before = rita.push()
    about = served.course / "week1-tiny/assignment.toml"
    kept = about.read_text()

    about.write_text(kept.replace('title = "', 'title = "New: '))
    served.classroom("open", served.place, "--weeks", "1")
    rita.write(served.solved)
    after = rita.push()
    about.write_text(kept)
    served.classroom("open", served.place, "--weeks", "1")

    assert "New: " not in before
    assert "New: " in after
    assert "100/100" in after


@pytest.mark.long
def test_push_of_nothing_earns_nothing_and_stops_nobody(served, tmp_path):
    """A push that removes every file is graded with no points, by the server and officially; the next one is served."""
    sam = served.student("sam")
    served.git(sam.clone, "rm", "--quiet", "-r", ".")
    served.git(sam.clone, "commit", "--quiet", "--message", "Nothing")

    told = sam.push()
    served.git(sam.clone, "checkout", "--quiet", "HEAD^", "--", ".")
    sam.write(served.solved)
    later = sam.push()
    served.git(sam.clone, "reset", "--quiet", "--hard", "HEAD^")
    sam.push("--force", "origin", "HEAD:main")
    done = served.classroom(
        *("grade", 1, "--submissions", served.place / "week1-tiny", "--out", tmp_path / "grades"),
        *("--only", "sam", "--sandbox", "none"),
    )

    assert "0/100" in told
    assert "100/100" in later
    assert done.status == 0, done.out
    assert json.loads((tmp_path / "grades/results/sam.json").read_text())["score"] == 0


def test_push_says_what_looks_wrong_about_it(served):
    """A folder that is a repository of its own arrives without its files: the reply says what to do."""
    lou = served.student("lou")
    lou.write(served.solved)
    served.git(lou.clone / "app", "init", "--quiet")
    served.git(lou.clone / "app", "add", "--all")
    served.git(lou.clone / "app", "commit", "--quiet", "--message", "Mine")
    served.git(lou.clone, "rm", "--quiet", "-r", "--cached", "app")
    served.git(lou.clone, "add", "--all")
    served.git(lou.clone, "commit", "--quiet", "--message", "Work")

    told = " ".join(lou.push().split())
    shutil.rmtree(lou.clone / "app/.git")
    for words in (("rm", "-r", "--cached", "app"), ("add", "app"), ("commit", "--message", "Work")):
        served.git(lou.clone, *words)

    assert "0/100" in told
    assert "app/ is a separate repository inside yours, so its files are not handed in" in told
    assert "Note: `app/ is a separate repository" in lou.fetched("SCORECARD.md")
    assert "100/100" in lou.push(), "what the note says to do is enough"


@pytest.mark.long
def test_work_on_another_branch_is_told_in_official_grading(served, tmp_path):
    """Of a student who has pushed to master alone, feedback and gradebook say so, of the classroom and of a copy of it."""
    yara = served.student("yara")
    yara.write(served.solved)
    yara.push("origin", "HEAD:master")
    served.classroom("collect", served.place, "--to", tmp_path / "in")
    note = "main is unchanged since it was handed out, but your work is on the branch master, which is not graded"

    for number, place in enumerate((served.place / "week1-tiny", tmp_path / "in/week1-tiny")):
        out = tmp_path / f"grades{number}"
        served.classroom("grade", 1, "--submissions", place, "--out", out, "--only", "yara", "--sandbox", "none")
        assert note in (out / "feedback/yara.md").read_text()
        assert note in (out / "gradebook.csv").read_text()


def test_push_that_could_not_be_graded_is_told_and_stops_nobody(unserved):
    """For a repository that cannot be graded, the reply says why, and that the code is not at fault; all others are graded."""
    tom, una = unserved.student("tom"), unserved.student("una")
    tom.write(unserved.solved)
    tom.push()
    una.write(unserved.solved)
    una.push()
    tree = unserved.git(tom.clone, "rev-parse", "HEAD:app")
    broken = unserved.repository("tom") / "objects" / tree[:2] / tree[2:]
    broken.chmod(0o600)
    broken.write_bytes(b"no object")

    done = unserved.classroom("serve", unserved.place, "--once", "--sandbox", "none")

    assert (done.status, done.out.splitlines()[-1]) == (0, "2 graded"), done.err
    assert "  Tom Example (tom)  The repository" in done.out
    assert "Could not be graded" in unserved.git(unserved.repository("tom"), "show", "feedback:SCORECARD.md")
    assert scores(unserved)["una"][0] == 100


def test_branch_that_is_graded_cannot_be_taken_away(unserved):
    """Deleting main is rejected in one sentence; deleting another branch is a push like any other."""
    vic = unserved.student("vic")
    vic.push("origin", "HEAD:try")

    refused = vic.push("origin", ":main", check=False)
    taken = vic.push("origin", ":try")

    assert refused.splitlines()[0] == "error: refusing to delete the current branch: refs/heads/main"
    assert unserved.git(unserved.repository("vic"), "branch", "--format=%(refname:short)") == "main"
    assert "[deleted]         try" in taken


def test_killed_server_loses_nothing(unserved):
    """What waits when the server is killed, and even what the inbox has lost, is graded by the next one."""
    gus, hana = unserved.student("gus"), unserved.student("hana")
    unserved.serve()
    unserved.end(hard=True)
    gus.write(unserved.solved)
    hana.write(unserved.solved)

    told = gus.push()
    hana.push()
    lost = unserved.place / ".classroom/inbox" / waiting(unserved)[0]
    lost.unlink()
    unserved.classroom("serve", unserved.place, "--once", "--sandbox", "none")

    assert "Nobody is grading right now" in told
    assert {name: scores(unserved)[name][0] for name in ("gus", "hana")} == {"gus": 100, "hana": 100}


@pytest.mark.parametrize(
    "program", ["flock", *(pytest.param(name, marks=pytest.mark.long) for name in ("perl", "neither"))]
)
def test_push_is_told_at_once_that_the_server_was_killed(unserved, program, tmp_path):
    """The word that a killed server has left is believed only where the system has no program that can look at its lock."""
    if program != "neither" and not shutil.which(program):
        pytest.skip(f"there is no {program} here")
    for name in ("git", "sh", "date", "mv", "cat", "rm", "sleep", *({program} - {"neither"})):
        (tmp_path / name).symlink_to(shutil.which(name))
    unserved.serve()
    hana = unserved.student("hana")
    hana.write(WRONG)
    served = hana.push(PATH=str(tmp_path))
    unserved.end(hard=True)
    unserved.patience.write_text("240\n" if program != "neither" else "0\n")

    hana.write(WRONG)
    told = hana.push(PATH=str(tmp_path))
    unserved.patience.write_text("240\n")
    unserved.classroom("serve", unserved.place, "--once", "--sandbox", "none")

    assert "0/100" in served
    assert ("Nobody is grading right now" in told) == (program != "neither")
    assert "number 1 of 1 in the queue" in told


@pytest.mark.long
def test_killed_server_leaves_nothing_that_the_next_does_not_clear(unserved, tmp_path):
    """Killed while it grades, a server leaves a folder of its own behind, which the next one removes."""
    pia = unserved.student("pia")
    unserved.serve()
    hangs = f"import time\nopen({str(tmp_path / 'begun')!r}, 'w').close()\ntime.sleep(3600)\n"
    pia.write(hangs)
    with ThreadPoolExecutor(1) as hands:
        hanging = hands.submit(pia.push)
        while not (tmp_path / "begun").exists():
            wait([hanging], timeout=0.05)
        open_files = psutil.Process(unserved.server.pid).open_files()
        (room,) = [Path(one.path).parent for one in open_files if one.path.endswith("/.held")]
        unserved.end(hard=True)
    pia.write(unserved.solved)
    pia.push()

    unserved.classroom("serve", unserved.place, "--once", "--sandbox", "none")

    assert "Nobody is grading right now" in hanging.result()
    assert not room.exists()
    assert scores(unserved)["pia"][0] == 100


@pytest.mark.long
def test_server_outlasts_who_tidies_up_temporary_files(unserved, tmp_path):
    """A server whose temporary folder is cleared by the system while it runs grades the next push as before."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    unserved.serve(TMPDIR=str(temporary))
    xena = unserved.student("xena")
    xena.write(WRONG)
    before = xena.push()
    shutil.rmtree(temporary)
    temporary.mkdir()

    xena.write(unserved.solved)
    after = xena.push()
    unserved.end()

    assert "0/100" in before
    assert "100/100" in after


def test_trouble_of_ours_keeps_a_push_in_the_queue(unserved):
    """If the checks cannot be run, the instructor is told, no points are lost, and the push is graded once they can."""
    checks = unserved.place / ".classroom/weeks/week1-tiny/tests/test_tiny.py"
    kept = checks.read_text()
    ola = unserved.student("ola")
    ola.write(unserved.solved)
    ola.push()

    checks.write_text("def broken(:\n")
    failed = unserved.classroom("serve", unserved.place, "--once", "--sandbox", "none")
    checks.write_text(kept)
    again = unserved.classroom("serve", unserved.place, "--once", "--sandbox", "none")

    assert failed.status == 3
    assert "could not be run" in failed.out
    assert failed.out.splitlines()[-1] == "0 graded, 1 still waiting"
    assert (again.status, scores(unserved)["ola"][0]) == (0, 100)


def test_invalid_notices_are_removed(unserved, tmp_path):
    """A file in the inbox that is not a push notice is removed and logged, and nothing in it is followed."""
    inbox = unserved.place / ".classroom/inbox"
    (inbox / "1-none").write_bytes(b"\xff\x00")
    (inbox / "2-way-out").write_text(f"week1-tiny\n../../../students/ada\n{'0' * 40}\n")
    (inbox / "3-no-commit").write_text("week1-tiny\nweek1-tiny-ada.git\n--upload-pack=x\n")
    (tmp_path / "elsewhere").write_text("week1-tiny\n")
    (inbox / "4-link").symlink_to(tmp_path / "elsewhere")

    done = unserved.classroom("serve", unserved.place, "--once", "--sandbox", "none")

    assert done.out.count("is not a push notice and was removed") == 4
    assert waiting(unserved) == []
    assert (tmp_path / "elsewhere").exists()


@pytest.mark.long
def test_week_opened_meanwhile_is_served(served):
    """A week that is opened while the server runs is served without a new start."""
    other = served.course / "week2-more"
    shutil.copytree(served.course / "week1-tiny", other)
    opened = served.classroom("open", served.place, "--weeks", "2")
    clone = served.base / "students/lou in week 2"
    served.git(served.base, "clone", "--quiet", served.place / "week2-more/week2-more-lou.git", clone)
    served.git(clone, "commit", "--quiet", "--allow-empty", "--message", "x")

    told = served.git(clone, "push")

    assert opened.status == 0, opened.err
    assert "Total      10/100" in told


def test_one_classroom_has_one_server(served):
    """A second server says that there is one, and changes nothing."""
    done = served.classroom("serve", served.place, "--sandbox", "none")

    assert done.status == 2
    assert "is already being served" in done.err


def test_server_grades_behind_walls(unserved):
    """By default, pushed code runs in the sandbox."""
    from classroom.apps.sandbox.bubblewrap import why_unavailable

    if trouble := why_unavailable():
        pytest.skip(trouble)
    ida = unserved.student("ida")
    ida.write(unserved.solved)
    ida.push()

    done = unserved.classroom("serve", unserved.place, "--once")

    assert done.status == 0, done.err
    result = json.loads((unserved.place / ".classroom/scores/week1-tiny/ida.json").read_text())
    assert (result["score"], result["sandbox"], result["scope"]) == (100, "bubblewrap", "visible")


@pytest.mark.long
def test_time_of_receipt_counts_and_not_the_clock_of_the_student(unserved, tmp_path):
    """A commit dated back counts from when it was received: `grade --deadline` takes what came before."""
    jo = unserved.student("jo")
    jo.write(unserved.solved)
    dated = {"GIT_COMMITTER_DATE": "2020-01-01T00:00:00Z", "GIT_AUTHOR_DATE": "2020-01-01T00:00:00Z"}
    unserved.git(jo.clone, "commit", "--quiet", "--amend", "--no-edit", **dated)
    jo.push()
    received = unserved.repository("jo") / "classroom-received"
    first, last = received.read_text().splitlines()
    passed = datetime.now(UTC) - timedelta(days=2)
    received.write_text(f"{passed:%Y-%m-%dT%H:%M:%SZ} {first.split(maxsplit=1)[1]}\n{last}\n")

    yesterday = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    done = unserved.classroom(
        *("grade", 1, "--submissions", unserved.place / "week1-tiny", "--out", tmp_path / "grades"),
        *("--only", "jo", "--deadline", yesterday, "--sandbox", "none"),
    )

    assert last.split()[1:] == ["refs/heads/main", unserved.git(jo.clone, "rev-parse", "HEAD")]
    assert done.status == 0, done.err
    result = json.loads((tmp_path / "grades/results/jo.json").read_text())
    assert (result["status"], result["score"]) == ("not-started", 0)


def test_push_counts_from_when_it_was_accepted(unserved):
    """A push that was accepted before a deadline is not late because the machine was busy until it was recorded."""
    repository = unserved.repository("ned")
    change = f"{'0' * 40} {unserved.git(repository, 'rev-parse', 'main')} refs/heads/main\n"

    def run(hook):
        words = ["sh", f"hooks/{hook}"]
        subprocess.run(words, cwd=repository, input=change, text=True, check=True, env={**os.environ, **NO_WAIT})

    run("pre-receive")
    parent, accepted = (repository / "classroom-accepted").read_text().split()
    times = []
    for written in (f"{parent} 2026-11-21T22:58:59Z\n", f"{parent}1 2026-11-21T22:58:59Z\n"):
        (repository / "classroom-accepted").write_text(written)
        run("post-receive")
        times.append((repository / "classroom-received").read_text().splitlines()[-1].split()[0])

    assert times[0] == "2026-11-21T22:58:59Z" < accepted <= times[1], "the time of another push is not that of this one"


def test_push_after_one_whose_line_was_cut_off_is_recorded(unserved):
    """A full disk can cut the record of one push off in its line; the next push has a line of its own."""
    ned = unserved.student("ned")
    received = unserved.repository("ned") / "classroom-received"
    received.write_text(received.read_text() + "2026-11-21T10:00:00Z refs/he")
    pushed = ned.write(unserved.solved)
    ned.push()

    lines = received.read_text().splitlines()

    assert (lines[-2], lines[-1].split()[1:]) == ("2026-11-21T10:00:00Z refs/he", ["refs/heads/main", pushed])


def test_what_came_in_time_counts_whatever_is_pushed_over_it(unserved, tmp_path):
    """A commit that was in time, and was overwritten after the deadline, is collected and counts."""
    mia = unserved.student("mia")
    mia.write(unserved.solved)
    mia.push()
    in_time = unserved.git(mia.clone, "rev-parse", "HEAD")
    mia.write(WRONG)
    unserved.git(mia.clone, "commit", "--quiet", "--amend", "--message", "Over it")
    unserved.git(mia.clone, "reset", "--quiet", "--soft", "HEAD^^")
    unserved.git(mia.clone, "commit", "--quiet", "--message", "Over all")
    mia.push("--force", "origin", "HEAD:main")
    received = unserved.repository("mia") / "classroom-received"
    lines = received.read_text().splitlines()
    days = [f"{datetime.now(UTC) - timedelta(days=age):%Y-%m-%dT%H:%M:%SZ}" for age in (3, 2, 0)]
    received.write_text("".join(f"{day} {line.split(maxsplit=1)[1]}\n" for day, line in zip(days, lines, strict=True)))

    unserved.classroom("collect", unserved.place, "--to", tmp_path / "in")
    yesterday = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    unserved.classroom(
        *("grade", 1, "--submissions", tmp_path / "in/week1-tiny", "--out", tmp_path / "grades"),
        *("--only", "mia", "--deadline", yesterday, "--sandbox", "none"),
    )

    result = json.loads((tmp_path / "grades/results/mia.json").read_text())
    assert (result["commit"], result["score"]) == (in_time, 100)


def test_one_broken_repository_keeps_nobody_from_being_collected(unserved, tmp_path):
    """A repository that cannot be read, or borrows from another, is named with status 3; all others are collected."""
    borrowed = unserved.repository("ned") / "objects/info"
    borrowed.mkdir(exist_ok=True)
    (borrowed / "alternates").write_text(f"{unserved.repository('ada')}/objects\n")

    done = unserved.classroom("collect", unserved.place, "--to", tmp_path / "in")

    assert done.status == 3
    assert done.err.startswith("Ned Example (ned): ")
    assert "week1-tiny-ned.git could not be read. It is incomplete" in done.err
    assert not (tmp_path / "in/week1-tiny/ned.git").exists()
    assert (tmp_path / "in/week1-tiny/ada.git").is_dir()


@pytest.mark.long
def test_repository_without_a_branch_is_not_taken_for_an_empty_one(unserved, tmp_path):
    """A repository whose branch cannot be read is named with status 3, and not collected as if nothing were in it."""
    (unserved.repository("tom") / "HEAD").unlink()

    done = unserved.classroom("collect", unserved.place, "--to", tmp_path / "in")

    assert done.status == 3
    assert f"Tom Example (tom): {unserved.repository('tom')} could not be read." in done.err
    assert not (tmp_path / "in/week1-tiny/tom.git").exists()


def test_server_ends_calmly(served):
    """When it ends, the server says how much it has graded, and leaves no sign that it is still serving."""
    status, told = served.server, served.end()

    assert status.returncode == 0
    assert told.splitlines()[-1].endswith("graded"), told
    assert not (served.place / ".classroom/serving").exists()
