"""The list of videos, page by page."""

import uuid

from classroom import expect, ground, matching, one_of

from .videos import Videos


class Lists(Videos):
    """What the list of an instance shows."""

    def page(self, *, via=None, **params):
        """Return a page of the list as decoded, from the same instance each time: a cursor at the other is task 8's."""
        answer = (via or self.a).get("/videos", params=params)
        expect(answer).ok({"items": list, "next_cursor": one_of(str, None)})
        expect(answer).json({"items": matching(self._all_have_ids, "a list of videos, each with its id")})
        return answer.json

    @staticmethod
    def _all_have_ids(items):
        return all(isinstance(item, dict) and uuid.UUID(item["id"]) for item in items)

    def titles(self, via):
        """Return the titles that the list of an instance shows, by id; ground of task 7."""
        answer = via.get("/videos", params={"limit": 100})
        items = expect(answer).ground(task=7, has=["items"])["items"]
        ground(isinstance(items, list) and all(isinstance(item, dict) for item in items), task=7)
        return {item.get("id"): item.get("title") for item in items}

    def read_list(self):
        """Read the list through both instances, so that an app that keeps copies has them."""
        for via in (self.a, self.b):
            self.titles(via)

    def walk(self, *, limit, between=None, until=None):
        """Return every video of every page, from the first page to the last; `between` is called after each page.

        The last page has no cursor, or leads to an empty page that has none. With `until` the walk ends earlier, one
        page after all of these ids have been shown.
        """
        done = False
        found, cursor, number = [], None, 0
        while True:
            params = {"limit": limit} if cursor is None else {"limit": limit, "cursor": cursor}
            page = self.page(**params)
            items = page["items"]
            expect.that(len(items) <= limit, f"A page of limit={limit} holds {len(items)} videos.")
            found += items
            cursor, number = page["next_cursor"], number + 1
            if cursor is None or done:
                return found
            done = until is not None and until <= {item["id"] for item in found}
            expect.that(items, "An empty page has a next_cursor: whoever follows it never comes to an end.")
            expect.that(number < 200, "200 pages, and no end of the list.")
            if between:
                between()
