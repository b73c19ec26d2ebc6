"""What the checks of this week share: a site to upload to and to watch, and ways to hold its database up."""

import contextlib
import hashlib
import hmac
import re
import threading
import time
import uuid
from datetime import datetime

import pytest
from classroom import anything, expect, ground, matching, one_of

TABLES = (
    "SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'"
    " AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'classroom') AND n.nspname !~ '^pg_'"
)
MOMENTS = (
    "SELECT table_name AS table, column_name AS column FROM information_schema.columns"
    " WHERE table_schema = 'public' AND data_type LIKE 'timestamp%%' AND table_name = %s"
)

# Two gates, as advisory locks: who stands at one holds (gate, 1), and the course holds (gate, 0) while it is shut. Whoever
# waits asks again and again, since a lock_timeout of the app's is no affair of this gate. Assignments and not PERFORM:
# at a commit a statement of a trigger is counted like one that the client sent.
COMMITS, READS, PATIENCE = 52026001, 52026002, 3
WAIT = (
    "DECLARE ignored text; late timestamptz := clock_timestamp() + interval '"
    f"{PATIENCE} s'; BEGIN"
    " IF coalesce(current_setting('classroom.gate{gate}', true), '') <> ({once})::text THEN"
    " ignored := set_config('classroom.gate{gate}', ({once})::text, false);"
    " ignored := pg_advisory_xact_lock_shared({gate}, 1);"
    " WHILE clock_timestamp() < late AND NOT pg_try_advisory_xact_lock_shared({gate}, 0) LOOP"
    " ignored := pg_sleep(0.003); END LOOP; END IF;"
)
# A policy is asked about rows, and where there is no such row nobody stands at the gate. So this looks in another way:
# before `public` a name without a schema means the schema that is called like the role, and a view there comes first.
# OFFSET 0 keeps the planner from moving the look at the table before the gate.
SHADOWED = (
    "SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname = 'public'"
)
SHADOW = (
    'CREATE VIEW "{role}"."{table}" AS SELECT behind.* FROM (SELECT classroom.reads() AS passed OFFSET 0) gate,'
    ' LATERAL (SELECT * FROM public."{table}" WHERE gate.passed OFFSET 0) behind;'
    ' GRANT SELECT ON "{role}"."{table}" TO "{role}"'
)
READS_PASS = (
    "CREATE SCHEMA IF NOT EXISTS classroom;"
    " CREATE OR REPLACE FUNCTION classroom.reads() RETURNS boolean LANGUAGE plpgsql VOLATILE AS $body$"
    f" {WAIT.format(gate=READS, once='statement_timestamp()')} RETURN true; END $body$"
)
# Both instances stand before the schema, which somebody is about to drop: the course drops it, and waits at a gate itself.
STARTS = 52026003
DROPPING = (
    "BEGIN; SET LOCAL lock_timeout = 0; DROP SCHEMA public RESTRICT;"
    f" SELECT pg_advisory_xact_lock({STARTS}, 0); ROLLBACK"
)
DROPPED = (
    "SELECT 1 FROM pg_locks WHERE granted AND mode = 'AccessExclusiveLock' AND classid = 'pg_namespace'::regclass"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
HELD_UP = (
    "SELECT 1 FROM pg_stat_activity WHERE usename = %s AND datname = current_database() AND wait_event_type = 'Lock'"
)
WAITING = (
    "SELECT count(*) AS waiting FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s AND objid = 1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def same_id(video_id):
    """Matches an id in any spelling of the same UUID."""
    return matching(lambda found: uuid.UUID(found) == uuid.UUID(video_id), f"the id {video_id}")


def same_moment(text):
    """Matches the same point in time in any spelling."""
    return matching(lambda found: datetime.fromisoformat(found) == datetime.fromisoformat(text), f"the time {text}")


def moment(text):
    """A created_at as a point in time."""
    found = datetime.fromisoformat(text)
    expect.that(found.tzinfo is not None, f"created_at is {text!r}, and says no time zone.")
    return found


def wait_until(done, seconds):
    """Go on when this is so, and on no account later than so many seconds from now."""
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.005)


a_bearer = matching(lambda value: value.split()[0].lower().strip(",") == "bearer", "Bearer")  # perhaps with a realm
a_uuid = matching(lambda found: isinstance(found, str) and uuid.UUID(found), "a UUID")
a_moment = matching(
    lambda found: datetime.fromisoformat(found).tzinfo is not None, "a time with a zone, such as 2026-01-31T12:00:00Z"
)


FIELDS = ("id", "owner", "title", "description", "status", "created_at")


class Asker:
    """One way into the site; an answer that names another task's TODO is a missing ground, not a failure."""

    def __init__(self, client, task, seconds=None):
        self.client = client
        self.task = task
        self.seconds = seconds

    def request(self, method, path, **more):
        answer = self.client.request(method, path, seconds=self.seconds, **more)
        todo = re.search(r"TODO (\d+)", answer.text) if answer.status == 501 else None
        if todo:
            expect.that(int(todo[1]) != self.task, f"TODO {todo[1]} is still to be done.", answer)
            expect(answer).ground(task=int(todo[1]))
        return answer

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, **more):
        return self.request("POST", path, **more)

    def patch(self, path, **more):
        return self.request("PATCH", path, **more)

    def delete(self, path, **more):
        return self.request("DELETE", path, **more)


