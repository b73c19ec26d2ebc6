"""The queue between the server and its workers: what is passed on is graded once, and nothing of it is ever lost."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from classroom.core.errors import CouldNotCheck, UsageError
from classroom.core.result import Result
from classroom.instructor.classrooms.classroom import Classroom
from classroom.instructor.classrooms.inbox import PushNotice
from classroom.instructor.site.database import parse_address
from classroom.instructor.workers import job_source, kit_description
from classroom.instructor.workers.job_queue import JobQueue
from classroom.instructor.workers.job_source import JobSource
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

WEEK = "week1-tiny"
LOST = "UPDATE grading_jobs SET held_until = now() - interval '1 s' WHERE result IS NULL"
GONE = "UPDATE grading_workers SET seen = now() - interval '1 minute'"


@pytest.fixture(scope="module")
def engine_of():
    """A function that returns an engine for an address."""
    made = {}
    yield lambda address: made.setdefault(address, create_engine(parse_address(address)))
    for engine in made.values():
        engine.dispose()


@pytest.fixture
def sql(engine_of, queue_address):
    """A function that runs a statement as the owner."""

    def run(statement):
        with engine_of(queue_address).begin() as db:
            db.execute(text(statement))

    return run


@pytest.fixture
def queue(queue_address):
    """The server's end."""
    with closing(JobQueue(queue_address, "none")) as queue:
        look(queue)
        yield queue


@pytest.fixture
def worker(workers_address):
    """A function that returns a worker that has begun."""
    made = []

    def begin(name="lab1", slots=2):
        made.append(JobSource(workers_address, name, slots, "none"))
        made[-1].enter()
        return made[-1]

    yield begin
    for source in made:
        source.leave()


@pytest.fixture
def pass_on(queue, made_room):
    """A function that lets workers grade a push of each student."""
    room = Classroom(made_room)

    def pass_on(*usernames):
        look(queue)
        for username in usernames:
            repository = room.repository(WEEK, username)
            notice = PushNotice(f"notice of {username}", WEEK, username, repository.tip())
            queue.pass_on(notice, room.state_dir / "weeks" / WEEK, "1", repository.path)

    return pass_on


def look(queue):
    """What the server sees, without waiting until it would look again."""
    queue._next_look = 0
    return queue.look()


def take(source):
    """What a worker takes, without waiting until it would ask again."""
    source._next_take = 0
    return source.take()


def result(job, **changes):
    """A result of a job, as a worker writes it."""
    about = {"assignment": job.week, "submission": job.username, "commit": job.commit, "seed": job.seed}
    return Result(
        **{**about, "status": "graded", "score": 70, "max_score": 100, "scope": "visible", **changes}
    ).to_json()


def names(queue):
    """Whose pushes were passed on."""
    return [username for _, username in queue.passed]


def test_without_workers_nothing_is_passed_on(queue):
    """As long as no worker is there, the server passes nothing on."""
    assert queue.room == 0


def test_as_many_wait_as_workers_have_slots(queue, worker, pass_on):
    """The server passes on what the workers could soon begin with; the rest waits where a free slot of its own finds it."""
    worker("lab1", 2), worker("lab2", 3)
    look(queue)
    assert queue.room == 5

    pass_on("ada", "bob")
    look(queue)
    assert queue.room == 3


def test_longest_waiting_is_taken_first_and_once(worker, pass_on):
    """Two workers never have the same job, and the one that waits longest comes first."""
    one, two = worker("lab1"), worker("lab2")
    pass_on("bob", "ada")

    assert [take(one).username, take(two).username, take(one)] == ["bob", "ada", None]


def test_server_hears_who_has_a_push_and_its_result(queue, worker, pass_on):
    """The server is told once which worker has a push, at which task it is, and what was found."""
    source = worker("lab1")
    pass_on("ada")
    job = take(source)
    assert [(seen.worker, seen.task, seen.result) for seen in look(queue)] == [("lab1", None, None)]
    assert look(queue) == []

    source.set_task(job.id, 2)
    assert [seen.task for seen in look(queue)] == [2]
    source.finish(job.id, result(job))

    (seen,) = look(queue)
    assert seen.checked(100).score == 70
    queue.done(seen)
    assert (names(queue), look(queue)) == ([], [])


