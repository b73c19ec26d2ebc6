"""The handler for SIGTERM as the code has it: why an app with this handler does not drain."""

import ast
from pathlib import Path

import pytest

INSTALLS = ("signal", "add_signal_handler")
LATER = ("call_later", "call_at", "call_soon_threadsafe")


class Handler:
    """The lines of the app's files that have to do with its handler.

    Args:
        texts: the app's files, by path.
    """

    def __init__(self, texts):
        self.trees = {path: tree for path, text in texts.items() if (tree := _parsed(text))}

    def why_at_once(self):
        """Return why the app shuts down as soon as SIGTERM arrives, with file and line, or an empty string."""
        installs = [(path, call) for path in self.trees for call in self._calls(path, *INSTALLS) if len(call.args) > 1]
        if not installs:
            return self._no_handler()
        signals = {_name(call.args[0]) for _, call in installs}
        path, call = installs[0]
        if signals == {"SIGINT"}:
            return f"{path}, line {call.lineno}: this handler is for SIGINT, which is Ctrl+C. Docker sends SIGTERM.\n"
        if call not in self._inside_functions(path):
            return (
                f"{path}, line {call.lineno}: this installs the handler while the file is imported, and uvicorn "
                "installs its own afterwards. Do it in lifespan, above yield.\n"
            )
        if call.lineno > self._yield(path):
            return f"{path}, line {call.lineno}: below yield, the app is already shutting down. Install the handler above it.\n"
        return self._called_at_once()

    def why_no_response(self):
        """Return the line that keeps the handler from finishing, with its file, or an empty string."""
        for path in self.trees:
            for call in self._calls(path, "sleep"):
                return f"{path}, line {call.lineno}: while the handler sleeps, the app cannot answer: use call_later.\n"
        return ""

    def _no_handler(self):
        for path in self.trees:
            for call in self._calls(path, "set"):
                if call.lineno > self._yield(path):
                    return (
                        f"{path}, line {call.lineno}: below yield, the app is already shutting down. "
                        "Set `stopping` in a handler for SIGTERM.\n"
                    )
        return "app/main.py: no line installs a handler for SIGTERM with signal.signal(signal.SIGTERM, ...).\n"

    def _called_at_once(self):
        """Return the line that calls uvicorn's handler where call_later needs the function itself."""
        for path in self.trees:
            for later in self._calls(path, *LATER):
                for call in later.args:
                    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id != "partial":
                        name = call.func.id
                        return (
                            f"{path}, line {call.lineno}: {name}(...) is called right here, not later. Pass {name} "
                            f"and its arguments one by one: {name}, number, frame.\n"
                        )
        return ""

    def _calls(self, path, *names):
        """Return the calls to functions with these names, in the order of their lines."""
        calls = [
            node for node in ast.walk(self.trees[path]) if isinstance(node, ast.Call) and _name(node.func) in names
        ]
        return sorted(calls, key=lambda call: call.lineno)

    def _inside_functions(self, path):
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        return {inner for node in ast.walk(self.trees[path]) if isinstance(node, functions) for inner in ast.walk(node)}

    def _yield(self, path):
        """Return the last line with a yield, or a line number beyond the end of any file if there is none."""
        lines = [node.lineno for node in ast.walk(self.trees[path]) if isinstance(node, ast.Yield)]
        return max(lines, default=1_000_000)


def _name(node):
    """Return the last part of a dotted name."""
    return getattr(node, "attr", None) or getattr(node, "id", None)


def _parsed(text):
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@pytest.fixture
def handler(submission):
    """The app's handler for SIGTERM."""
    folder = Path(submission.folder)
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.glob("app/**/*.py") if path.is_file())
    return Handler({path: submission.read(path) for path in paths[:50]})
