"""The app between two checks, and the client that a check uses."""

import pytest
from classroom import NoAnswer, TaskClient, at_rest, open_transactions

SESSIONS = 3  # the task whose checks look at what sessions leave open
WRITERS = """
SELECT pid FROM pg_locks
WHERE relation IN (to_regclass('resources'), to_regclass('referrals')) AND granted AND pid <> pg_backend_pid()
AND mode <> 'AccessShareLock'
"""
POOL = 15  # connections of a default pool that is full
FEW = 4  # of these: with so many in a transaction, even a pool of five has room for one more request


class Between:
    """Restarts the app between two checks, so that what one check left behind never spoils the next.

    Attributes:
        leaks: the app has been seen to leave transactions open. It is not waited for again.
        leaks_in_task_3: it does so in the requests of task 3, too.
    """

    def __init__(self, app, database):
        self.app = app
        self.database = database
        self.leaks = False
        self.leaks_in_task_3 = False

    def settle(self, *, failed=False, bearable=0):
        """Restart the app if the last check ended in an error, or left more open than the next one can bear."""
        if failed or not self.rests(bearable):
            self.restart()

    def rests(self, bearable=0):
        """Return whether at most `bearable` transactions are open, none has written, and a default pool has room."""
        connections = at_rest(self.database, 0) if self.leaks else at_rest(self.database)
        left = open_transactions(connections)
        self.leaks = self.leaks or bool(left)
        return len(left) <= bearable and len(connections) <= POOL and not (left and self.database.rows(WRITERS))

    def make_room(self):
        """Restart an app that leaks before even a small pool runs out of connections."""
        if self.leaks and len(open_transactions(self.database.connections())) >= FEW:
            self.restart()

    def restart(self):
        """Start the app again, once the connections of the old one are gone."""
        self.app.stop()
        self.database.disconnect()
        self.app.start()


class HubClient(TaskClient):
    """The kit's client, for an app that may leave connections open."""

    def __init__(self, client, task, between):
        super().__init__(client, task)
        self.between = between

    def request(self, method, path, **more):
        if self.task > SESSIONS:
            self.between.make_room()
        try:
            return super().request(method, path, **more)
        except NoAnswer as error:
            raise NoAnswer(f"{error}{self.cause()}", error.exchange) from None

    def cause(self):
        """Return what may have kept the app from responding, as far as its connections show it."""
        connections = self.between.database.connections()
        idle = sum(str(each["state"]).startswith("idle in transaction") for each in connections)
        if idle < 2:
            return ""
        return (
            f". The app has {len(connections)} connections open, {idle} of them idle in a transaction:"
            " a session that is never closed keeps its connection, and when none is left, the next request waits"
        )


@pytest.fixture(scope="session")
def between(app, database):
    """What happens to the app between two checks."""
    return Between(app, database)


@pytest.fixture
def client(client, between, run, task_number):
    """The app, as a client sees it."""
    last = [*run.results.values()][-1:]
    between.settle(failed=any(str(result.answer).startswith("500") for result in last), bearable=FEW)
    return HubClient(client, task_number, between)


@pytest.fixture
def trouble(client, database, between):
    """The database, whose triggers of the course are removed after the check."""
    yield database
    # A transaction that the app has left open would hold the triggers in place.
    between.settle(failed=between.leaks)
    database.calm()
