"""The README of an extra that is handed out without the course, with its week or alone: its set-up and commands there."""

from __future__ import annotations

import re

SET_UP = """The first command with make also sets everything up in `.venv`, which takes a minute.
Without make, set it up by hand in this folder:

```
python -m venv .venv
source .venv/bin/activate
python -m pip install -r requirements.txt
```

On Windows the second line is `.venv\\Scripts\\activate`.
Activate the environment in each new terminal before you type one of the commands without make.
"""
READY = re.compile(r"^If (?:week \d+ works|you set up week \d+ with `make`), .*\n", re.MULTILINE)
ALSO = re.compile(r"^Every command that takes a week also accepts the name of this extra\.\n", re.MULTILINE)
SAME = re.compile(r"^This extra is in the same repository as week \d+: commit\b", re.MULTILINE)
BY_MAKE = re.compile(r"^If you set up week \d+ with `make`, [^;\n]*; if you did it by hand, ", re.MULTILINE)
PAGE = re.compile(r"\]\((?:\.\./){3}docs/")  # a link to a page of the course
TARGET = re.compile(r"^\.PHONY: (\w+)$", re.MULTILINE)


def with_week(text: str, name: str) -> str:
    """Return the README of an extra for the repository of its week, whose Makefile installs what an extra needs.

    Args:
        text: the README in the course.
        name: the extra's name.
    """
    installs = f"With make, the first command for this extra (`make extra NAME={name}`) installs what is missing; without make, "
    text = PAGE.sub("](../../docs/", BY_MAKE.sub(installs, text))
    return text.replace("in the course's folder", "in the week's folder")


def alone(text: str, name: str, makefile: str) -> str:
    """Return the README of an extra for a repository of its own.

    Args:
        text: the README in the course.
        name: the extra's name.
        makefile: what its own Makefile contains.
    """
    targets = set(TARGET.findall(makefile))
    text = ALSO.sub("", READY.sub(lambda _: SET_UP, text, count=1))
    text = PAGE.sub("](docs/", SAME.sub("Commit", text)).replace("with make, in the course's folder", "with make")
    text = text.replace(f"make extra NAME={name}", "make check")
    text = re.sub(
        rf"`make (\w+) WEEK={re.escape(name)}\b((?: [A-Z]+=[\w-]+)*)`", lambda made: _cell(made, targets), text
    )
    return re.sub(rf"\bmake (\w+) WEEK={re.escape(name)}\b", r"python -m classroom \1", text)


def _cell(made: re.Match[str], targets: set[str]) -> str:
    """Return a command for the extra's own Makefile; nothing if that has no such target."""
    return f"`make {made[1]}{made[2]}`" if made[1] in targets else ""
