"""The client that the checks use, and what happens to an app that leaves sessions open between two checks."""

import pytest
from classroom import NoAnswer, TaskClient, at_rest, expect, open_transactions

ROWS_ONLY = 5  # from this task on, no check needs the files of an app that was running before
FEW = 4  # with this many in a transaction, even a pool of five has room for one more request


class Sessions:
    """Watches the app's connections, and restarts an app that leaves transactions open.

    Attributes:
        leaks: the app has left transactions open before, so nobody waits for it again.
    """

    def __init__(self, app, database):
        self.app = app
        self.database = database
        self.leaks = False

    def settle(self):
        """Restart the app if the last check left a transaction open."""
        left = open_transactions(at_rest(self.database, 0) if self.leaks else at_rest(self.database))
        if left:
            self.leaks = True
            self.restart()

    def make_room(self):
        """Restart an app that leaves transactions open before it runs out of connections."""
        if self.leaks and len(open_transactions(self.database.connections())) >= FEW:
            self.restart()

    def restart(self):
        """Start the app again once the old one's connections are gone."""
        self.app.stop()
        self.database.disconnect()
        self.app.start()

    def all_closed(self, after):
        """Expect that none of the idle app's connections is in a transaction."""
        connections = at_rest(self.database)
        left = len(open_transactions(connections))
        sentence = f"A session is never closed: {left} of {len(connections)} connections are still in a transaction"
        expect.that(not left, f"{sentence} after {after}. Does get_session close its session after each request?")


class FeedClient(TaskClient):
    """The kit's client, for an app that may leave sessions open."""

    def __init__(self, client, task, sessions):
        super().__init__(client, task)
        self.sessions = sessions

    def request(self, method, path, **more):
        """Send a request; if there is no response, say whether sessions that were never closed are the cause."""
        if self.task >= ROWS_ONLY:
            self.sessions.make_room()
        try:
            return super().request(method, path, **more)
        except NoAnswer as error:
            left = len(open_transactions(self.sessions.database.connections()))
            cause = f". A session is never closed: {left} connections are still in a transaction" if left > 1 else ""
            raise NoAnswer(f"{error}{cause}", error.exchange) from None


@pytest.fixture(scope="session")
def sessions(app, database):
    """Watches the app's connections."""
    return Sessions(app, database)


@pytest.fixture
def client(client, sessions, task_number):
    """A client for the running app."""
    sessions.settle()
    return FeedClient(client, task_number, sessions)
