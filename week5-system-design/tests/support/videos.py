"""The site's clients and the requests about one video."""

import uuid

from classroom import TaskClient, anything, expect, ground, one_of, todo_number
from classroom.checks.words import ANIMALS, FIRST_NAMES, MOODS, SCENES

FIELDS = ("id", "owner", "title", "description", "status", "created_at")


class SiteClient(TaskClient):
    """A client for the site or one instance: another task's TODO skips the check, and its own fails it at once."""

    name = "the site"

    def request(self, method, path, **more):
        answer = super().request(method, path, **more)
        if (number := todo_number(answer)) is not None:
            expect.that(number != self.task, f"TODO {number} is not written yet.", answer)
            expect(answer).ground(task=number)
        return answer


class Videos:
    """Videos that belong to two people with accounts, `owner` and `other`.

    `a` and `b` are clients of the two instances, `any` of the balancer in front of them.
    """

    def __init__(self, system, draw, task):
        self.system = system
        self.draw = draw
        self.task = task
        self.owner, self.other = (
            f"{name.lower()}{draw.randrange(1000, 10000)}" for name in draw.sample(FIRST_NAMES, 2)
        )
        self.wait_for_answers(None)

    def wait_for_answers(self, seconds):
        """Wait this many seconds for each response from now on; None stands for the week's limit."""
        system = self.system
        self.any, self.a, self.b = (
            SiteClient(client, self.task, seconds) for client in (system.client, system.a.client, system.b.client)
        )
        self.a.name, self.b.name = "instance a", "instance b"

    def new(self, **fields):
        """Return what a client sends to announce a video."""
        draw = self.draw
        title = f"{draw.choice(MOODS)} {draw.choice(ANIMALS)} {draw.randrange(1000, 10000)}"
        drawn = {"title": title, "description": f"Filmed {draw.choice(SCENES)}, take {draw.randrange(1000, 10000)}"}
        return drawn | fields

    def new_id(self):
        """Return a UUID made by a client."""
        return str(uuid.UUID(int=self.draw.getrandbits(128), version=4))

    def create(self, *, who=None, via=None, **fields):
        """Announce a video; return the response."""
        return (via or self.any).post("/videos", json=self.new(**fields), headers=self.system.bearer(who or self.owner))

    def video(self, *, who=None, via=None, **fields):
        """Announce a video and return it as in the response, with missing fields as sent. Requires task 3."""
        new = self.new(**fields)
        answer = self.create(who=who, via=via, **new)
        found = expect(answer).ground(task=3, has=["id"])
        ground(isinstance(found["id"], str), task=3)
        return {**new, "owner": who or self.owner, "status": "pending", "created_at": anything} | found

    def repeats(self):
        """Return whether a repeated create request adds no video and leaves the first unchanged, as task 3 asks."""
        first = self.video(id=self.new_id())
        again = self.create(id=first["id"])
        found = again.json if again.status in (200, 201) else None
        return isinstance(found, dict) and all(found.get(name) == first.get(name) for name in ("id", "title"))

    def complete(self, video, *, who=None, via=None):
        """Report that the upload is done; return the response."""
        path = f"/videos/{video['id']}/complete"
        return (via or self.any).post(path, headers=self.system.bearer(who or self.owner))

    def change(self, video, *, who=None, via=None, **fields):
        """Change a video; return the response."""
        path = f"/videos/{video['id']}"
        return (via or self.any).patch(path, json=fields, headers=self.system.bearer(who or self.owner))

    def changed(self, video, *, via=None, **fields):
        """Change a video and return what a GET may then show for these fields. Requires task 4."""
        return self.fields_after(self.change(video, via=via, **fields), **fields)

    @staticmethod
    def fields_after(change, **fields):
        """Return what a GET may show for these fields after a change: what was sent, or what the response says.

        Requires task 4. A PATCH that forgets a field, or returns the video unchanged, loses points in that task alone.
        """
        found = expect(change).ground(task=4)
        found = found if isinstance(found, dict) else {}
        pairs = {name: (sent, found.get(name, sent)) for name, sent in fields.items()}
        return {name: one_of(sent) if sent == shown else one_of(sent, shown) for name, (sent, shown) in pairs.items()}

    def delete(self, video, *, who=None, via=None):
        """Delete a video; return the response."""
        return (via or self.any).delete(f"/videos/{video['id']}", headers=self.system.bearer(who or self.owner))

    def get(self, video, via=None):
        """Read a video; return the response."""
        return (via or self.any).get(f"/videos/{video['id']}")

    def look(self, video, via=None):
        """Empty the cache, which is the subject of task 10, and read a video; return the response."""
        self.system.cache.flush()
        return self.get(video, via)

    def read(self, video):
        """Return the fields that a GET of a video shows. Requires task 4."""
        found = expect(self.look(video)).ground(task=4)
        return {name: found[name] for name in FIELDS if isinstance(found, dict) and name in found}

    def complete_ground(self, video, who=None):
        """Complete a video whose bytes are in storage. Requires task 6."""
        expect(self.complete(video, who=who)).ground(task=6)
