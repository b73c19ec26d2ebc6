from classroom import expect, task


@task(2, weight=2)
def test_created_product_is_answered_whole(client, product, like):
    """POST /products answers 201 and the product as sent, with a new id of its own."""
    one, two = product(), product()

    first = expect(client.post("/products", json=one)).created(like(one, id=int))
    second = expect(client.post("/products", json=two)).created(like(two, id=int))

    first_id, second_id = first.answer.json["id"], second.answer.json["id"]
    expect.that(first_id >= 1 and second_id >= 1, "An id is 1 or more.")
    expect.that(first_id != second_id, "Two products have got the same id.")


@task(2)
def test_location_leads_to_the_new_product(client, product, leads_to, accepted):
    """POST /products answers with a Location header that leads to the new product."""
    answer = client.post("/products", json=product())

    accepted(answer).json({"id": int})
    leads_to(client, answer)


@task(2)
def test_optional_fields_have_defaults(client, product, accepted):
    """A product without tags and description has the tags [] and the description null."""
    body = product()
    del body["tags"], body["description"]

    answer = client.post("/products", json=body)

    accepted(answer).json({"id": int, **body, "tags": [], "description": None})


@task(2)
def test_name_is_stored_trimmed(client, product, accepted):
    """A name is stored without the spaces around it, and those inside it stay."""
    body = product()

    answer = client.post("/products", json=body | {"name": f"  {body['name']}   "})

    accepted(answer).json({"id": int, "name": body["name"]})


@task(2)
def test_name_has_1_to_100_characters(client, product, draw, accepted):
    """A name of 1 or 100 characters is taken; an empty one, one of spaces and one of 101 characters are 422."""
    for name in (draw.word(1), draw.word(100)):
        accepted(client.post("/products", json=product(name=name))).json({"name": name})

    for name in ("", "   ", draw.word(101)):
        expect(client.post("/products", json=product(name=name))).refused(422)


@task(2)
def test_price_is_above_0_and_at_most_10000(client, product, accepted):
    """A price of 0.01 or 10000 is taken; 0, one below it and 10000.01 are 422."""
    for price in (0.01, 10000):
        accepted(client.post("/products", json=product(price=price))).json({"price": price})

    for price in (0, -1, -0.25, 10000.01):
        expect(client.post("/products", json=product(price=price))).refused(422)


@task(2)
def test_price_has_at_most_two_decimals(client, product, accepted):
    """A price with two decimals, such as 19.99, is taken as it is; one with three is 422."""
    for price in (5, 7.5, 19.99, 0.29, 1.1):
        accepted(client.post("/products", json=product(price=price))).json({"price": price})

    for price in (12.345, 0.001, 3.999):
        expect(client.post("/products", json=product(price=price))).refused(422)


@task(2)
def test_tags_are_words_of_1_to_20(client, product, draw, like, accepted):
    """A tag of a-z, 0-9 and -, 1 to 20 long, is taken; an empty, a longer and any other one is 422."""
    body = product(tags=[draw.word(1), draw.word(20), "home-made", "2026"])
    accepted(client.post("/products", json=body)).json(like(body))

    for tag in ("", draw.word(21), "Green", "two words", "new!", "!new", "a_b"):
        expect(client.post("/products", json=product(tags=["fine", tag]))).refused(422)


@task(2)
def test_tags_are_at_most_five_different_ones(client, product, draw, like, accepted):
    """Five different tags are taken; six, or one of them twice, are 422."""
    words = [draw.word(length) for length in (4, 5, 6, 7, 8, 9)]
    body = product(tags=words[:5])
    accepted(client.post("/products", json=body)).json(like(body))

    for tags in (words, [words[0], words[1], words[0]]):
        expect(client.post("/products", json=product(tags=tags))).refused(422)


@task(2)
def test_description_has_at_most_1000_characters(client, product, accepted):
    """A description of 1000 characters is taken, and null too; one of 1001 is 422."""
    for description in ("d" * 1000, None):
        answer = client.post("/products", json=product(description=description))
        accepted(answer).json({"description": description})

    expect(client.post("/products", json=product(description="d" * 1001))).refused(422)


@task(2)
def test_missing_field_or_broken_json_is_422(client, product, accepted):
    """A body without name or price is 422, and so is one that is no JSON."""
    whole = product()
    accepted(client.post("/products", json=whole)).json({"id": int})

    for missing in ("name", "price"):
        body = {name: value for name, value in whole.items() if name != missing}
        expect(client.post("/products", json=body)).refused(422)
    broken = client.post("/products", content=b'{"name": "Tea", "pri', headers={"Content-Type": "application/json"})
    expect(broken).refused(422)


@task(2)
def test_unknown_field_is_422(client, product, draw, accepted):
    """A body with a field that a product does not have is 422; `id` is such a field."""
    accepted(client.post("/products", json=product())).json({"id": int})

    for extra in ({"colour": "blue"}, {"id": draw.randint(1000, 9999)}):
        expect(client.post("/products", json=product() | extra)).refused(422)


@task(2)
def test_same_values_make_another_product(client, product, leads_to):
    """POST /products with the same body again creates a second product, with an id and a Location of its own."""
    body, ids = product(), []

    for _ in range(3):
        answer = client.post("/products", json=body)
        expect(answer).created({"id": int, "name": body["name"]})
        leads_to(client, answer)
        ids.append(answer.json["id"])

    expect.that(len(set(ids)) == len(ids), f"An id was given twice: {ids}.")


@task(2)
def test_refused_product_is_not_stored(fresh, product, accepted, absent):
    """A request that is refused with 422 leaves no product behind."""
    first = accepted(fresh.post("/products", json=product())).json({"id": int}).answer.json["id"]
    for change in ({"price": 0}, {"tags": ["twice", "twice"]}, {"price": 1.234}, {"name": " "}, {"colour": "blue"}):
        expect(fresh.post("/products", json=product(**change))).refused(422)
    last = accepted(fresh.post("/products", json=product())).json({"id": int}).answer.json["id"]

    # This looks by id and in the list, as far as tasks 3 and 4 are there.
    for between in range(first + 1, min(last, first + 20)):
        absent(fresh, between)
    listed = fresh.get("/products")
    if listed.status == 200 and isinstance(listed.json, list):
        expect.that(len(listed.json) <= 2, "The list holds a product that was refused.")
