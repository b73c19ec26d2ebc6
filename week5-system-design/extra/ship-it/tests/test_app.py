"""The visible checks of the app: its settings, its health, and its end."""

from classroom import expect, gate_for_commits, task
from support.poll import FOREVER, LIVE, NOT_DRAINING, QUESTION, READY, SOON


def asks(container, question):
    """Expect that an app with this QUESTION asks it."""
    answer = container(QUESTION=question).client.get("/")
    expect(answer).ok({"question": str})
    found = answer.json["question"]
    expect.that(found == question, f"With QUESTION={question!r}, GET / returns the question {found!r}.", answer)


@task(1)
def test_vote_is_counted(client, names, draw):
    """POST /votes returns 201, and GET /votes then shows one more vote for that name."""
    name = f"{draw.word()} {draw.randint(2, 9999)}"

    expect(client.get("/")).ok({"question": str})
    expect(client.post("/votes", json={"name": name})).created({"name": name, "votes": 1})
    expect(client.post("/votes", json={"name": name})).created({"name": name, "votes": 2})
    expect(client.get("/votes")).ok({name: 2})


@task(2)
def test_question_is_a_setting(container, draw):
    """GET / returns the question in the QUESTION environment variable."""
    asks(container, f"{draw.word()} or {draw.word()}?")


@task(2)
def test_question_has_a_default(container, draw):
    """Without QUESTION and DRAIN_SECONDS, the app starts, and asks "What should the new ferry be called?"."""
    asks(container, f"{draw.word()}?")

    expect(container(QUESTION=None, DRAIN_SECONDS=None).client.get("/")).ok({"question": QUESTION})


@task(2, weight=2)
def test_no_database_url_ends_the_start(settings):
    """Without DATABASE_URL, the app does not start: it prints one sentence that names DATABASE_URL, and no traceback."""
    settings.accepts({})

    settings.rejects({"DATABASE_URL": None}, "DATABASE_URL")


@task(2)
def test_address_of_something_else_ends_the_start(settings):
    """With a DATABASE_URL that does not begin with postgresql://, the app does not start, and does not print the address."""
    settings.accepts({})

    url = "mysql://poll:kept-to-itself@database:3306/poll"
    settings.rejects({"DATABASE_URL": url}, "DATABASE_URL", secret="kept-to-itself")


@task(2)
def test_seconds_that_are_no_number_end_the_start(settings):
    """If DRAIN_SECONDS is not a number, the app does not start: it prints one sentence that names DRAIN_SECONDS."""
    settings.accepts({"DRAIN_SECONDS": "2.5"})

    settings.rejects({"DRAIN_SECONDS": "soon"}, "DRAIN_SECONDS")


@task(3)
def test_app_is_alive_and_ready(client):
    """GET /health/live returns {"status": "alive"}, and GET /health/ready returns {"status": "ready"}."""
    expect(client.get(LIVE)).ok({"status": "alive"})
    expect(client.get(READY)).ok({"status": "ready"})


@task(3, weight=2)
def test_database_is_away(poll):
    """With the database down, GET /health/ready returns 503 (200 once it is back); GET /health/live returns 200."""
    expect(poll.client.get(READY)).ok()

    with poll.database.away():
        expect(poll.client.get(READY)).refused(503)
        expect(poll.client.get(LIVE)).ok({"status": "alive"})

    expect(poll.client.get(READY)).ok({"status": "ready"})


@task(3)
def test_being_alive_is_not_asked_of_the_database(poll):
    """GET /health/live sends no statements to the database."""
    expect(poll.client.get(LIVE)).ok({"status": "alive"})

    with poll.database.counting() as asked:
        expect(poll.client.get(LIVE)).ok()
    expect.that(asked.total() == 0, f"GET {LIVE} sends {asked.total()} statements to the database.")


@task(4, weight=2)
def test_request_under_way_is_answered(instance, poll, background):
    """A vote that is being stored when SIGTERM arrives gets a 201; then the app closes the database and exits."""
    container, mine = instance()
    name = mine.name()
    expect(mine.vote(mine.name())).ground(task=1)
    before = poll.closings()

    with gate_for_commits(poll.database) as gate:
        gate.shut()
        vote = background(lambda: mine.vote(name))
        expect.that(mine.soon(gate.waiting), "The vote was not stored.")
        container.terminate()
        mine.soon(mine.refuses)
        gate.open()
        expect(vote.result()).created({"name": name, "votes": 1})

    container.shuts_down(SOON, NOT_DRAINING)
    expect.that(poll.counted(name) == 1, f"The vote was answered with 201, and {poll.counted(name)} votes are stored.")
    poll.was_closed(before)


@task(4)
def test_end_is_in_order(instance, poll):
    """After SIGTERM, the app takes no new requests, closes the database, and exits with status 0 within 5 seconds."""
    container, mine = instance()
    expect(mine.vote(mine.name())).ground(task=1)
    before = poll.closings()

    container.terminate()
    container.shuts_down(SOON, NOT_DRAINING)

    expect.that(mine.refuses(), "The app still responds.")
    poll.was_closed(before)


@task(4, weight=2)
def test_stopping_app_is_not_ready(instance, handler):
    """For DRAIN_SECONDS after SIGTERM, GET /health/ready returns 503, and all other requests are answered as before."""
    container, mine = instance(DRAIN_SECONDS=FOREVER)
    mine.must_be_ready()
    name = mine.name()

    container.terminate()
    mine.soon(lambda: mine.is_not_ready(handler))
    mine.stays(handler)

    expect(mine.client.get(READY)).refused(503)
    expect(mine.client.get(LIVE)).ok({"status": "alive"})
    expect(mine.vote(name)).created({"name": name, "votes": 1})