class Site:
    """The video site under check, with two people who have an account: `owner` and `other`.

    `a` and `b` are its two instances, `any` is the balancer in front of them.
    """

    def __init__(self, system, draw, task):
        self.system = system
        self.draw = draw
        self.task = task
        self.owner, self.other = draw.word(7), draw.word(9)
        self.wait_for_answers(None)

    def wait_for_answers(self, seconds):
        """Wait so long for each answer from now on; None for the week's limit."""
        system = self.system
        self.any, self.a, self.b = (
            Asker(one, self.task, seconds) for one in (system.client, system.a.client, system.b.client)
        )

    # What people do

    def new(self, **fields):
        """What a client sends to announce a video."""
        drawn = {"title": f"{self.draw.word().title()} {self.draw.word()}", "description": self.draw.word(20)}
        return drawn | fields

    def new_id(self):
        """A UUID made by a client."""
        return str(uuid.UUID(int=self.draw.getrandbits(128), version=4))

    def content(self, size=5000):
        """The bytes of a video."""
        return self.draw.randbytes(size)

    def create(self, *, who=None, via=None, **fields):
        """Announce a video; the answer."""
        return (via or self.any).post("/videos", json=self.new(**fields), headers=self.system.bearer(who or self.owner))

    def repeats(self):
        """Whether a create that is sent again makes no second video, and leaves the first one alone, as task 3 asks."""
        first = self.video(id=self.new_id())
        again = self.create(id=first["id"])
        found = again.json if again.status in (200, 201) else None
        return isinstance(found, dict) and all(found.get(name) == first.get(name) for name in ("id", "title"))

    def video(self, *, who=None, via=None, **fields):
        """A video that is announced, as answered; ground of task 3. What the answer leaves out is as it was sent."""
        new = self.new(**fields)
        answer = self.create(who=who, via=via, **new)
        found = expect(answer).ground(task=3, has=["id"])
        ground(isinstance(found["id"], str), task=3)
        return {**new, "owner": who or self.owner, "status": "pending", "created_at": anything} | found

    def among_neighbors(self):
        """A video, and others that share its owner, title, description or time of creation."""
        first, video = self.video(), self.video()
        others = [
            self.video(),
            self.video(who=self.other, title=video["title"]),
            self.video(who=self.other, description=video["description"]),
        ]
        self.same_instant([first, video, *others])
        return video, [first, *others]

    def uploaded(self, video, content=None):
        """See that the storage has the bytes of this video, without the app's help; returns them."""
        content = self.content() if content is None else content
        answer = self.system.storage.client.put(self.signed("PUT", f"videos/{video['id']}"), content=content)
        assert answer.status in (200, 201), "the storage did not take the course's own upload"
        return content

    def signed(self, method, key, seconds=600):
        """A URL that the course itself has signed."""
        storage = self.system.storage
        expires = int(time.time() + storage.ahead) + seconds
        text = f"{method}\n/{key}\n{expires}"
        signature = hmac.new(storage.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return f"{storage.public_url}/{key}?expires={expires}&signature={signature}"

    def complete(self, video, *, who=None, via=None):
        """Say that the upload is done; the answer."""
        path = f"/videos/{video['id']}/complete"
        return (via or self.any).post(path, headers=self.system.bearer(who or self.owner))

    def change(self, video, *, who=None, via=None, **fields):
        """Change a video; the answer."""
        path = f"/videos/{video['id']}"
        return (via or self.any).patch(path, json=fields, headers=self.system.bearer(who or self.owner))

    def changed(self, video, *, via=None, **fields):
        """Change a video on the way to something else; what a GET may then say of these fields. Ground of task 4."""
        return self.told(self.change(video, via=via, **fields), **fields)

    @staticmethod
    def told(change, **fields):
        """What a GET may say of these fields after this answer to a change: what was sent, or what was answered.

        Ground of task 4: a PATCH that forgets a field, or answers the video as it was, costs that task alone.
        """
        found = expect(change).ground(task=4)
        found = found if isinstance(found, dict) else {}
        return {name: one_of(sent, found.get(name, sent)) for name, sent in fields.items()}

    def delete(self, video, *, who=None, via=None):
        """Delete a video; the answer."""
        return (via or self.any).delete(f"/videos/{video['id']}", headers=self.system.bearer(who or self.owner))

    def get(self, video, via=None):
        """Look at a video; the answer."""
        return (via or self.any).get(f"/videos/{video['id']}")

    def look(self, video, via=None):
        """Look at a video without a copy in the cache, which is task 10's affair; the answer."""
        self.system.cache.flush()
        return self.get(video, via)

    def knock(self, method, path, headers):
        """Ask only to see who is let through: a later task's TODO in the answer is fine here."""
        sent = {"json": self.new()} if method == "POST" else {}
        answer = self.system.client.request(method, path, headers=headers, **sent)
        expect.that(answer.status != 501 or "TODO 2" not in answer.text, "TODO 2 is still to be done.", answer)
        return answer

    def let_through(self, method, path, headers):
        """See that a request is not stopped at the question who is calling."""
        answer = self.knock(method, path, headers)
        told = f"{method} {path} was rejected with {answer.status}, although nothing was wrong with who is calling."
        expect.that(answer.status not in (401, 403), told, answer)

    def stopped(self, what, answer):
        """See that a request was rejected for who is calling."""
        told = f"{answer.exchange} with {what} returned {answer.status}, expected 401."
        expect.that(answer.status == 401, told, answer)
        expect(answer).header("www-authenticate", a_bearer)

    def rejects(self, forged, send):
        """See that `send(headers)` is rejected with each of these tokens, as a create is.

        A token that the create lets through has cost task 2 its points already.
        """
        for what, headers in forged.items():
            create = self.any.post("/videos", json=self.new(), headers=headers)
            if create.status != 401:
                continue
            answer = send(headers)
            told = f"{answer.exchange.method} with {what} returned {answer.status}, expected 401."
            expect.that(answer.status == 401, told, answer)
            if "www-authenticate" in create.headers:
                expect(answer).header("www-authenticate", a_bearer)

    def see_copies(self, video):
        """See that there is a cache at all: of twenty reads of a video some run no statement."""
        names, system = self.names(), self.system
        ground(self.get(video).status == 200, task=4)
        with system.primary.counting() as on_primary, system.replica.counting() as on_replica:
            for via in (self.a, self.b) * 10:
                expect(self.get(video, via)).ok()
        asked = on_primary.total(naming=names) + on_replica.total(naming=names)
        expect.that(asked < 20, f"Twenty GETs of one video ran {asked} statements: no copies are kept yet.")

    def warm(self, video):
        """Look at a video through both instances, so that whoever keeps copies has one."""
        for via in (self.a, self.b):
            self.get(video, via)

    def ready(self, *, content=None, **more):
        """A video that can be played, as it was created; ground of tasks 3 and 6. Its bytes are under `content`."""
        video = self.video(**more)
        content = self.uploaded(video, content)
        self.complete_ground(video, who=more.get("who"))
        return video | {"content": content}

    def complete_ground(self, video, who=None):
        """Make a video ready whose bytes are there; ground of task 6."""
        expect(self.complete(video, who=who)).ground(task=6)

    def read(self, video):
        """What a GET says of a video, of the fields that every video has; ground of task 4."""
        found = expect(self.look(video)).ground(task=4)
        return {name: found[name] for name in FIELDS if isinstance(found, dict) and name in found}

    # What a list shows

    def page(self, *, via=None, **params):
        """One page of the list, as answered: through one instance, since a cursor's way to the other is task 8's."""
        answer = (via or self.a).get("/videos", params=params)
        expect(answer).ok({"items": list, "next_cursor": one_of(str, None)})
        expect(answer).json({"items": matching(self._all_have_ids, "a list of videos, each with its id")})
        return answer.json

    @staticmethod
    def _all_have_ids(items):
        return all(isinstance(item, dict) and uuid.UUID(item["id"]) for item in items)

    def titles(self, via):
        """The titles that the list of an instance shows, by id; ground of task 7."""
        answer = via.get("/videos", params={"limit": 100})
        items = expect(answer).ground(task=7, has=["items"])["items"]
        ground(isinstance(items, list) and all(isinstance(item, dict) for item in items), task=7)
        return {item.get("id"): item.get("title") for item in items}

    def read_list(self):
        """Look at the list through both instances, so that whoever keeps copies has one."""
        for via in (self.a, self.b):
            self.titles(via)

    def walk(self, *, limit, between=None, until=None):
        """Every video of every page, from the first page to the last; `between` is called after each page.

        The last page has no cursor, or leads to an empty one that has none. With `until` the walk ends earlier, one
        page after all of these ids have been shown.
        """
        done = False
        found, cursor, number = [], None, 0
        while True:
            params = {"limit": limit} if cursor is None else {"limit": limit, "cursor": cursor}
            page = self.page(**params)
            items = page["items"]
            expect.that(len(items) <= limit, f"A page of limit={limit} holds {len(items)} videos.")
            found += items
            cursor, number = page["next_cursor"], number + 1
            if cursor is None or done:
                return found
            done = until is not None and until <= {item["id"] for item in found}
            expect.that(items, "An empty page has a next_cursor: whoever follows it never comes to an end.")
            expect.that(number < 200, "200 pages, and no end of the list.")
            if between:
                between()

    # What the system is made to do

    def tables(self):
        """The tables that the app has made."""
        return [row["name"] for row in self.system.primary.rows(TABLES)]

    def names(self):
        """What a statement names that asks something of the app's own: tables, views, functions."""
        return self.system.primary.names()

    @contextlib.contextmanager
    def replica_alone(self):
        """See that what is asked in the `with` asks the replica, and the primary nothing."""
        system, names = self.system, self.names()
        ground(self.tables(), task=3)
        with system.primary.counting() as on_primary, system.replica.counting() as on_replica:
            yield
        asked = on_primary.of(naming=names)
        first = asked[0].query[:160] if asked else ""
        expect.that(not asked, f"GETs asked the primary {on_primary.total(naming=names)} times, such as: {first}")
        expect.that(on_replica.total(naming=names), "GETs asked the replica nothing.")

    @contextlib.contextmanager
    def primary_away(self):
        """In the `with`, the primary lets nobody in, and has ended the connections that there were.

        Afterwards the instances are started anew: what becomes of connections that were cut is not asked for.
        """
        with self.system.primary.away():
            yield
        for instance in (self.system.a, self.system.b):
            instance.kill()
            instance.start()

    @contextlib.contextmanager
    def slow_commit(self, seconds):
        """In the `with`, whatever changes a table waits so long for the database before it is committed."""
        for table in self.tables():
            self.system.primary.slow_commit(table, seconds)
        try:
            yield
        finally:
            self.system.primary.calm()

    @contextlib.contextmanager
    def gate_for_commits(self):
        """In the `with`, whatever changes a table comes to a gate at its commit."""
        primary = self.system.primary
        primary.run(
            "CREATE SCHEMA IF NOT EXISTS classroom; REVOKE ALL ON SCHEMA classroom FROM PUBLIC;"
            " CREATE OR REPLACE FUNCTION classroom.commits() RETURNS trigger LANGUAGE plpgsql AS $body$"
            f" {WAIT.format(gate=COMMITS, once='pg_current_xact_id()')} RETURN NULL; END $body$"
        )
        for table in self.tables():
            primary.run(
                f'CREATE CONSTRAINT TRIGGER classroom_commits AFTER INSERT OR UPDATE OR DELETE ON "{table}"'
                " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION classroom.commits()"
            )
        gate = Gate(primary, COMMITS)
        try:
            yield gate
        finally:
            gate.open()
            primary.calm()

    @contextlib.contextmanager
    def gate_for_reads(self):
        """In the `with`, what the replica is asked is looked up at once, and comes to a gate on its way back."""
        primary, tables = self.system.primary, self.tables()
        primary.run(READS_PASS)
        gate = Gate(primary, READS)
        try:
            for table in tables:
                # The owner of a table, which the app writes as, is not held up by its policies.
                primary.run(
                    f'CREATE POLICY classroom_reads ON "{table}" FOR SELECT USING (classroom.reads());'
                    f' ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
                )
            yield gate
        finally:
            gate.open()
            for table in tables:
                primary.run(
                    f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY; DROP POLICY IF EXISTS classroom_reads ON "{table}"'
                )
            primary.calm()

    @contextlib.contextmanager
    def gate_for_misses(self):
        """In the `with`, reads come to the gate also where there is nothing to be found."""
        primary, role = self.system.primary, self.system.replica.app.role
        gate = Gate(primary, READS)
        try:
            primary.run(f'{READS_PASS}; CREATE SCHEMA "{role}"; GRANT USAGE ON SCHEMA "{role}" TO "{role}"')
            for row in primary.rows(SHADOWED):
                primary.run(SHADOW.format(role=role, table=row["name"]))
            yield gate
        finally:
            gate.open()
            primary.run(f'DROP SCHEMA IF EXISTS "{role}" CASCADE')
            primary.calm()

    def start_together(self, background):
        """Start both instances so that both have looked for the tables before either can make one."""
        primary, beside = self.system.primary, self.system.replica
        gate = Gate(beside, STARTS)
        gate.shut()
        dropping = background(lambda: primary.run(DROPPING))
        wait_until(lambda: dropping.over or beside.rows(DROPPED), PATIENCE)
        starts = [background(instance.start) for instance in (self.system.a, self.system.b)]
        wait_until(
            lambda: sum(start.over for start in starts) + len(beside.rows(HELD_UP, primary.app.role)) > 1,
            2 * PATIENCE,
        )
        gate.open()
        dropping.answer()
        for start in starts:
            start.thread.join()
            told = f"Two instances were started at the same moment, and one did not come up: {start.error}"
            expect.that(start.error is None, told)

    def same_instant(self, videos):
        """Give the rows of these videos times of creation that are equal in pairs, and else a microsecond apart."""
        primary = self.system.primary
        ids = [video["id"] for video in videos]
        for table in self.tables():
            for row in primary.rows(MOMENTS, table):
                column, of_ours = row["column"], "lower(t::text) LIKE ANY (%s)"
                primary.run(
                    f'UPDATE "{table}" AS u SET "{column}" = s.first + (s.rank / 2) * interval \'1 microsecond\' FROM'
                    f' (SELECT t.ctid AS place, min(t."{column}") OVER () AS first,'
                    f'  (row_number() OVER (ORDER BY t."{column}"))::int AS rank FROM "{table}" t WHERE {of_ours}'
                    f'  AND t."{column}" IS NOT NULL) s WHERE u.ctid = s.place',
                    [f"%{one}%" for one in ids],
                )

    def wait_for_work(self, workers, videos, seconds=31):
        """Wait until every one of these videos is transcoded."""
        end = time.monotonic() + seconds
        wanted = {f"end {video['id']}" for video in videos}
        while not wanted <= set(self.system.transcodes()):
            left = len(wanted - set(self.system.transcodes()))
            running = any(worker.running for worker in workers)
            expect.that(running, f"{left} videos are still to be transcoded, and every worker has ended by itself.")
            expect.that(time.monotonic() < end, f"After {seconds} seconds {left} videos are still not transcoded.")
            time.sleep(0.02)

    def see_one_end(self, videos):
        """See that each of these videos was transcoded once, also after a while in which it may be begun again."""
        time.sleep(0.6)
        for video in videos:
            ends = self.system.transcodes().count(f"end {video['id']}")
            expect.that(ends == 1, f"A video was completed, and the log has {ends} ending lines for it.")

    def see_transcoded(self, videos):
        """See that a GET says so, through both instances."""
        end = time.monotonic() + 5
        for video in videos:
            for via in (self.a, self.b):
                answer = self.get(video, via)
                while answer.status == 200 and answer.json.get("transcoded") is not True and time.monotonic() < end:
                    time.sleep(0.1)
                    answer = self.get(video, via)
                expect(answer).ok({"transcoded": True, "status": "ready"})

    @contextlib.contextmanager
    def later(self, seconds):
        """In the `with`, the storage's clock is so many seconds ahead."""
        self.system.storage.advance(seconds)
        try:
            yield
        finally:
            self.system.storage.advance(-seconds)

    def asked_of_storage(self, video):
        """What the storage was asked about this video, as (method, status)."""
        path = f"/videos/{video['id']}"
        return [(one["method"], one["status"]) for one in self.system.storage.requests if one["path"] == path]


class Gate:
    """A place in the database that everybody passes, until it is shut.

    Nobody stands there for longer than PATIENCE: an app that serves one request at a time would never come to the
    one that opens it.
    """

    def __init__(self, primary, gate):
        self.primary = primary
        self.gate = gate
        self.is_shut = False

    def shut(self):
        """From now on whoever comes waits."""
        self.primary.run("SELECT pg_advisory_lock(%s, 0)", self.gate)
        self.is_shut = True

    def open(self):
        """Let everybody pass."""
        if self.is_shut:
            self.primary.run("SELECT pg_advisory_unlock(%s, 0)", self.gate)
            self.is_shut = False

    def waiting(self):
        """How many stand there."""
        return self.primary.rows(WAITING, self.gate)[0]["waiting"]

    def wait_for(self, *calls):
        """Go on when each of these calls stands there, or is over; and on no account later than PATIENCE allows."""
        wait_until(lambda: self.waiting() + sum(call.over for call in calls) >= len(calls), PATIENCE)

    def wait_for_nobody(self):
        """Go on when nobody stands there any more, whoever it was that asked."""
        wait_until(lambda: not self.waiting(), PATIENCE)


class Background:
    """A call that goes on while the check does something else."""

    def __init__(self, call):
        self.outcome = None
        self.error = None
        self.thread = threading.Thread(target=self._run, args=(call,))
        self.thread.start()

    def _run(self, call):
        try:
            self.outcome = call()
        except Exception as error:  # noqa: BLE001 - handed to whoever asks for the answer
            self.error = error

    @property
    def over(self):
        return not self.thread.is_alive()

    def answer(self):
        """What the call answered, or the error that it met."""
        self.thread.join()
        if self.error:
            raise self.error
        return self.outcome

    def answer_or_none(self):
        """What the call answered, or None where there was no answer."""
        self.thread.join()
        return self.outcome


@pytest.fixture
def background():
    """A function that starts a call in a thread of its own. Whatever is still under way is awaited at the end."""
    started = []

    def start(call):
        started.append(Background(call))
        return started[-1]

    yield start
    for one in started:
        one.thread.join()


@pytest.fixture
def task_number(request):
    """The task that this check belongs to."""
    return request.node.get_closest_marker("task").args[0]


@pytest.fixture
def site(system, draw, task_number):
    """The site, with both instances running."""
    return Site(system, draw, task_number)


@pytest.fixture
def empty_site(blank_system, draw, task_number):
    """The site on an empty database, none of its instances started yet."""
    return Site(blank_system, draw, task_number)


@pytest.fixture
def busy_site(blank_system, draw, task_number):
    """The site on a database of its own, so that workers find this check's videos and no others. Its instances run."""
    for instance in (blank_system.a, blank_system.b):
        instance.start()
    return Site(blank_system, draw, task_number)


@pytest.fixture
def shape():
    """What a video is like, as answered."""

    def like(**known):
        fields = {
            "id": a_uuid,
            "owner": str,
            "title": str,
            "description": one_of(str, None),
            "status": one_of("pending", "ready"),
            "created_at": a_moment,
        }
        for name, same in (("id", same_id), ("created_at", same_moment)):
            if isinstance(known.get(name), str):
                known[name] = same(known[name])
        return fields | known

    return like


@pytest.fixture
def instant():
    """A created_at as a point in time."""
    return moment


@pytest.fixture
def forged(system):
    """Headers that look like a caller's and are none, by what is wrong with them."""
    secret = system.auth_secret

    def headers(name):
        good = system.token(name)
        head, body, signature = good.split(".")
        of_another = system.token(name + "x").split(".")[1]
        flipped = ("A" if signature[9] != "A" else "B").join((signature[:9], signature[10:]))
        texts = {
            "no token": None,
            "a word": "Bearer nobody",
            "half a token": f"Bearer {head}.{body}",
            "another scheme": f"Basic {good}",
            "a changed signature": f"Bearer {head}.{body}.{flipped}",
            "another account's name under this signature": f"Bearer {head}.{of_another}.{signature}",
            "an expired one": f"Bearer {system.token(name, exp=int(time.time()) - 400)}",
            "one signed with another secret": f"Bearer {system.token(name, secret=secret[::-1] + 'x')}",
            "one without exp": f"Bearer {system.token(name, exp=None)}",
            "one without a signature": f"Bearer {system.token(name, secret='', algorithm='none')}",
            "one of algorithm HS512": f"Bearer {system.token(name, algorithm='HS512')}",
            "one of algorithm HS384": f"Bearer {system.token(name, algorithm='HS384')}",
        }
        return {what: {"Authorization": text} if text else {} for what, text in texts.items()}

    return headers
