"""What a GET shows of a video, and whether that is a stale copy."""

import contextlib
import uuid

from classroom import expect, one_of

from .videos import Videos

SHOWN = 40  # characters of a value


class Copies(Videos):
    """Reads that explain what is stale in a response: which field, where it was kept, and what the row says."""

    def shows(self, video, expected, via=None, *, fresh=False):
        """Check that a GET of a video returns 200 with these fields.

        Args:
            video: the video.
            expected: the fields, as in `expect(answer).ok(expected)`.
            via: the client of an instance; the balancer's where there is none.
            fresh: whether to empty the cache first.
        """
        via = via or self.any
        answer = self.look(video, via) if fresh else self.get(video, via)
        if answer.status == 404 and self.row(video):
            where = "" if fresh else " Was the 404 kept in the cache?"
            expect.that(False, f"{self._named(via)} returned 404, but the row is in the database.{where}", answer)
        if answer.status == 200 and (sentence := self._difference(video, expected, answer, via, fresh)):
            expect.that(False, sentence, answer)
        expect(answer).ok(expected)

    def gone(self, video, via=None, *, fresh=False):
        """Check that a GET of a deleted video returns 404."""
        via = via or self.any
        answer = self.look(video, via) if fresh else self.get(video, via)
        if answer.status == 200 and self.row(video) == {}:
            kept = self._kept(fresh, lambda: self.look(video, via).status == 404, via)
            expect.that(False, f"A stale copy{kept}: the video is deleted, but {via.name} returned it.", answer)
        expect(answer).refused(404)

    def row(self, video):
        """Return a video's row, {} if no table has one, or None if that cannot be determined."""
        with contextlib.suppress(Exception):  # it is only for a sentence, and must not be what fails
            for table in self.tables():
                statement = f'SELECT to_jsonb(t) AS row FROM "{table}" t WHERE lower(t::text) LIKE %s LIMIT 1'
                for found in self.system.primary.rows(statement, f"%{str(video['id']).lower()}%"):
                    if "title" in found["row"]:
                        return found["row"]
            return {}
        return None

    def _difference(self, video, expected, answer, via, fresh):
        """If a response shows a different video or a stale copy, return a sentence that says so."""
        found = answer.json
        if not isinstance(found, dict) or not _differs(found, expected):
            return None
        if _other(found.get("id"), video["id"]):
            return f"The response is another video: {found['id']}. Do two videos share a cache key?"
        row = self.row(video) or {}
        for name, value in expected.items():
            if name in row and _differs(found.get(name), value) and not _differs(row[name], value):
                kept = self._kept(fresh, lambda: not _differs(self.look(video, via).json, expected), via)
                return (
                    f"A stale copy{kept}: {name} is {_short(found.get(name))}, but {_short(row[name])} in the database."
                )
        return None

    @staticmethod
    def _kept(fresh, helps, via):
        """Return where a copy was kept: in the cache if emptying the cache helps, otherwise in the instance's memory."""
        with contextlib.suppress(Exception):
            return f" in the cache ({via.name})" if not fresh and helps() else f" in the memory of {via.name}"
        return ""

    @staticmethod
    def _named(via):
        return f"{via.name[0].upper()}{via.name[1:]}"


def _differs(found, expected):
    return one_of(expected).mismatch(found, "") is not None


def _other(found, video_id):
    with contextlib.suppress(Exception):
        return uuid.UUID(found) != uuid.UUID(video_id)
    return False


def _short(value):
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
