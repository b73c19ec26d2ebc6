"""A breakpoint in a student's handler, met while a check runs: the debug configuration, talked to as an editor does."""

import json
import socket
import subprocess
import sys
import threading
from pathlib import Path
from queue import Queue

import pytest

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 240


class Talk:
    """One connection with a debug adapter, in the Debug Adapter Protocol: requests out, answers and events in."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.number = 0
        self.events = Queue()
        self.answers = {}
        self.lock = threading.Condition()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        """Sort incoming messages until the connection ends."""
        while True:
            length = 0
            while (line := self.reader.readline().strip()) != b"":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if not length:
                return
            message = json.loads(self.reader.read(length))
            if message["type"] == "response":
                with self.lock:
                    self.answers[message["request_seq"]] = message
                    self.lock.notify_all()
            elif message["type"] == "event":
                self.events.put(message)

    def send(self, command, **arguments):
        """Send a request; return its number."""
        self.number += 1
        body = json.dumps({"seq": self.number, "type": "request", "command": command, "arguments": arguments}).encode()
        self.writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.writer.flush()
        return self.number

    def ask(self, command, **arguments):
        """Send a request, and wait for its response."""
        number = self.send(command, **arguments)
        with self.lock:
            assert self.lock.wait_for(lambda: number in self.answers, SECONDS), f"{command} is not answered"
        answer = self.answers[number]
        assert answer["success"], answer
        return answer.get("body") or {}

    def await_event(self, *names):
        """The next event of one of these names."""
        while True:
            event = self.events.get(timeout=SECONDS)
            if event["event"] in names:
                return event

    def begin(self, how, configuration, place, line):
        """Go through an editor's first steps: who it is, what to debug, where to stop."""
        self.ask("initialize", adapterID="debugpy", pathFormat="path", linesStartAt1=True)
        self.send(how, **configuration)
        self.await_event("initialized")
        self.ask("setBreakpoints", source={"path": str(place)}, breakpoints=[{"line": line}])
        self.ask("configurationDone")


def configuration(folder, name):
    """A debug configuration of a folder's launch.json, filled in as an editor would."""
    text = (folder / ".vscode/launch.json").read_text()
    found = next(one for one in json.loads(text)["configurations"] if one["name"] == name)
    found = json.loads(json.dumps(found).replace("${workspaceFolder}", str(folder)).replace("${input:task}", "2"))
    return {**found, "python": sys.executable, "console": "internalConsole"}


@pytest.mark.long
def test_a_check_stops_at_a_breakpoint_in_the_handler(kit, tmp_path):
    """With the debug configuration of a published week a check waits at a breakpoint in the handler, and its data is there."""
    pytest.importorskip("debugpy", reason="the editor brings debugpy along; this Python has none")
    course = kit.course(tmp_path)
    kit.classroom("publish", "1", "--to", tmp_path / "week", cwd=course)
    app = tmp_path / "week/app/main.py"
    app.write_text((course / "week1-tiny/grading/solution/app/main.py").read_text())
    (line,) = (number for number, text in enumerate(app.read_text().splitlines(), 1) if "2 * number" in text)
    adapter = subprocess.Popen(
        [sys.executable, "-m", "debugpy.adapter"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=kit.environment(),
    )
    try:
        editor = Talk(adapter.stdout, adapter.stdin)
        editor.begin("launch", configuration(tmp_path / "week", "Check one task"), app, line)
        stopped = None
        while stopped is None:
            child = editor.await_event("debugpyAttach", "terminated")
            assert child["event"] == "debugpyAttach", "the check ended without a stop"
            where = child["body"]["connect"]
            with socket.create_connection((where["host"], where["port"])) as connection:
                file = connection.makefile("rwb")  # it keeps the connection open
            talk = Talk(file, file)
            talk.begin("attach", child["body"], app, line)
            event = talk.await_event("stopped", "terminated", "exited")
            stopped = talk if event["event"] == "stopped" else None
        frames = stopped.ask("stackTrace", threadId=event["body"]["threadId"])["stackFrames"]
        answer = stopped.ask("evaluate", expression="number", frameId=frames[0]["id"], context="watch")
        assert frames[0]["source"]["path"] == str(app)
        assert frames[0]["line"] == line
        assert answer["result"].isdecimal()
        stopped.ask("setBreakpoints", source={"path": str(app)}, breakpoints=[])
        stopped.ask("continue", threadId=event["body"]["threadId"])
        editor.await_event("terminated")
    finally:
        adapter.kill()
        adapter.communicate()
