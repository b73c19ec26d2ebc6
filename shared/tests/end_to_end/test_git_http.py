"""Git over HTTP: cloned, fetched and pushed as over ssh, by those alone who may, and by nothing but git."""

import asyncio
import os
import re
import socket
import threading

import httpx
import pytest
import uvicorn
from classroom.core.load import under_load
from classroom.instructor.classrooms import git_http
from classroom.instructor.classrooms.classroom import Classroom
from classroom.instructor.classrooms.git_http import GitHttp
from classroom.instructor.classrooms.git_process import GitProcess

MEGABYTES = 3  # more than git sends with a length, and so in chunks


class Site:
    """A server with git alone, where everybody's password is `secret`, and each has the repository of that name."""

    def __init__(self, place):
        self.git = GitHttp(Classroom(place), self.authorize, "https://class.test")
        self.leaves = False
        config = uvicorn.Config(self, port=0, log_config=None, lifespan="off", loop="asyncio")
        self.server = uvicorn.Server(config)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self.server.run, args=([self.socket],))
        self.thread.start()

    async def __call__(self, scope, receive, send):
        """Answer; where the client `leaves`, the app hears so after the last byte."""
        ended = False

        async def received():
            nonlocal ended
            if ended and self.leaves:
                return {"type": "http.disconnect"}
            message = await receive()
            ended = not message.get("more_body")
            return message

        await self.git(scope, received, send)

    @staticmethod
    async def authorize(user, password, repository, writes):
        """Let people have their own, and `guest` read all."""
        allowed = repository == f"week1-tiny/week1-tiny-{user}" or (user == "guest" and not writes)
        return user if password == "secret" and allowed else None

    def url(self, user, name=None, password="secret"):
        """The address to clone."""
        return f"http://{user}:{password}@{self.address}/week1-tiny/week1-tiny-{name or user}.git"

    def end(self):
        """Stop the server."""
        self.server.should_exit = True
        self.thread.join()


@pytest.fixture(scope="module")
def room(new_room, tmp_path_factory):
    """A classroom that nobody serves."""
    room = new_room(tmp_path_factory.mktemp("http"), "ada", "bob", "cleo", "dan")
    room.patience.write_text("0\n")
    return room


@pytest.fixture(scope="module")
def site(room):
    """The classroom's repositories over HTTP."""
    site = Site(room.place)
    yield site
    site.end()


@pytest.fixture
def clone(room, site, tmp_path):
    """Clones somebody's repository over HTTP."""

    def cloned(name):
        room.git(tmp_path, "clone", "--quiet", site.url(name), tmp_path / name)
        return tmp_path / name

    return cloned


def push(room, clone, **more):
    """Push, and return what git says."""
    return room.git(clone, "push", "origin", "HEAD:main", **more)


def test_push_is_recorded_and_answered(room, clone):
    """A push over HTTP runs the same hooks as one over ssh, and shows their reply, with the page for the scorecard."""
    ada = clone("ada")
    room.git(ada, "commit", "--quiet", "--allow-empty", "--message", "Work")

    told = push(room, ada)

    assert "remote: Received. Your push is number 1 of 1 in the queue." in told
    assert re.search(r"the scorecard will be at https://class\.test/weeks/[\w-]+/", told)
    assert room.git(ada, "rev-parse", "HEAD") in (room.repository("ada") / "classroom-received").read_text()


def test_large_push_arrives_whole(room, clone):
    """A push that git sends in chunks loses none of them."""
    bob = clone("bob")
    (bob / "large.bin").write_bytes(os.urandom(MEGABYTES << 20))
    room.git(bob, "add", "large.bin")
    room.git(bob, "commit", "--quiet", "--message", "Large")
    push(room, bob)

    assert int(room.git(room.repository("bob"), "cat-file", "-s", "main:large.bin")) == MEGABYTES << 20


def test_push_is_recorded_although_the_client_leaves(room, site, clone):
    """A push that has arrived is recorded, whoever still waits for the reply."""
    cleo = clone("cleo")
    room.git(cleo, "commit", "--quiet", "--allow-empty", "--message", "Work")
    site.leaves = True
    try:
        push(room, cleo)
    finally:
        site.leaves = False

    assert room.git(cleo, "rev-parse", "HEAD") in (room.repository("cleo") / "classroom-received").read_text()


