"""The rules of the visible checks, with all books and branches, and every path."""

from classroom import expect, task


@task(2)
def test_every_book_is_returned(client, direct, collection, documentation, expect_router):
    """GET /books/{book_id} returns each book. Both book endpoints are on a router and have the tag books."""
    for book in [*collection.books, *collection.books]:
        expect(client.get(f"/books/{book['id']}")).ok(book)

    expect(direct("/books")).ok(collection.books)
    expect_router("/books")
    described = documentation()
    described.has_tag("/books", "books")
    described.has_tag("/books/{book_id}", "books")


@task(3)
def test_every_branch_is_returned(client, collection):
    """GET /branches/{code} returns each branch, and does so again on a second request."""
    for branch in [*collection.branches, *collection.branches]:
        expect(client.get(f"/branches/{branch['code']}")).ok(branch)


@task(4)
def test_newest_and_every_other_book(client, collection):
    """GET /books/newest returns the newest book, and GET /books/{book_id} still returns each book."""
    for _ in range(2):
        expect(client.get("/books/newest")).ok(collection.newest())
    for book in collection.books:
        expect(client.get(f"/books/{book['id']}")).ok(book)


@task(5, weight=2)
def test_every_old_path_is_deprecated(client, documentation):
    """In /openapi.json, all five old paths are marked as deprecated, but none of the five under /v1 are."""
    expect(client.get("/branches")).ground(task=3)
    expect(client.get("/books/newest")).ground(task=4)
    described = documentation()

    for path in ("/books", "/books/{book_id}", "/books/newest", "/branches", "/branches/{code}"):
        described.is_deprecated(path, True)
        described.is_deprecated(f"/v1{path}", False)


@task(6)
def test_every_year_chooses_its_books(client, collection):
    """GET /books lists the right books when from-year or since is set to the year of any of the books."""
    for year in sorted(book["year"] for book in collection.books):
        expect(client.get("/books", params={"from-year": year})).ok(collection.since(year))
        expect(client.get("/books", params={"since": year})).ok(collection.since(year))


@task(7)
def test_responses_of_a_book_are_documented(client, collection, documentation):
    """In /openapi.json, GET /books/{book_id} lists the 404 response, and has an example book for the 200 response."""
    for book in collection.books:
        expect(client.get(f"/books/{book['id']}")).ok(book)

    described = documentation()
    described.has_response("/books/{book_id}", 404)
    described.has_example_of_a_book("/books/{book_id}")
