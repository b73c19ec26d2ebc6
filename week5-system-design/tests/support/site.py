"""The video site that is checked, and the shape of a video in a response."""

import uuid
from datetime import datetime

import pytest
from classroom import expect, matching, one_of

from .accounts import Accounts
from .copies import Copies
from .data import Data
from .lists import Lists
from .transcoding import Transcoding
from .uploads import Uploads

a_uuid = matching(lambda found: isinstance(found, str) and uuid.UUID(found), "a UUID")
a_moment = matching(
    lambda found: datetime.fromisoformat(found).tzinfo is not None, "a time with a zone, such as 2026-01-31T12:00:00Z"
)


def same_id(video_id):
    """Return a matcher for the same UUID, in any notation."""
    return matching(lambda found: uuid.UUID(found) == uuid.UUID(video_id), f"the id {video_id}")


def same_moment(text):
    """Return a matcher for the same point in time, in any notation."""
    return matching(lambda found: datetime.fromisoformat(found) == datetime.fromisoformat(text), f"the time {text}")


def moment(text):
    """Parse a created_at."""
    found = datetime.fromisoformat(text)
    expect.that(found.tzinfo is not None, f"created_at is {text!r}, which has no time zone.")
    return found


class Site(Accounts, Uploads, Lists, Data, Copies, Transcoding):
    """The video site: its two instances, its services and two people with accounts."""


@pytest.fixture
def site(system, draw, task_number):
    """The site, with both instances running."""
    return Site(system, draw, task_number)


@pytest.fixture
def empty_site(blank_system, draw, task_number):
    """The site on an empty database, with neither instance started."""
    return Site(blank_system, draw, task_number)


@pytest.fixture
def busy_site(blank_system, draw, task_number):
    """The running site with its own database, so that workers find only this check's videos."""
    for instance in (blank_system.a, blank_system.b):
        instance.start()
    return Site(blank_system, draw, task_number)


@pytest.fixture
def shape():
    """A function that returns the expected shape of a video in a response."""

    def like(**known):
        fields = {
            "id": a_uuid,
            "owner": str,
            "title": str,
            "description": one_of(str, None),
            "status": one_of("pending", "ready"),
            "created_at": a_moment,
        }
        for name, same in (("id", same_id), ("created_at", same_moment)):
            if isinstance(known.get(name), str):
                known[name] = same(known[name])
        return fields | known

    return like


@pytest.fixture
def instant():
    """A function that parses a created_at."""
    return moment
