"""The rules of the visible checks, with more posts, more tags and more pages."""

from classroom import exactly, expect, task, together


@task(2, weight=2)
def test_several_posts_are_written_and_read(client, blog):
    """Posts with no tags, with one tag and with four tags all come back as they were written."""
    tags = blog.tags(4)
    for count in (0, 1, 4):
        new = blog.new_post(tags[:count])
        answer = client.post("/posts", json=new)
        whole = {"closed": False} | new | {"tags": sorted(tags[:count])}
        expect(answer).created({"id": int} | whole)
        expect(client.get(f"/posts/{answer.json['id']}")).ok(whole)
    expect(client.get(f"/posts/{blog.unknown()}")).refused(404)


@task(2)
def test_ten_posts_at_the_same_time(client, blog):
    """Ten posts that arrive at the same time, with the same two new tags, are all stored."""
    tags = blog.tags(2)
    posts = [blog.new_post(tags) for _ in range(10)]

    for answer in together(*[lambda post=post: client.post("/posts", json=post) for post in posts]):
        expect(answer).created({"tags": sorted(tags)})

    expect.that(all(len(blog.stored(post["title"])) == 1 for post in posts), "Not every post is stored once.")


@task(3, weight=2)
def test_many_ways_to_write_a_tag(client, blog):
    """However a tag is written, it is stored once and in the same form for every post."""
    tag, other = blog.tags(2)
    expect(client.post("/posts", json=blog.new_post())).ground(task=2)
    for written in ([tag], [tag.upper()], [f"\t{tag}  "], [tag.title(), tag, "  ", f" {tag.upper()} "]):
        expect(client.post("/posts", json=blog.new_post([other, *written]))).status(200, 201).json(
            {"tags": sorted([tag, other])}
        )

    rows = blog.database.rows("SELECT name FROM tags WHERE lower(trim(name)) = %s", tag)
    others = [row["name"] for row in rows if row["name"] != tag]
    expect.that(not others, f"The tags table also has {others}.")


@task(3)
def test_number_of_tags(client, without_database, blog):
    """Five tags are accepted; six and seven are rejected with 409, with or without a database."""
    expect(client.post("/posts", json=blog.new_post())).ground(task=2)
    for app in (client, without_database()):
        for count, code in ((5, 201), (6, 409), (7, 409)):
            codes = (200, 201) if code == 201 else (code,)
            expect(app.post("/posts", json=blog.new_post(blog.tags(count)))).status(*codes)


@task(4, weight=2)
def test_conversation_until_a_post_is_closed(client, blog):
    """Comments on two posts stay with their posts, even after one of them is closed."""
    open_post, closed_post = blog.row(), blog.row()
    said = {open_post["id"]: [], closed_post["id"]: []}
    for _ in range(3):
        for post_id, comments in said.items():
            new = blog.new_comment()
            answer = client.post(f"/posts/{post_id}/comments", json=new)
            expect(answer).created({"author": new["author"], "text": new["text"]})
            expect.that(new["email"] not in answer.text, "The response shows the email address.", answer)
            comments.append({"id": answer.json.get("id"), "text": new["text"]})
    expect(client.post(f"/posts/{closed_post['id']}/close")).ok({"closed": True})
    expect(client.post(f"/posts/{closed_post['id']}/close")).ok({"closed": True})

    expect(client.post(f"/posts/{closed_post['id']}/comments", json=blog.new_comment())).refused(409)
    expect(client.post(f"/posts/{open_post['id']}/comments", json=blog.new_comment())).created()
    expect(client.get(f"/posts/{closed_post['id']}/comments")).ok(said[closed_post["id"]])


@task(5, weight=2)
def test_every_limit_leads_through_all_posts(client, blog, pages):
    """With any limit, the pages together contain every post with the tag once, newest first."""
    tag = blog.tag()
    posts = []
    for _ in range(6):
        posts.append(blog.row([tag]))
        blog.row()
    newest = [post["id"] for post in reversed(posts)]
    for limit in (1, 2, 4, 6, 7):
        found = [[item.get("id") for item in page] for page in pages(tag=tag, limit=limit)]
        wanted = [newest[place : place + limit] for place in range(0, 6, limit)]
        expect.that(found == wanted, f"With limit={limit}, the pages have the ids {found}, expected {wanted}.")


@task(5)
def test_before_without_a_tag(client, blog):
    """GET /posts?before= returns only posts with smaller ids, or an empty page if there are none."""
    posts = [blog.row() for _ in range(4)]

    answer = client.get("/posts", params={"before": posts[3]["id"], "limit": 2})

    expect(answer).ok({"items": [blog.summary(posts[2]), blog.summary(posts[1])], "next": posts[1]["id"]})
    expect(client.get("/posts", params={"before": 1})).ok({"items": exactly([]), "next": None})


@task(6, weight=2)
def test_large_page_takes_few_statements(blog, counted_page):
    """A page of twenty posts takes at most three statements, and the same number as a page of one."""
    one, many = counted_page(blog.discussed(1)), counted_page(blog.discussed(20))

    expect.that(one == many <= 3, f"A page of one post took {one} statements, a page of twenty {many}.")
