"""Git to and from repositories on GitHub, with the token in the environment and nowhere else."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.git import git
from classroom.core.submission import student_name

if TYPE_CHECKING:
    from classroom.core.git import Argument

TOKEN = "CLASSROOM_TOKEN"  # noqa: S105 - the variable's name
ADDRESS = "ADDRESS"
ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "https:file"}
# Git asks this program for the password. The token is in the environment only, never in an address or a file.
CREDENTIAL_HELPER = f'!f() {{ echo username=x-access-token; echo "password=${TOKEN}"; }}; f'


@dataclass(frozen=True)
class RepoName:
    """The owner and the name of a repository."""

    owner: str
    name: str

    def student(self, slug: str) -> str:
        """Return the student's username, which follows the slug in the repository name."""
        return student_name(self.name, slug)

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"


def github_git(repository: RepoName, *argv: Argument) -> str:
    """Run git with the token, if there is one, and return its output; `ADDRESS` stands for that of the repository.

    Raises:
        ClassroomError: git failed; the message holds git's own reason.
    """
    server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
    helpers = ("", CREDENTIAL_HELPER) if os.environ.get(TOKEN) else ()  # the empty one removes those of the account
    settings = [word for helper in helpers for word in ("-c", f"credential.helper={helper}")]
    words = [f"{server}/{repository}.git" if word == ADDRESS else word for word in argv]
    return git(*settings, *words, env=ENVIRONMENT, network=True)
