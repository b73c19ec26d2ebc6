"""A student's app as a process: started, crashed, ended with everything that it started."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import Mock

import psutil
import pytest
from classroom.apps.app import App, NotStarted
from classroom.apps.client import Client
from classroom.apps.environment import Environment
from classroom.apps.exchange import Exchange, NoAnswer
from classroom.apps.fork import ForkLauncher
from classroom.apps.open import FORKS
from classroom.apps.program import BackgroundProgram, Command, Done
from classroom.apps.spawn import SpawnLauncher
from classroom.apps.terminable import TerminableApp
from classroom.checks.concurrency import BackgroundCall, wait_until
from classroom.core.errors import CouldNotCheck
from classroom.core.processes import end_tree, peer_closed

FINE = "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\ndef root():\n    return {'pid': __import__('os').getpid()}\n"


@pytest.fixture(scope="module", params=[ForkLauncher, SpawnLauncher], ids=["forked", "single"])
def starter(request):
    """A launcher: with fork, and the one of systems without it."""
    launcher = request.param(["fastapi"])
    yield launcher
    launcher.close()


@pytest.fixture
def make(starter, tmp_path):
    """Makes an app of this source."""
    apps = []

    def of(source, kind=App, **more):
        folder = tmp_path / f"sub mission {len(apps)} é"
        (folder / "app").mkdir(parents=True)
        (folder / "app/main.py").write_text(source, encoding="utf-8")
        apps.append(kind(folder, starter, **{"start_s": 120, "seconds": 60, **more}))
        return apps[-1]

    yield of
    for app in apps:
        app.close()


def gone(pid):
    """Wait until a process has ended."""
    until = time.monotonic() + 120
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until, f"process {pid} is still there"
        os.sched_yield()
    return True


def test_app_responds_after_start(make):
    """An app that is started is ready for its first request."""
    app = make(FINE)

    app.start()

    assert Client(app).get("/").status == 200


def test_restart_is_another_process(make):
    """A restart ends the old process and starts another."""
    app = make(FINE)
    app.start()
    first = Client(app).get("/").json["pid"]

    app.restart()

    assert Client(app).get("/").json["pid"] != first
    assert gone(first)


TEMPORARY = """
import tempfile
from fastapi import FastAPI

folder = tempfile.mkdtemp()
app = FastAPI()

@app.get("/")
def where():
    return folder
"""


def test_temporary_files_of_a_killed_app_are_removed(make):
    """What an app has put into its folder for temporary files is removed each time that it is killed."""
    app = make(TEMPORARY)
    places = []

    for _ in range(2):
        app.start()
        places.append(Path(Client(app).get("/").json))
        assert places[-1].is_dir()
        app.stop()

    assert [place for place in places if place.exists()] == []


def test_lost_request_counts_against_the_start_that_it_was_sent_to(make):
    """A request that fails because its app was killed does not count against the next start."""
    app = make(FINE)
    app.start()
    before, after = Exchange("GET", "/"), Exchange("GET", "/")
    app.note(before)
    app.restart()
    app.note(after)

    app.lost(before)

    assert app.healthy
    app.lost(after)
    assert not app.healthy


def test_stopped_app_gives_no_answer(make):
    """A stopped app refuses connections at once."""
    app = make(FINE)
    app.start()
    app.stop()

    with pytest.raises(NoAnswer, match="connection was lost"):
        Client(app).get("/")


OPEN = """
import os, socket
from fastapi import FastAPI

app = FastAPI()

