from classroom import expect, task


@task(2, weight=8)
def test_created_product_is_answered_whole(client, product, like):
    """POST /products returns 201 with the product as it was sent, plus a new id."""
    one, two = product(), product()

    first = expect(client.post("/products", json=one)).created(like(one, id=int))
    second = expect(client.post("/products", json=two)).created(like(two, id=int))

    first_id, second_id = first.answer.json["id"], second.answer.json["id"]
    expect.that(first_id >= 1 and second_id >= 1, "An id must be 1 or more.")
    expect.that(first_id != second_id, f"Both new products have the id {first_id}.")


@task(2, weight=5)
def test_location_leads_to_the_new_product(client, product, leads_to, accepted):
    """POST /products returns a Location header that points to the new product."""
    answer = client.post("/products", json=product())

    accepted(answer).json({"id": int})
    leads_to(client, answer)


@task(2, weight=5)
def test_optional_fields_have_defaults(client, product, accepted):
    """A product sent without tags or a description gets [] as its tags and null as its description."""
    body = product()
    del body["tags"], body["description"]

    answer = client.post("/products", json=body)

    accepted(answer, "a product without tags and description").json(
        {"id": int, **body, "tags": [], "description": None}
    )


@task(2, weight=2)
def test_name_is_stored_trimmed(client, product, accepted):
    """A name is stored without leading or trailing spaces; spaces inside it are kept."""
    body = product()

    answer = client.post("/products", json=body | {"name": f"  {body['name']}   "})

    accepted(answer).json({"id": int, "name": body["name"]})


@task(2, weight=2)
def test_name_has_1_to_100_characters(client, product, draw, accepted, rejected):
    """Names of 1 and 100 characters are accepted; an empty or all-space name, or one of 101 characters, gives 422."""
    for name in (draw.word(1), draw.word(100)):
        accepted(client.post("/products", json=product(name=name)), name=name).json({"name": name})

    for name in ("", "   ", draw.word(101)):
        rejected(client.post("/products", json=product(name=name)), name=name)


@task(2, weight=2)
def test_price_is_above_0_and_at_most_10000(client, product, accepted, rejected):
    """The prices 0.01 and 10000 are accepted; zero, negative prices and 10000.01 are rejected with 422."""
    for price in (0.01, 10000):
        accepted(client.post("/products", json=product(price=price)), price=price).json({"price": price})

    for price in (0, -1, -0.25, 10000.01):
        rejected(client.post("/products", json=product(price=price)), price=price)


@task(2, weight=2)
def test_price_has_at_most_two_decimals(client, product, accepted, rejected):
    """A price with up to two decimals, such as 19.99, is accepted and returned unchanged; three decimals give 422."""
    for price in (5, 7.5, 19.99, 0.29, 1.1):
        accepted(client.post("/products", json=product(price=price)), price=price).json({"price": price})

    for price in (12.345, 0.001, 3.999):
        rejected(client.post("/products", json=product(price=price)), price=price)


@task(2, weight=2)
def test_tags_are_words_of_1_to_20(client, product, draw, like, accepted, rejected):
    """Tags of 1 to 20 characters (a-z, 0-9, -) are accepted; empty or longer tags and other characters give 422."""
    body = product(tags=[draw.word(1), draw.word(20), "home-made", "2026"])
    accepted(client.post("/products", json=body), tags=body["tags"]).json(like(body))

    for tag in ("", draw.word(21), "Green", "two words", "new!", "!new", "a_b"):
        named = f'the tag "{tag}"' + (f" of {len(tag)} characters" if len(tag) > 20 else "")
        rejected(client.post("/products", json=product(tags=["fine", tag])), named)


@task(2, weight=2)
def test_tags_are_at_most_five_different_ones(client, product, draw, like, accepted, rejected):
    """Up to five different tags are accepted; six tags, or a repeated one, are rejected with 422."""
    words = [draw.word(length) for length in (4, 5, 6, 7, 8, 9)]
    body = product(tags=words[:5])
    accepted(client.post("/products", json=body), "five tags").json(like(body))

    for tags, named in ((words, "six tags"), ([words[0], words[1], words[0]], f'the tag "{words[0]}" twice')):
        rejected(client.post("/products", json=product(tags=tags)), named)


@task(2, weight=2)
def test_description_has_at_most_1000_characters(client, product, accepted, rejected):
    """A description of 1000 characters is accepted, and so is null; 1001 characters are rejected with 422."""
    for description in ("d" * 1000, None):
        answer = client.post("/products", json=product(description=description))
        accepted(answer, description=description).json({"description": description})

    long = "d" * 1001
    rejected(client.post("/products", json=product(description=long)), description=long)


@task(2, weight=2)
def test_missing_field_or_broken_json_is_422(client, product, accepted, rejected):
    """A body without a name or a price, or one that is not valid JSON, is rejected with 422."""
    whole = product()
    accepted(client.post("/products", json=whole)).json({"id": int})

    for missing in ("name", "price"):
        body = {name: value for name, value in whole.items() if name != missing}
        rejected(client.post("/products", json=body), f"a product without {missing}")
    broken = client.post("/products", content=b'{"name": "Tea", "pri', headers={"Content-Type": "application/json"})
    rejected(broken, "a body that is not valid JSON")


@task(2, weight=2)
def test_unknown_field_is_422(client, product, draw, accepted, rejected):
    """A body with an unknown field, such as colour or id, is rejected with 422."""
    accepted(client.post("/products", json=product())).json({"id": int})

    for extra in ({"colour": "blue"}, {"id": draw.randint(1000, 9999)}):
        rejected(client.post("/products", json=product() | extra), f"the unknown field {next(iter(extra))!r}")


@task(2, weight=5)
def test_same_values_make_another_product(client, product, leads_to):
    """POST /products creates another product, with its own id and Location, if the same body is sent again."""
    body, ids = product(), []

    for _ in range(3):
        answer = client.post("/products", json=body)
        expect(answer).created({"id": int, "name": body["name"]})
        leads_to(client, answer)
        ids.append(answer.json["id"])

    expect.that(len(set(ids)) == len(ids), f"Two products have the same id: {ids}.")


@task(2, weight=2)
def test_refused_product_is_not_stored(fresh, product, accepted, rejected, absent):
    """A product that is rejected with 422 is not stored."""
    first = accepted(fresh.post("/products", json=product())).json({"id": int}).answer.json["id"]
    for change in ({"price": 0}, {"tags": ["twice", "twice"]}, {"price": 1.234}, {"name": " "}, {"colour": "blue"}):
        rejected(fresh.post("/products", json=product(**change)), **change)
    last = accepted(fresh.post("/products", json=product())).json({"id": int}).answer.json["id"]

    # The ids in between and the list are looked at as far as tasks 3 and 4 work.
    for between in range(first + 1, min(last, first + 20)):
        absent(fresh, between)
    listed = fresh.get("/products")
    if listed.status == 200 and isinstance(listed.json, list):
        expect.that(len(listed.json) <= 2, "The list has a product that was rejected.")