@pytest.mark.parametrize(
    "changes", [{"submission": "bob"}, {"commit": "1" * 40}, {"seed": 1}, {"scope": "official"}, {"score": 101}]
)
def test_result_of_something_else_is_not_believed(queue, worker, pass_on, changes):
    """A result that is about another push, or has more points than there are, is rejected; the server grades the push."""
    source = worker()
    pass_on("ada")
    job = take(source)
    source.finish(job.id, result(job, **changes))
    (seen,) = look(queue)

    with pytest.raises(ValueError, match=r"something else|101 of 100"):
        seen.checked(100)
    queue.reject(seen)

    look(queue)
    assert queue.room
    assert not queue.accepts(seen.notice)


def test_job_of_a_lost_worker_is_taken_by_another(queue, worker, pass_on, sql):
    """A worker that is not heard of loses its job to the next one, which grades with the same seed; the first result counts."""
    dead, other = worker("dead"), worker("other")
    pass_on("ada")
    first = take(dead)
    assert take(other) is None

    sql(LOST)
    second = take(other)
    assert (second.id, second.seed) == (first.id, first.seed)
    other.finish(second.id, result(second, score=50))
    dead.finish(first.id, result(first, score=60))

    (seen,) = look(queue)
    assert (seen.worker, seen.checked(100).score) == ("other", 50)


def test_clock_of_the_database_may_be_set_back(queue, worker, pass_on, sql):
    """A worker that was lost before the clock was set back keeps no job until the clock is where it was, and has no room."""
    dead, other = worker("dead", 3), worker("other")
    pass_on("ada")
    take(dead)
    sql("UPDATE grading_jobs SET held_until = held_until + interval '1 hour'")
    sql("UPDATE grading_workers SET seen = seen + interval '1 hour' WHERE name = 'dead'")

    look(queue)
    assert queue.room == 1  # of the other one's two slots
    assert take(other).username == "ada"


def test_beat_keeps_a_job(worker, pass_on, sql):
    """A worker that says that it is alive keeps its job, however long grading takes."""
    alive, other = worker("alive"), worker("other")
    pass_on("ada")
    take(alive)
    sql(LOST)

    alive._next_beat = 0
    alive.beat()

    assert take(other) is None


def test_worker_that_ends_gives_its_jobs_back_at_once(queue, worker, pass_on):
    """Ctrl-C on a worker lets the next one begin without a pause, and does not count as a loss."""
    source, other = worker("ends"), worker("other")
    pass_on("ada")
    for _ in range(5):
        take(source)
        source.leave()
        source.jobs.clear()
        source.enter()

    assert take(other).username == "ada"


def test_pushes_wait_in_the_inbox_again_once_all_workers_are_lost(queue, worker, pass_on, sql):
    """If nobody is left, the server has everything back that nobody is grading."""
    take_one = worker()
    pass_on("ada", "bob")
    take(take_one)
    sql(GONE)

    look(queue)
    assert names(queue) == ["ada"]
    sql(LOST)
    look(queue)
    assert names(queue) == []


def test_push_during_which_workers_are_lost_is_graded_by_the_server(queue, worker, pass_on, sql):
    """A push during which three workers were lost is not given to a fourth."""
    source = worker()
    pass_on("ada")
    notice = queue.waiting()[0]
    for _ in range(3):
        assert take(source)
        sql(LOST)

    assert take(source) is None
    look(queue)
    assert names(queue) == []
    assert not queue.accepts(notice)


def test_free_slot_of_the_server_takes_the_oldest_back(queue, worker, pass_on):
    """The server has a free slot: what has waited longest waits in the inbox again, and what a worker has stays there."""
    source = worker()
    pass_on("ada", "bob")
    assert take(source).username == "ada"
    look(queue)

    queue.take_back(1)

    assert names(queue) == ["ada"]
    assert take(source) is None


def test_week_that_is_handed_out_again_is_taken_back(queue, worker, pass_on):
    """All jobs of a week end when it is handed out again; a result that arrives later changes nothing."""
    source = worker()
    pass_on("ada")
    job = take(source)

    queue.take_back_week(WEEK)
    source.finish(job.id, result(job))

    assert (names(queue), look(queue)) == ([], [])


def test_server_that_starts_again_begins_with_an_empty_queue(queue_address, queue, worker, pass_on):
    """After a crash of the server nothing of before is graded: the inbox has everything that waits."""
    source = worker()
    pass_on("ada")
    with closing(JobQueue(queue_address, "none")) as second:
        look(second)
        assert take(source) is None
        assert names(second) == []


