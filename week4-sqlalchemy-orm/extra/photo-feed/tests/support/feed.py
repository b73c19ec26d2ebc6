"""Reading a feed page by page, and saying what is wrong with what was found."""

import pytest
from classroom import expect

TABLES = ["users", "follows", "photos", "likes"]


class Feed:
    """Reads users' feeds through the app."""

    def __init__(self, client, database, gallery):
        self.client = client
        self.database = database
        self.gallery = gallery

    def page(self, user, **params):
        """Request a page of a user's feed."""
        return self.client.get("/feed", params=params, headers=self.gallery.asks(user))

    def first(self, user, limit):
        """Return the ids on the first page, and its cursor, for a check that needs a second page."""
        answer = self.page(user, limit=limit)
        expect(answer).ok({"photos": list, "next": str})
        return ids(answer), answer.json["next"]

    def rest(self, user, cursor, limit, most=12):
        """Return the ids on each page, starting at a cursor, until there is no next page."""
        found = []
        while cursor is not None:
            sentence = (
                f"After {most} pages, there is still a next one. Is the cursor in the query? (where returns a new one.)"
            )
            expect.that(len(found) < most, sentence)
            answer = self.page(user, limit=limit, cursor=cursor)
            expect(answer).ok({"photos": list})
            found.append(ids(answer))
            cursor = answer.json.get("next")
        return found

    def pages(self, user, limit):
        """Return the ids on all pages, from the first one on."""
        answer = self.page(user, limit=limit)
        expect(answer).ok({"photos": list})
        return [ids(answer), *self.rest(user, answer.json.get("next"), limit)]

    def counted(self, user, limit, most_statements=None, most_rows=None):
        """Read the first page of a feed, which must be full, and return how many statements it took."""
        with self.database.counting() as counted:
            answer = self.page(user, limit=limit)
        expect(answer).ground(task=5)
        expect(answer).ok({"photos": list})
        found = len(answer.json["photos"])
        expect.that(found == limit, f"The page has {found} photos, expected {limit}.", answer)
        total, rows = counted.total(naming=TABLES), counted.rows(naming=TABLES)
        expect.that(not most_statements or total <= most_statements, f"The page took {total} statements.", answer)
        expect.that(
            not most_rows or rows <= most_rows,
            f"The statements returned {rows} rows for a page of {limit} photos: more than the page needs.",
            answer,
        )
        return total


def ids(answer):
    """Return the ids of the photos on a page."""
    return [photo.get("id") for photo in answer.json["photos"]]


@pytest.fixture
def feed(client, database, gallery):
    """Reads feeds."""
    return Feed(client, database, gallery)


@pytest.fixture
def same_photos():
    """Check that pages have these photos in this order; say which are repeated, missing or out of place, and why."""

    def check(pages, wanted, why=""):
        found = [photo_id for page in pages for photo_id in page]
        wanted = [photo["id"] for photo in wanted]
        twice = sorted({photo_id for photo_id in found if found.count(photo_id) > 1})
        missing = [photo_id for photo_id in wanted if photo_id not in found]
        foreign = [photo_id for photo_id in found if photo_id not in wanted]
        pages = f"The pages have the ids {pages}, expected {wanted}."
        expect.that(not twice, f"On the pages more than once: {_listed(twice)}{why} {pages}")
        expect.that(not missing, f"On no page: {_listed(missing)}{why} {pages}")
        expect.that(not foreign, f"On the pages by mistake: {_listed(foreign)}{why} {pages}")
        by_id = found == sorted(found, reverse=True)
        order = "They are in the order of their ids. " if by_id else ""
        rule = "the newest by posted_at must be first, and at the same moment the highest id."
        expect.that(found == wanted, f"The order is wrong: {rule} {order}{pages}")

    return check


def _listed(numbers):
    return f"photo {', '.join(map(str, numbers[:3]))}"
