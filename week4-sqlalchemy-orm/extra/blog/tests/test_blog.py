"""A blog in layers: posts, tags, comments, pages."""

from classroom import exactly, expect, task, together


@task(1)
def test_blog_responds(client):
    """GET / returns the name of the blog."""
    expect(client.get("/")).ok({"blog": "Notes from the Harbor"})


@task(2)
def test_post_is_returned(client, blog):
    """POST /posts returns 201 with the id and all fields of the new post, which is not closed."""
    new = blog.new_post()

    expect(client.post("/posts", json=new)).created({"id": int, "closed": False} | new)


@task(2)
def test_post_is_a_row(client, blog):
    """A new post is in the posts table as soon as the response arrives."""
    new = blog.new_post()

    answer = client.post("/posts", json=new)

    expect(answer).created({"id": int})
    rows = blog.stored(new["title"])
    expect.that(len(rows) == 1, f"The table has {len(rows)} posts with this title. Was it committed?", answer)
    expect.that(rows[0]["id"] == answer.json["id"], f"The row has the id {rows[0]['id']}.", answer)
    expect.that(rows[0]["body"] == new["body"], f"The row has the body {rows[0]['body']!r}.", answer)


@task(2)
def test_tags_are_rows(client, blog):
    """POST /posts stores a post's tags, and returns them in alphabetical order."""
    new = blog.new_post(blog.tags(3))

    answer = client.post("/posts", json=new)

    expect(answer).created({"tags": sorted(new["tags"])})
    expect(client.get(f"/posts/{answer.json['id']}")).ok({"tags": sorted(new["tags"])})


@task(2)
def test_posts_share_a_tag(client, blog):
    """Two posts may have the same tag, which is stored as one row in the tags table."""
    tag = blog.tag()
    for _ in range(2):
        expect(client.post("/posts", json=blog.new_post([tag]))).created({"tags": [tag]})

    rows = blog.database.rows("SELECT * FROM tags WHERE name = %s", tag)

    expect.that(len(rows) == 1, f"The tags table has this tag {len(rows)} times.")


@task(2)
def test_stored_post_is_read(client, blog):
    """GET /posts/{post_id} returns a post with its tags."""
    post = blog.row(blog.tags(2))

    expect(client.get(f"/posts/{post['id']}")).ok(post)


@task(2)
def test_unknown_post_is_404(client, blog):
    """GET /posts/{post_id} returns 404 with a detail if no post has that id."""
    expect(client.get(f"/posts/{blog.row()['id']}")).ok()

    expect(client.get(f"/posts/{blog.unknown()}")).refused(404).json({"detail": str})


@task(2)
def test_posts_at_the_same_time(client, blog):
    """Posts that arrive at the same time, with the same new tag, are all stored."""
    tag = blog.tag()
    posts = [blog.new_post([tag]) for _ in range(4)]

    with blog.slow_commits("tags"):
        answers = together(*[lambda post=post: client.post("/posts", json=post) for post in posts])

    for answer, post in zip(answers, posts, strict=True):
        expect(answer).created({"tags": [tag]})
        expect.that(len(blog.stored(post["title"])) == 1, f"{post['title']!r} is not stored exactly once.")


@task(3)
def test_tags_are_tidied_up(client, blog):
    """A post's tags are stripped of surrounding spaces and converted to lowercase, and each is stored once."""
    one, two = blog.tags(2)
    expect(client.post("/posts", json=blog.new_post())).ground(task=2)

    answer = client.post("/posts", json=blog.new_post([f"  {one} ", two.upper(), one, two]))

    expect(answer).status(200, 201).json({"tags": sorted([one, two])})


@task(3)
def test_empty_tags_are_left_out(client, blog):
    """A tag that is empty, or consists only of spaces, is left out."""
    tag = blog.tag()
    expect(client.post("/posts", json=blog.new_post())).ground(task=2)

    expect(client.post("/posts", json=blog.new_post(["", tag, "   "]))).status(200, 201).json({"tags": [tag]})


@task(3)
def test_sixth_tag_is_refused(client, blog):
    """A post with five different tags is accepted; one with six is rejected with 409, and nothing is stored."""
    tags, new = blog.tags(6), blog.new_post()
    expect(client.post("/posts", json=blog.new_post())).ground(task=2)
    expect(client.post("/posts", json=blog.new_post(tags[:5]))).status(200, 201).json({"tags": sorted(tags[:5])})

    expect(client.post("/posts", json=new | {"tags": tags})).refused(409)

    expect.that(not blog.stored(new["title"]), "The post was stored.")