@app.get("/")
def connections():
    ports, found = set(), []
    for number in os.listdir("/proc/self/fd"):
        try:
            one = socket.socket(fileno=os.dup(int(number)))
        except OSError:
            continue
        with one:
            if (one.family, one.type) != (socket.AF_INET, socket.SOCK_STREAM):
                continue
            if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                ports.add(one.getsockname())
            else:
                found.append((one.getsockname(), one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
    return [delays_nothing for name, delays_nothing in found if name in ports]
"""


@pytest.mark.skipif(
    sys.platform != "linux", reason="an app sees its own connections through /proc, which only Linux has"
)
def test_response_does_not_wait_until_its_head_is_acknowledged(make):
    """On a connection to an app's port, nothing is held back until the client acknowledges what was sent before."""
    app = make(OPEN, loopback=True)
    app.start()

    found = Client(app).get("/").json

    assert found
    assert all(found)


BROKEN = {
    "syntax": ("app = FastAPI(\n", r"SyntaxError"),
    "no package": (
        "import numpy_of_nowhere\n",
        r'File "app/main.py", line 1, in <module>\n    import numpy_of_nowhere\nModuleNotFoundError',
    ),
    "no app": ("x = 1\n", r"app/main.py has no `app`"),
    "exit": ("import sys\nsys.exit(0)\n", r"The program exited while it was starting \(exit status 0\)"),
    "hard exit": ("import os\nos._exit(0)\n", r"It exited during startup"),
    "error": (
        "def f():\n    return {}['key']\nf()\n",
        r'line 3, in <module>\n    f\(\)\n  File "app/main.py", line 2, in f',
    ),
    "startup": (
        (
            "from contextlib import asynccontextmanager\nfrom fastapi import FastAPI\n@asynccontextmanager\nasync def life(app):\n"
            "    raise RuntimeError('no luck')\n    yield\napp = FastAPI(lifespan=life)\n"
        ),
        r'File "app/main.py", line 5, in life\n.*\nRuntimeError: no luck',
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_app_that_does_not_start_says_why(make, name):
    """The reason is the student's own lines and the error, and nothing of the libraries."""
    source, told = BROKEN[name]
    app = make(source)

    with pytest.raises(NotStarted, match=told) as caught:
        app.start()

    assert "importlib" not in str(caught.value)
    assert "site-packages" not in str(caught.value)


FULL = """
import json, socket, sys
control = socket.socket(fileno=int(sys.argv[1]))
while order := control.recv(1 << 20):
    trouble = {"trouble": "BlockingIOError: no process is free"} if "request" in json.loads(order) else {}
    control.sendall(json.dumps({"done": json.loads(order)["token"], **trouble}).encode() + b"\\n")
"""


@pytest.mark.skipif(not FORKS, reason="without fork no process starts apps")
def test_app_that_cannot_be_forked_has_not_failed(tmp_path, monkeypatch):
    """If the system has no free process, the result is "could not check", not an app that fails to start."""
    (tmp_path / "full.py").write_text(FULL)
    monkeypatch.setattr("classroom.apps.fork.FORK_SERVER", tmp_path / "full.py")
    launcher = ForkLauncher([])
    app = App(tmp_path, launcher)
    try:
        with pytest.raises(
            CouldNotCheck, match=r"which is not the app's fault \(BlockingIOError: no process is free\)"
        ):
            app.start()
    finally:
        app.close()
        launcher.close()


@pytest.mark.skipif(not FORKS, reason="without fork no process starts apps")
def test_fork_server_that_cannot_be_started_leaves_no_socket(monkeypatch):
    """If the system has no free process for the fork server itself, both ends of its socket are closed."""
    ends = socket.socketpair()
    monkeypatch.setattr(socket, "socketpair", lambda *_: ends)
    monkeypatch.setattr(subprocess, "Popen", Mock(side_effect=BlockingIOError))

    with pytest.raises(BlockingIOError):
        ForkLauncher([])

    assert [end.fileno() for end in ends] == [-1, -1]


def test_endless_import_is_given_up(make):
    """An app that never finishes importing is ended at its time limit."""
    # Seconds enough for a new interpreter on a busy machine to reach the second line.
    app = make("import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(1000)\n", start_s=6)

    with pytest.raises(NotStarted, match=r"not ready within \d+ s") as caught:
        app.start()

    assert gone(int(str(caught.value).split()[-1]))


def test_children_end_with_the_app(make):
    """What the app started ends with it, even in a session of its own."""
    app = make(
        FINE
        + "import subprocess, sys\n"
        + "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'], start_new_session=True)\n"
        + "@app.get('/child')\ndef child_pid():\n    return child.pid\n"
    )
    app.start()
    child = Client(app).get("/child").json

    app.stop()

    assert gone(child)


def test_flood_of_output_is_drained_and_only_its_end_kept(make):
    """An app that prints fifty megabytes is not held up, and does not fill the memory."""
    app = make(
        FINE + "@app.get('/flood')\ndef flood():\n    print('x' * 50_000_000)\n    print('the end')\n    return 1\n",
        seconds=120,
    )
    app.start()

    assert Client(app).get("/flood").status == 200
    assert app.output.since(0).endswith("the end\n")
    assert len(app.output.since(0)) <= 64_000


PRINTS = """
@app.get("/lines")
def lines():
    import sys
    for _ in range(2500):
        print("o" * 79)
        print("e" * 79, file=sys.stderr)

@app.get("/whole")
def whole():
    import os, sys
    sys.stdout.write("o" * 200_000)
    sys.stderr.write("e" * 200_000)
    print("the end")
    return [os.get_blocking(stream.fileno()) for stream in (sys.stdout, sys.stderr)]
"""


def test_app_prints_as_much_as_it_likes(make):
    """An app that prints 400 kB for one request returns 200, and the end of it is kept."""
    app = make(FINE + PRINTS, seconds=60)
    app.start()

    lines, whole = Client(app).get("/lines"), Client(app).get("/whole")

    assert (lines.status, whole.status) == (200, 200), app.output.since(0)[-2000:]
    assert whole.json == [True, True]
    assert app.output.since(0).endswith("the end\n")


def test_error_is_printed_with_the_students_own_lines(make):
    """A handler's traceback is printed before the response arrives."""
    app = make(FINE + "@app.get('/boom')\ndef boom():\n    return 1 / 0\n")
    app.start()

    answer = Client(app).get("/boom")

    assert answer.status == 500
    assert app.output.since(0) == (
        'Traceback (your own lines):\n  File "app/main.py", line 8, in boom\n    return 1 / 0\n'
        "ZeroDivisionError: division by zero\n"
    )


def test_given_file_replaces_the_submissions_own(make):
    """A module that the course provides is imported instead of the one in the submission."""
    app = make(
        "from fastapi import FastAPI\nfrom app.data import WORD\napp = FastAPI()\n@app.get('/')\ndef root():\n    return WORD\n"
    )
    Path(app.folder, "app/data.py").write_text("WORD = 'mine'\n")

    app.start(given={"app/data.py": "WORD = 'the course'\n"})

    assert Client(app).get("/").json == "the course"
    assert Path(app.folder, "app/data.py").read_text() == "WORD = 'mine'\n"


def test_module_of_the_same_name_as_the_kits_is_the_submissions(make):
    """An app imports its own `messages` and `kernel`, not the modules of the process that starts it."""
    app = make(
        "from fastapi import FastAPI\nimport kernel, messages\napp = FastAPI()\n"
        "@app.get('/')\ndef root():\n    return [kernel.OWN, messages.OWN]\n"
    )
    for name in ("kernel", "messages"):
        Path(app.folder, f"{name}.py").write_text("OWN = True\n")

    app.start()

    assert Client(app).get("/").json == [True, True]


def test_environment_is_scrubbed_of_what_leads_python_astray(make, monkeypatch):
    """The app does not inherit PYTHONPATH and similar variables, but receives what the course sets."""
    monkeypatch.setenv("PYTHONSTARTUP", "/nowhere")
    app = make(
        "import os\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\ndef root():\n    return dict(os.environ)\n",
        environment=Environment(services={"DATABASE_URL": "postgresql://x"}),
    )

    app.start()

    seen = Client(app).get("/").json
    assert seen["DATABASE_URL"] == "postgresql://x"
    assert "PYTHONSTARTUP" not in seen


def test_crash_is_noticed(make):
    """An app whose process has ended is not alive, before any request shows it."""
    app = make(
        FINE
        + "import os, threading\n@app.get('/die')\ndef die():\n    threading.Timer(0.05, lambda: os._exit(1)).start()\n    return 1\n"
    )
    app.start()
    pid = Client(app).get("/").json["pid"]

    Client(app).get("/die")

    until = time.monotonic() + 120
    while app.alive():
        assert time.monotonic() < until, f"process {pid} has ended, and counts as alive"
        os.sched_yield()
    assert gone(pid)


@pytest.mark.skipif(not FORKS, reason="no process can be forked here, and no such connection exists")
def test_connection_can_be_polled_while_another_thread_reads_it():
    """A peer that has sent something is not closed, even if another thread reads it at the same moment."""

    class Shared(socket.socket):
        def recv(self, *words):
            super().recv(1)  # the other thread was quicker
            return super().recv(*words)

    ends = socket.socketpair()
    with Shared(fileno=ends[0].detach()) as here, ends[1] as there:
        here.settimeout(0.1)
        there.sendall(b"!")

        assert not peer_closed(here)
        there.close()
        assert peer_closed(here)


def test_pid_that_was_used_again_is_left_alone():
    """Ending a process that has ended does not end another one that has its pid now."""
    parent = "import subprocess, sys\nsys.exit(subprocess.call([sys.executable, '-c', 'input()']))\n"
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with subprocess.Popen([sys.executable, "-c", parent], stdin=subprocess.PIPE) as other:
        until = time.monotonic() + 120
        while not psutil.Process(other.pid).children():
            assert time.monotonic() < until, "the other process has begun nothing"
            os.sched_yield() if hasattr(os, "sched_yield") else time.sleep(0.01)
        ended.pid = other.pid

        end_tree(ended)

        other.communicate(b"\n")
        assert other.returncode == 0


def test_interpreter_that_has_ended_is_not_waited_for(tmp_path):
    """If the interpreter for the app has exited, the start fails at once, without blaming an import."""
    launcher = SpawnLauncher(["fastapi"])
    (tmp_path / "app").mkdir()
    (tmp_path / "app/main.py").write_text(FINE, encoding="utf-8")
    app = App(tmp_path, launcher, start_s=3600)
    launcher.spare.process.kill()
    launcher.spare.process.wait()

    with pytest.raises(NotStarted) as told:
        app.start()

    app.close()
    launcher.close()
    assert "not ready" not in str(told.value)


def test_worker_of_a_system_without_fork_runs(tmp_path):
    """A background program starts at once and runs, even with an interpreter of its own."""
    launcher = SpawnLauncher([])
    (tmp_path / "app").mkdir()
    (tmp_path / "app/work.py").write_text(
        "print('at work', flush=True)\nimport time\ntime.sleep(600)\n", encoding="utf-8"
    )
    worker = BackgroundProgram(tmp_path, launcher, start_s=3600)

    worker.begin("app.work")
    until = time.monotonic() + 120
    while "at work" not in worker.output.since(0) and worker.running and time.monotonic() < until:
        pass

    assert worker.running
    assert "at work" in worker.output.since(0)
    worker.close()
    launcher.close()


SLOW = """
import threading
from contextlib import asynccontextmanager
from pathlib import Path
from fastapi import FastAPI

@asynccontextmanager
async def lifespan(app):
    yield
    print("closed", flush=True)

app = FastAPI(lifespan=lifespan)

@app.get("/")
def root():
    Path("under-way").touch()
    while not Path("go-on").exists():
        threading.Event().wait(0.01)
    return {"done": True}
"""


def test_terminated_app_finishes_what_is_under_way(make):
    """After SIGTERM, a request that is under way gets its response, then the app shuts down and its exit status is 0."""
    app = make(SLOW, kind=TerminableApp)
    app.start()
    call = BackgroundCall(lambda: Client(app).get("/"))
    assert wait_until((app.folder / "under-way").exists, 120)

    app.terminate()
    (app.folder / "go-on").touch()

    assert call.result().json == {"done": True}
    assert app.ended(120)["exit"] == 0
    assert not app.alive()
    assert "closed" in app.output.since(0)


WITH_HANDLER = """
import os, signal
from contextlib import asynccontextmanager
from fastapi import FastAPI

@asynccontextmanager
async def lifespan(app):
    signal.signal(signal.SIGTERM, lambda *_: HANDLER)
    yield

app = FastAPI(lifespan=lifespan)
"""


def test_app_that_ignores_the_signal_is_still_running(make):
    """An app whose handler does nothing has not ended in time, and can be killed."""
    app = make(WITH_HANDLER.replace("HANDLER", "None"), kind=TerminableApp)
    app.start()

    app.terminate()

    with pytest.raises(TimeoutError):
        app.ended(0.5)
    assert app.alive()
    app.stop()
    assert not app.alive()


def test_app_that_exits_at_once_reports_nothing(make):
    """An app whose handler ends the process has no exit status, because nothing was shut down."""
    app = make(WITH_HANDLER.replace("HANDLER", "os._exit(0)"), kind=TerminableApp)
    app.start()

    app.terminate()

    assert app.ended(120) == {}


def test_program_that_exits_with_a_sentence_prints_it(starter, tmp_path):
    """`raise SystemExit("...")` in a program prints the sentence, and its exit status is 1."""
    (tmp_path / "tell.py").write_text("raise SystemExit('DATABASE_URL is missing')\n")
    command = Command(tmp_path, starter, start_s=120)

    assert command.run("tell") == Done(1, "DATABASE_URL is missing\n")
    command.close()
