"""The visible checks. The books and branches are different in each run: see support/collection.py."""

from classroom import expect, ground, task


@task(1)
def test_root_names_the_library(client):
    """GET / returns {"library": "Town library"}."""
    expect(client.get("/")).ok({"library": "Town library"})


@task(2, weight=2)
def test_books_are_listed_and_tagged(direct, collection, documentation, expect_router):
    """GET /books lists the books. It is on a router, does not redirect, and has the tag books in /openapi.json."""
    expect(direct("/books")).ok(collection.books)

    expect_router("/books")
    documentation().has_tag("/books", "books")


@task(2, weight=2)
def test_book_is_returned_and_tagged(client, collection, documentation, expect_router):
    """GET /books/{book_id} returns that book. It is on a router, and has the tag books in /openapi.json."""
    book = collection.any_book()
    expect(client.get(f"/books/{book['id']}")).ok(book)

    expect_router("/books/")
    documentation().has_tag("/books/{book_id}", "books")


@task(3, weight=2)
def test_branches_are_listed(direct, collection):
    """GET /branches lists the branches, without a redirect."""
    expect(direct("/branches")).ok(collection.branches)


@task(3, weight=2)
def test_branch_is_returned(client, collection, draw):
    """GET /branches/{code} returns that branch, or 404 if no branch has that code."""
    branch = draw.one_of(collection.branches)

    expect(client.get(f"/branches/{branch['code']}")).ok(branch)
    expect(client.get(f"/branches/{draw.word()}")).refused(404)


@task(3, weight=2)
def test_branches_are_tagged(client, documentation):
    """In /openapi.json, both branch endpoints have the tag branches."""
    expect(client.get("/branches")).ok()

    documentation().has_tag("/branches", "branches")
    documentation().has_tag("/branches/{code}", "branches")


@task(4, weight=3)
def test_newest_book_is_returned(client, collection):
    """GET /books/newest returns the book that was published last."""
    answer = client.get("/books/newest")

    taken = answer.status == 422 and '"path"' in answer.text
    expect.that(not taken, "GET /books/newest reached GET /books/{book_id} instead.", answer)
    empty = answer.status == 200 and answer.json is None
    expect.that(not empty, "GET /books/newest returned null: does its function return the book?", answer)
    expect(answer).ok(collection.newest())


@task(5, weight=2)
def test_books_are_under_v1_too(client, collection):
    """GET /v1/books and GET /v1/books/{book_id} return the same responses as the paths without /v1, which still work."""
    book = collection.any_book()
    for version in ("/v1", ""):
        expect(client.get(f"{version}/books")).ok(collection.books)
        expect(client.get(f"{version}/books/{book['id']}")).ok(book)


@task(5, weight=2)
def test_branches_are_under_v1_too(client, collection, draw):
    """GET /v1/branches and GET /v1/branches/{code} return the same responses as the paths without /v1, which still work."""
    branch = draw.one_of(collection.branches)
    listed, one = client.get("/branches"), client.get(f"/branches/{branch['code']}")
    for answer in (listed, one):
        expect(answer).ground(task=3)
        ground(branch["name"] in answer.text, task=3)

    expect(client.get("/v1/branches")).ok(listed.json)
    expect(client.get(f"/v1/branches/{branch['code']}")).ok(one.json)


@task(5, weight=2)
def test_newest_book_is_under_v1_too(client, collection):
    """GET /v1/books/newest returns the same book as GET /books/newest, which still works."""
    newest = client.get("/books/newest")
    expect(newest).ground(task=4)
    ground(any(book["title"] in newest.text for book in collection.books), task=4)

    expect(client.get("/v1/books/newest")).ok(newest.json)


@task(5, weight=2)
def test_only_the_old_paths_are_deprecated(client, documentation):
    """In /openapi.json, /books and /books/{book_id} are marked as deprecated, but the same paths under /v1 are not."""
    expect(client.get("/v1/books")).ok()
    described = documentation()

    for path in ("/books", "/books/{book_id}"):
        described.is_deprecated(path, True)
        described.is_deprecated(f"/v1{path}", False)


@task(6, weight=2)
def test_from_year_chooses_books(client, collection, documentation):
    """GET /books?from-year=1994 lists the books from 1994 and later; without it, all books are listed."""
    year = collection.year_in_the_middle()

    answer = client.get("/books", params={"from-year": year})

    if answer.status == 200 and answer.json == collection.books:
        documentation().parameter("/books", "from-year")
    expect(answer).ok(collection.since(year))
    expect(client.get("/books")).ok(collection.books)


@task(6)
def test_since_still_works(client, collection):
    """GET /books?since=1994, which old apps send, does the same as ?from-year=1994."""
    year = collection.year_in_the_middle()
    expect(client.get("/books", params={"from-year": year})).ok(collection.since(year))

    expect(client.get("/books", params={"since": year})).ok(collection.since(year))


@task(6, weight=2)
def test_parameters_are_described(documentation):
    """In /openapi.json, from-year has its title and a description, and only since is marked as deprecated."""
    described = documentation()

    described.describes("/books", "from-year")
    described.is_titled("/books", "from-year", "First year")
    described.parameter_is_deprecated("/books", "from-year", False)
    described.parameter_is_deprecated("/books", "since", True)


@task(7)
def test_missing_book_is_documented(client, collection, draw, documentation):
    """In /openapi.json, GET /books/{book_id} lists the 404 response, which it returns for an unknown id."""
    expect(client.get(f"/books/{collection.any_book()['id']}")).ok()
    expect(client.get(f"/books/{draw.randint(1000, 9999)}")).refused(404)

    documentation().has_response("/books/{book_id}", 404)


@task(7)
def test_example_shows_a_book(client, collection, documentation):
    """In /openapi.json, the 200 response of GET /books/{book_id} has an example with id, title, author and year."""
    book = collection.any_book()
    expect(client.get(f"/books/{book['id']}")).ok(book)

    documentation().has_example_of_a_book("/books/{book_id}")