@task(3)
def test_tags_are_counted_after_tidying(client, blog):
    """Six tags, two of which are the same once they are tidied up, count as five and are accepted."""
    tags = blog.tags(5)
    expect(client.post("/posts", json=blog.new_post())).ground(task=2)

    expect(client.post("/posts", json=blog.new_post([*tags, tags[0].upper()]))).status(200, 201).json(
        {"tags": sorted(tags)}
    )


@task(3, weight=2)
def test_rules_hold_without_a_database(client, without_database, blog):
    """With a repository that keeps everything in memory, the same rules apply, and the database is not changed."""
    expect(client.post("/posts", json=blog.new_post())).ground(task=2)
    memory = without_database()
    tags = blog.tags(5)
    new = blog.new_post([*tags[:4], f" {tags[4].upper()} ", tags[0]])

    answer = memory.post("/posts", json=new)

    expect(answer).status(200, 201).json({"id": int, "title": new["title"], "tags": sorted(tags)})
    expect(memory.get(f"/posts/{answer.json['id']}")).ok({"title": new["title"]})
    expect(memory.get("/posts/99")).refused(404)
    expect(memory.post("/posts", json=blog.new_post(blog.tags(6)))).refused(409)
    expect.that(not blog.stored(new["title"]), "The post is in the database, past the repository of this check.")


@task(4)
def test_comment_is_returned(client, blog):
    """POST /posts/{post_id}/comments returns 201 with the comment and its id."""
    post, new = blog.row(), blog.new_comment()

    answer = client.post(f"/posts/{post['id']}/comments", json=new)

    expect(answer).created({"id": int, "author": new["author"], "text": new["text"]})
    rows = blog.database.rows("SELECT * FROM comments WHERE email = %s", new["email"])
    expect.that(
        len(rows) == 1, "The new comment is not in the table, with its email address. Was it committed?", answer
    )
    expect.that(rows[0]["post_id"] == post["id"], f"The row belongs to the post {rows[0]['post_id']}.", answer)


@task(4)
def test_email_is_not_shown(client, blog):
    """No response contains a commenter's email address."""
    path, new = f"/posts/{blog.row()['id']}/comments", blog.new_comment()

    for answer in (client.post(path, json=new), client.get(path)):
        expect(answer).status(200, 201)
        expect.that(new["text"] in answer.text, "The comment is missing.", answer)
        expect.that(new["email"] not in answer.text, "The response shows the email address.", answer)


@task(4)
def test_comments_are_listed(client, blog):
    """GET /posts/{post_id}/comments returns the comments on that post, oldest first, and no others."""
    post, other = blog.row(), blog.row()
    comments = []
    for _ in range(3):
        comments.append(blog.comment_row(post))
        blog.comment_row(other)
    blog.rewrite(comments[0], post, other)

    expect(client.get(f"/posts/{post['id']}/comments")).ok(comments)
    expect(client.get(f"/posts/{blog.row()['id']}/comments")).ok(exactly([]))


@task(4)
def test_comments_on_an_unknown_post_are_404(client, blog):
    """Reading or writing comments, or closing a post, returns 404 if no post has that id."""
    path, unknown = f"/posts/{blog.row()['id']}", f"/posts/{blog.unknown()}"
    for known, code in ((path, 200), (unknown, 404)):
        expect(client.get(f"{known}/comments")).status(code)
        expect(client.post(f"{known}/comments", json=blog.new_comment())).status(201 if known == path else 404)
        expect(client.post(f"{known}/close")).status(code)


@task(4)
def test_post_is_closed(client, blog):
    """POST /posts/{post_id}/close returns the post, which is closed from then on; no other post changes."""
    post, other = blog.row(blog.tags(2)), blog.row()

    expect(client.post(f"/posts/{post['id']}/close")).ok(post | {"closed": True})

    expect.that(blog.stored(post["title"])[0]["closed"] is True, "closed is still false in the table.")
    expect.that(blog.stored(other["title"])[0]["closed"] is False, "Another post was closed as well.")


@task(4)
def test_closed_post_has_no_new_comments(client, blog):
    """A comment on a closed post is rejected with 409 and not stored; earlier comments can still be read."""
    post, closed = blog.row(), blog.row(closed=True)
    old, new = blog.comment_row(closed), blog.new_comment()
    expect(client.post(f"/posts/{post['id']}/comments", json=blog.new_comment())).created()

    expect(client.post(f"/posts/{closed['id']}/comments", json=new)).refused(409)

    expect(client.get(f"/posts/{closed['id']}/comments")).ok([old])


