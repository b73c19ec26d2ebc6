"""The app between two checks, and the client that the checks use."""

import pytest
from classroom import NoAnswer, TaskClient, at_rest, open_transactions

SESSIONS = 3  # the task whose checks are about sessions that are left open
WRITERS = """
SELECT pid FROM pg_locks
WHERE relation IN (to_regclass('resources'), to_regclass('referrals')) AND granted AND pid <> pg_backend_pid()
AND mode <> 'AccessShareLock'
"""
POOL = 15  # connections in a full pool of the default size
FEW = 4  # with this many in a transaction, even a pool of five has room for one more request


class Between:
    """Restarts the app between two checks if one has left something open that would make the next one fail.

    Attributes:
        leaks: the app has left transactions open before, so nobody waits for it again.
        leaks_in_task_3: the requests of task 3 leave transactions open, too.
    """

    def __init__(self, app, database):
        self.app = app
        self.database = database
        self.leaks = False
        self.leaks_in_task_3 = False

    def settle(self, *, failed=False, bearable=0):
        """Restart the app if the last check ended in an error or left more transactions open than the next can bear."""
        if failed or not self.rests(bearable):
            self.restart()

    def rests(self, bearable=0):
        """Return whether at most `bearable` transactions are open, none has written data, and the pool has room."""
        connections = at_rest(self.database, 0) if self.leaks else at_rest(self.database)
        left = open_transactions(connections)
        self.leaks = self.leaks or bool(left)
        return len(left) <= bearable and len(connections) <= POOL and not (left and self.database.rows(WRITERS))

    def make_room(self):
        """Restart an app that leaves transactions open before a small pool runs out of connections."""
        if self.leaks and len(open_transactions(self.database.connections())) >= FEW:
            self.restart()

    def restart(self):
        """Start the app again once the old one's connections are gone."""
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
        """Return a reason why the app may not have responded, if its connections show one."""
        connections = self.between.database.connections()
        idle = sum(str(each["state"]).startswith("idle in transaction") for each in connections)
        if idle < 2:
            return ""
        return (
            f". A session is never closed: {len(connections)} connections are open, {idle} of them idle in a transaction,"
            " and a request that finds none free has to wait"
        )


@pytest.fixture(scope="session")
def between(app, database):
    """What happens to the app between two checks."""
    return Between(app, database)


@pytest.fixture
def client(client, between, run, task_number):
    """A client for the running app."""
    last = [*run.results.values()][-1:]
    between.settle(failed=any(str(result.answer).startswith("500") for result in last), bearable=FEW)
    return HubClient(client, task_number, between)


@pytest.fixture
def trouble(client, database, between):
    """The database; any triggers that a check adds to its tables are removed afterwards."""
    yield database
    # An open transaction of the app would block the removal.
    between.settle(failed=between.leaks)
    database.calm()
