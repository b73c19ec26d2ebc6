"""An organization on the stand-in for GitHub, with a template for week 1 and three students."""

from dataclasses import dataclass, field

import httpx
import pytest
from classroom.instructor.github.connection import Connection
from classroom.instructor.github.organization import GitHubOrganization
from classroom.instructor.roster import Student
from github_stand_in import GitHub

WEEK = "week1-hello-api"
NAMES = ("ada", "bob", "cleo")


def student(name, **more):
    """Return a student whose account is on the roster."""
    return Student(name, identifier=name.title(), **{"account": name, **more})


@dataclass
class Course:
    """What the tests use: the stand-in, the provider, and what the kit told while it waited."""

    github: GitHub
    provider: GitHubOrganization
    told: list = field(default_factory=list)

    @property
    def template(self):
        """The repository that students start from."""
        return self.provider.repository(WEEK)


@pytest.fixture
def open_course():
    """Return a function that opens the course of a stand-in."""
    opened = []

    def open_it(stand_in):
        told = []
        # The address decides whether there is a pause between changes; the transport keeps everything in this process.
        connection = Connection(
            stand_in.token,
            tell=told.append,
            transport=httpx.MockTransport(stand_in.handle),
            clock=stand_in.clock,
            pause=stand_in.pause,
        )
        opened.append(GitHubOrganization(stand_in.organization, connection))
        return Course(stand_in, opened[-1], told)

    yield open_it
    for provider in opened:
        provider.__exit__()


@pytest.fixture
def stand_in():
    """GitHub with the organization and the accounts, and the template."""
    made = GitHub("school", *NAMES, "teacher")
    made.add(WEEK, is_template=True)
    return made


@pytest.fixture
def course(open_course, stand_in):
    """The course, opened."""
    return open_course(stand_in)
