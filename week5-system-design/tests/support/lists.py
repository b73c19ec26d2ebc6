"""The list of videos, page by page."""

import uuid

from classroom import expect, ground, matching, one_of

from .videos import Videos


class Lists(Videos):
    """What an instance's list shows."""

    def page(self, *, via=None, **params):
        """Return a page of the list, always from the same instance: using a cursor on the other one is part of task 8."""
        answer = (via or self.a).get("/videos", params=params)
        expect(answer).ok({"items": list, "next_cursor": one_of(str, None)})
        expect(answer).json({"items": matching(self._all_have_ids, "a list of videos, each with its id")})
        return answer.json

    @staticmethod
    def _all_have_ids(items):
        return all(isinstance(item, dict) and uuid.UUID(item["id"]) for item in items)

    def titles(self, via):
        """Return the titles in an instance's list, by id. Requires task 7."""
        answer = via.get("/videos", params={"limit": 100})
        items = expect(answer).ground(task=7, has=["items"])["items"]
        ground(isinstance(items, list) and all(isinstance(item, dict) for item in items), task=7)
        return {item.get("id"): item.get("title") for item in items}

    def read_list(self):
        """Read the list through both instances, so that an app that caches it has copies."""
        for via in (self.a, self.b):
            self.titles(via)

    def walk(self, *, limit, between=None, until=None):
        """Return the videos of every page, from the first page to the last.

        The last page has no cursor, or leads to an empty page that has none.

        Args:
            limit: how many videos a page has.
            between: called after each page.
            until: ids; the walk ends one page after all of them were in the list.
        """
        done = False
        found, cursor, number = [], None, 0
        while True:
            params = {"limit": limit} if cursor is None else {"limit": limit, "cursor": cursor}
            page = self.page(**params)
            items = page["items"]
            expect.that(len(items) <= limit, f"A page with limit={limit} has {len(items)} videos.")
            found += items
            cursor, number = page["next_cursor"], number + 1
            if cursor is None or done:
                return found
            done = until is not None and until <= {item["id"] for item in found}
            expect.that(items, "An empty page has a next_cursor, so a client that follows it never reaches the end.")
            expect.that(number < 200, "The list has no end: 200 pages were read.")
            if between:
                between()
