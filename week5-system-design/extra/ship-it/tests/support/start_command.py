"""The command with which a container starts the app: ENTRYPOINT with CMD."""

import posixpath
import re
import shlex

from classroom import expect

SHELLS = {"sh", "bash", "dash", "ash"}
PORT = "8000"
SHELL_FORM = "in this form Docker starts a shell, which does not pass SIGTERM on to the app"
NO_JSON = "a list in JSON has double quotes and no comma at its end; as it is, Docker passes it to a shell"


class StartCommand:
    """The command of an image, which is a list."""

    def __init__(self, image):
        entry, command = image.last("ENTRYPOINT"), image.last("CMD")
        expect.that(entry or command, "Dockerfile: there is no CMD, so the image does not know how to start the app.")
        for found in filter(None, (entry, command)):
            why = NO_JSON if found.text.startswith("[") else SHELL_FORM
            expect.that(
                found.listed is not None, f'{found.where}: {why}. Write it as a list: {found.name} ["uvicorn", ...].'
            )
        self.image = image
        self.where = (command or entry).where
        words = [*(entry.listed if entry else []), *(command.listed if command else [])]
        self.words = _without_python(self._without_shell(words))

    def _without_shell(self, words):
        """Return the command that a shell is asked to run, if that command replaces the shell."""
        if len(words) < 3 or posixpath.basename(words[0]) not in SHELLS or not words[1].endswith("c"):
            return words
        inner = split(words[2])
        expect.that(
            inner[:1] == ["exec"],
            f"{self.where}: the shell does not pass SIGTERM on to the app: name uvicorn itself, without {words[0]}.",
        )
        return inner[1:]

    def starts_app(self):
        """Expect that it starts uvicorn with the app, reachable from outside, on port 8000, without reload."""
        name = posixpath.basename(self.words[0]) if self.words else ""
        expect.that(name == "uvicorn", f"{self.where}: the command starts {name or 'nothing'!r}, expected uvicorn.")
        expect.that("app.main:app" in self.words, f"{self.where}: the command does not name app.main:app.")
        expect.that(
            "--reload" not in self.words,
            f"{self.where}: --reload is for your own computer: it watches files that never change here.",
        )
        host = self.option("--host") or "127.0.0.1"
        expect.that(
            host in ("0.0.0.0", "::"),
            f"{self.where}: uvicorn listens on {host}, which nothing outside the container can reach: --host 0.0.0.0.",
        )
        port = self.image.filled(self.option("--port") or PORT)
        expect.that(port == PORT, f"{self.where}: uvicorn listens on port {port}, expected {PORT}.")

    def option(self, name):
        """Return the value of an option, or None."""
        for number, word in enumerate(self.words):
            if word == name and number + 1 < len(self.words):
                return self.words[number + 1]
            if word.startswith(f"{name}="):
                return word.removeprefix(f"{name}=")
        return None


def _without_python(words):
    """Return a command without `python -m`."""
    if words and re.fullmatch(r"python(3(\.\d+)?)?", posixpath.basename(words[0])) and "-m" in words[:3]:
        return words[words.index("-m") + 1 :]
    return words


def only_prints(words):
    """Return whether a command only prints its words: echo, or Python without an import."""
    if len(words) > 2 and words[1] == "-c":
        code = words[2]
        return "import" not in code if "python" in words[0] else only_prints(split(code))
    asks = {"curl", "wget", "nc", "pg_isready", "psql", "python", "python3"} & set(words[2:])
    return words[:1] in (["echo"], ["printf"], ["true"], [":"]) and not ({"|", "&&", ";"} & set(words) and asks)


def split(text):
    """Return the words in a string, even if a quotation mark is not closed."""
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()