def test_without_its_database_the_server_grades_by_itself(queue, worker, pass_on, sql, caplog):
    """When the queue cannot be used, all pushes wait in the inbox again and nothing is passed on; later it goes on."""
    source = worker()
    pass_on("ada")
    sql("ALTER TABLE grading_jobs RENAME TO away")
    look(queue)
    assert (names(queue), queue.room) == ([], 0)
    assert "all pushes are graded here" in caplog.text

    sql("ALTER TABLE away RENAME TO grading_jobs")
    look(queue)
    assert queue.room == 2
    assert take(source) is None


def test_result_is_given_once_the_database_is_back(queue, worker, pass_on, sql):
    """A worker that cannot reach the database keeps what it has found, and gives it later."""
    source = worker()
    pass_on("ada")
    job = take(source)
    sql("ALTER TABLE grading_jobs RENAME TO away")
    source.finish(job.id, result(job))
    sql("ALTER TABLE away RENAME TO grading_jobs")

    source._next_beat = 0
    source.beat()

    (seen,) = look(queue)
    assert seen.checked(100).score == 70


def test_too_large_a_repository_stays_with_the_server(queue, worker, pass_on, monkeypatch):
    """What is too large for the database is graded where it is."""
    monkeypatch.setattr("classroom.instructor.workers.parcel.MAX_BYTES", 10)
    worker()
    pass_on("ada")

    assert names(queue) == []
    assert queue.room == 2


def test_push_is_passed_on_while_the_student_pushes_again(queue, worker, pass_on, made_room, monkeypatch):
    """Files of a push that is being received vanish while the repository is measured; the one before is passed on."""
    lstat, incoming = Path.lstat, made_room / WEEK / f"{WEEK}-ada.git/objects/incoming"
    incoming.touch()

    def vanished(path):
        if path == incoming:
            incoming.unlink(missing_ok=True)
        return lstat(path)

    monkeypatch.setattr(Path, "lstat", vanished)
    worker()
    pass_on("ada")

    assert names(queue) == ["ada"]


def test_worker_with_another_kit_does_not_begin(queue, worker, monkeypatch):
    """Other packages than the server's would give other results: the worker says which, and what to do."""
    here = kit_description.describe_kit("none")
    monkeypatch.setattr(job_source, "describe_kit", lambda _: {**here, "fastapi": "0.1"})

    with pytest.raises(UsageError, match=rf"fastapi \(0\.1, {here['fastapi']}\).*make setup"):
        worker()


def test_worker_ends_when_the_server_is_upgraded(queue, worker, queue_address):
    """A worker that runs when the server starts with another kit stops, and says why."""
    source = worker()
    with closing(JobQueue(queue_address, "bubblewrap")) as upgraded:
        look(upgraded)
    source._next_beat = 0

    with pytest.raises(UsageError, match=r"--sandbox \(none, bubblewrap\)"):
        source.beat()


def test_worker_without_a_server_says_what_to_do(workers_address, sql, new_database):
    """Before the first start of a server there is no queue."""
    sql("DELETE FROM served_kit")
    for address in (workers_address, new_database("empty")):
        with pytest.raises(CouldNotCheck, match="start `classroom serve DIR --database"):
            JobSource(address, "lab1", 1, "none").enter()


def test_worker_whose_role_has_no_rights_says_what_to_do(queue, worker, sql):
    """A role that was made after the server had started may not use the queue yet."""
    sql("REVOKE ALL ON served_kit FROM classroom_worker")
    with pytest.raises(UsageError, match="restart `classroom serve` after creating it"):
        worker()
    sql("GRANT SELECT ON served_kit TO classroom_worker")


def test_worker_that_reaches_no_database_says_why(workers_address):
    """A wrong password is one sentence."""
    with pytest.raises(CouldNotCheck, match=r"cannot be reached \(.*password"):
        JobSource(workers_address.replace("secret", "wrong"), "lab1", 1, "none").enter()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM people",
        "SELECT * FROM tokens",
        "INSERT INTO grading_jobs (week) VALUES ('week1')",
        "DELETE FROM grading_jobs",
        "UPDATE grading_jobs SET parcel = ''",
        "UPDATE week_parcels SET parcel = ''",
        "UPDATE served_kit SET description = ''",
        "CREATE TABLE more (id int)",
    ],
)
def test_role_of_workers_reaches_nothing_else(engine_of, workers_address, statement):
    """The role of workers can neither read people nor change what a job is."""
    with pytest.raises(ProgrammingError) as refused, engine_of(workers_address).begin() as db:
        db.execute(text(statement))

    assert isinstance(refused.value.orig, InsufficientPrivilege)