@task(4)
def test_comments_without_a_database(client, without_database, blog):
    """With a repository that keeps everything in memory, comments are stored and refused under the same rules."""
    expect(client.post("/posts", json=blog.new_post())).ground(task=2)
    memory, new = without_database(), blog.new_comment()
    post = memory.post("/posts", json=blog.new_post())
    expect(post).ground(task=2, has=["id"])
    path = f"/posts/{post.json['id']}"

    expect(memory.post(f"{path}/comments", json=new)).created({"text": new["text"]})
    expect(memory.post(f"{path}/close")).ok({"closed": True})
    expect(memory.post(f"{path}/comments", json=new)).refused(409)
    expect(memory.get(f"{path}/comments")).ok([{"text": new["text"]}])


@task(5)
def test_newest_posts_are_first(client, blog):
    """GET /posts returns the newest posts first, each with its title, its tags, and its comment count."""
    posts = [blog.row(blog.tags(count)) for count in (0, 2, 1)]
    for _ in range(3):
        blog.comment_row(posts[1])

    answer = client.get("/posts", params={"limit": 3})

    expect(answer).ok({"items": [blog.summary(post, 3 * (post is posts[1])) for post in reversed(posts)]})


@task(5)
def test_default_page_has_ten(client, blog):
    """Without a limit parameter, a page has ten posts."""
    posts = [blog.row() for _ in range(11)]

    answer = client.get("/posts")

    expect(answer).ok({"items": list})
    ids = [item.get("id") for item in answer.json["items"]]
    expect.that(ids == [post["id"] for post in posts[:0:-1]], f"The page has {len(ids)} posts.", answer)


@task(5)
def test_limit_has_limits(client, blog):
    """A limit from 1 to 50 is accepted; 0, 51 and a non-numeric limit or `before` are rejected with 422."""
    blog.row()
    for limit in (1, 50):
        expect(client.get("/posts", params={"limit": limit})).ok()
    for limit in (0, 51, "many"):
        expect(client.get("/posts", params={"limit": limit})).refused(422)
    expect(client.get("/posts", params={"before": "yesterday"})).refused(422)


@task(5)
def test_tag_selects_posts(client, blog):
    """GET /posts?tag= returns the posts with exactly that tag, each with all of its tags."""
    tag, other = blog.tags(2)
    first, *_, last = (blog.row(tags) for tags in ([tag, other], [other], [f"{tag}s"], [tag]))

    expect(client.get("/posts", params={"tag": tag})).ok(
        {"items": [blog.summary(last), blog.summary(first)], "next": None}
    )
    expect(client.get("/posts", params={"tag": blog.tag()})).ok({"items": exactly([]), "next": None})


@task(5, weight=2)
def test_next_leads_through_all_posts(client, blog, pages):
    """Sending `next` as `before` gets the next page, until `next` is null; each post is on exactly one page."""
    tag = blog.tag()
    posts = [blog.row([tag]) for _ in range(7)]

    found = pages(tag=tag, limit=3)

    ids = [[item.get("id") for item in page] for page in found]
    newest = [post["id"] for post in reversed(posts)]
    expect.that(ids == [newest[:3], newest[3:6], newest[6:]], f"The pages have the ids {ids}, of {newest}.")


@task(5)
def test_last_page_may_be_full(client, blog):
    """If the last page is full, its next is null as well."""
    tag = blog.tag()
    posts = [blog.row([tag]) for _ in range(4)]

    first = client.get("/posts", params={"tag": tag, "limit": 2})

    expect(first).ok({"next": int})
    second = client.get("/posts", params={"tag": tag, "limit": 2, "before": first.json["next"]})
    expect(second).ok({"items": [{"id": post["id"]} for post in posts[1::-1]], "next": None})


@task(5)
def test_pages_while_the_blog_grows(client, blog):
    """Posts written while somebody pages through the list do not push existing posts onto another page."""
    tag = blog.tag()
    posts = [blog.row([tag]) for _ in range(4)]
    first = client.get("/posts", params={"tag": tag, "limit": 2})
    expect(first).ok({"next": int})

    for _ in range(2):
        blog.row([tag])

    second = client.get("/posts", params={"tag": tag, "limit": 2, "before": first.json["next"]})
    expect(second).ok({"items": [{"id": post["id"]} for post in posts[1::-1]], "next": None})


@task(6, weight=2)
def test_statements_do_not_grow(blog, counted_page):
    """GET /posts takes the same number of statements for twelve posts as for two."""
    few, many = (counted_page(blog.discussed(size)) for size in (2, 12))

    expect.that(few == many, f"A page of two posts took {few} statements, a page of twelve {many}.")


@task(6)
def test_at_most_three_statements(blog, counted_page):
    """A page of two posts takes at most three statements, and they do not return the whole table."""
    counted_page(blog.discussed(14), limit=2, most_statements=3, most_rows=30)