def test_half_a_push_changes_nothing(room, site):
    """A client that leaves in the middle of a push ends git, and leaves the repository as it was."""
    before = room.git(room.repository("dan"), "rev-parse", "main")
    half = f"00a6{before} {'1' * 40} refs/heads/main\0 report-status".encode()
    messages = iter([{"type": "http.request", "body": half, "more_body": True}, {"type": "http.disconnect"}])
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/week1-tiny/week1-tiny-dan.git/git-receive-pack",
        "query_string": b"",
        "headers": [
            (b"authorization", b"Basic ZGFuOnNlY3JldA=="),
            (b"content-type", b"application/x-git-receive-pack-request"),
        ],
    }

    async def receive():
        return next(messages)

    async def send(message):
        pass

    asyncio.run(asyncio.wait_for(site.git(scope, receive, send), 240))

    assert room.git(room.repository("dan"), "rev-parse", "main") == before


def test_git_that_has_ended_answers_all_the_same():
    """Git may answer and end before it is sent the body, which is empty for a clone: that cuts no answer off."""
    uvloop = pytest.importorskip("uvloop", reason="uvloop, on which the site runs where there is one, is not installed")
    messages = iter([{"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}])

    async def receive():
        return next(messages)

    async def run():
        process = await GitProcess.start(["git", "version"], os.environ)
        async with asyncio.timeout(under_load(30)):
            assert (await process.stdout.read()).startswith(b"git version")
            await git_http._feed(process, receive)
            await process.end()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())

    assert next(messages, None) is None


@pytest.mark.parametrize(("user", "password"), [("ada", "wrong"), ("nobody", "secret"), ("ada", "")])
def test_who_may_not_is_refused_with_a_sentence(room, site, tmp_path, user, password):
    """A wrong name or password opens nothing, and says what to do."""
    told = room.git(tmp_path, "clone", site.url(user, "ada", password), tmp_path / "x", check=False)

    assert "Copy the whole clone line from your page again." in told
    assert not (tmp_path / "x").exists()


def test_reader_cannot_push(room, site, clone):
    """Somebody who may only read is refused a push before anything is sent."""
    dan = clone("dan")
    room.git(dan, "remote", "set-url", "origin", site.url("guest", "dan"))
    room.git(dan, "fetch", "--quiet", "origin")
    room.git(dan, "commit", "--quiet", "--allow-empty", "--message", "Work")

    assert "Copy the whole clone line" in push(room, dan, check=False)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("week1-tiny-ada.git/info/refs", 404),
        ("week1-tiny-ada.git/info/refs?service=git-upload-archive", 404),
        ("week1-tiny-ada.git/HEAD", 404),
        ("week1-tiny-ada.git/config", 404),
        ("week1-tiny-ada.git/classroom-received", 404),
        ("week1-tiny-ada.git/%2e%2e/week1-tiny-bob.git/info/refs?service=git-upload-pack", 404),
        ("../.classroom/weeks/week1-tiny/.git/info/refs?service=git-upload-pack", 404),
        ("week1-tiny-ada.git/info/refs?service=git-upload-pack", 200),
    ],
)
def test_nothing_but_gits_own_addresses_is_served(site, path, status):
    """Only what git asks for is answered: no file of a repository, and nothing outside of it."""
    response = httpx.get(f"http://{site.address}/week1-tiny/{path}", auth=("ada", "secret"))

    assert response.status_code == status


@pytest.mark.parametrize("header", ["", "Basic", "Basic !!!", "Basic /////w==", "Bearer abc", "Basic OnNlY3JldA=="])
def test_header_that_names_nobody_is_asked_again(site, header):
    """Without a name and a password that can be read, git is asked for them."""
    address = f"http://{site.address}/week1-tiny/week1-tiny-ada.git/info/refs?service=git-upload-pack"
    response = httpx.get(address, headers={"Authorization": header})

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Basic ")
