from classroom import expect, task


@task(2)
def test_names_are_counted_in_characters(client, product, draw, accepted):
    """A name's length is counted in characters, without leading or trailing spaces: 100 are accepted, 101 are rejected with 422."""
    for name in ("é" * 100, f"   {draw.word(100)}   ", f" {draw.word(1)} ", f"{draw.word(40)}  {draw.word(58)}"):
        answer = client.post("/products", json=product(name=name))
        accepted(answer).json({"name": name.strip(" ")})

    for name in ("é" * 101, f" {draw.word(101)} ", "n" * 2000, " "):
        expect(client.post("/products", json=product(name=name))).refused(422)


@task(2)
def test_name_that_is_no_text_is_422(client, product, accepted):
    """A name that is null, a number, a list or an object is rejected with 422."""
    accepted(client.post("/products", json=product())).json({"id": int})

    for name in (None, 5, ["Tea"], {"en": "Tea"}):
        expect(client.post("/products", json=product(name=name))).refused(422)


@task(2)
def test_every_price_in_bounds_is_taken(client, product, draw, accepted):
    """Every whole-cent price from 0.01 to 10000 is accepted and returned unchanged; 10000.01 is rejected with 422."""
    drawn = [draw.price() for _ in range(10)]
    for price in (0.01, 0.07, 1.1, 4.35, 8.2, 64.1, 1001.01, 9999.99, 10000, 3, *drawn):
        accepted(client.post("/products", json=product(price=price))).json({"price": price})

    expect(client.post("/products", json=product(price=10000.01))).refused(422)


@task(2)
def test_price_out_of_bounds_is_422(client, product, draw, accepted):
    """Zero, negative prices, prices above 10000 and prices with three decimals are rejected with 422."""
    accepted(client.post("/products", json=product())).json({"id": int})

    odd = draw.randint(1, 9999) + draw.randint(1, 99) / 100 + draw.randint(1, 9) / 1000
    for price in (0, -0.01, -draw.price(), 10000.01, 10001, 1000000, 0.005, 9999.999, 1.005, round(odd, 3)):
        expect(client.post("/products", json=product(price=price))).refused(422)


@task(2)
def test_price_that_is_no_number_is_422(client, product, accepted):
    """A price that is null, a word, a list or an object is rejected with 422."""
    accepted(client.post("/products", json=product())).json({"id": int})

    for price in (None, "cheap", [5], {"amount": 5}):
        expect(client.post("/products", json=product(price=price))).refused(422)


@task(2)
def test_tag_of_other_characters_is_422(client, product, draw, like, accepted):
    """A tag with any character other than a-z, 0-9 and - is rejected with 422."""
    body = product(tags=[draw.word(20), "7", "a", "0-0", f"{draw.word(5)}-{draw.randint(1, 9)}"])
    accepted(client.post("/products", json=body)).json(like(body))

    word = draw.word(5)
    for tag in (
        f"{word}é",
        f"É{word}",
        f"{word}_{word}",
        f"{word}.",
        f"{word}A",
        f"{word} {word}",
        f"#{word}",
        f"{word}/{word}",
    ):
        expect(client.post("/products", json=product(tags=[tag]))).refused(422)
    for tag in ("", draw.word(21), draw.word(200)):
        expect(client.post("/products", json=product(tags=["first", tag, "last"]))).refused(422)


@task(2)
def test_tags_are_a_list_of_texts(client, product, accepted):
    """Tags must be a list of strings: anything else is rejected with 422; an empty list is accepted."""
    accepted(client.post("/products", json=product(tags=[]))).json({"tags": []})

    for tags in ("tea", {"tea": True}, [5], [None], [["tea"]], 5):
        expect(client.post("/products", json=product(tags=tags))).refused(422)


@task(2)
def test_repeated_tag_is_422_wherever_it_stands(client, product, draw, like, accepted):
    """A repeated tag is rejected with 422, wherever it is in the list."""
    a, b, c = draw.word(5), draw.word(6), draw.word(7)
    body = product(tags=[c, a, b, a + b[0], b + c[0]])
    accepted(client.post("/products", json=body)).json(like(body))

    for tags in ([a, a], [b, a, c, b], [a, b, c, c], [a, a, b, b, c], [a, b, c, a + a, b + b, c + c]):
        expect(client.post("/products", json=product(tags=tags))).refused(422)


@task(2)
def test_description_is_a_text_or_null(client, product, draw, accepted):
    """Any string of at most 1000 characters, or null, is accepted as a description; other types give 422."""
    for description in ("é" * 1000, f'{draw.word()}, "{draw.word()}"!', None):
        answer = client.post("/products", json=product(description=description))
        accepted(answer).json({"description": description})
    accepted(client.post("/products", json=product(description="")))

    for description in ("é" * 1001, "d" * 5000, 5, ["text"], {"en": "text"}):
        expect(client.post("/products", json=product(description=description))).refused(422)


@task(2)
def test_body_that_is_no_product_is_422(client, product, accepted):
    """A body that is not valid JSON, is not an object, or lacks a required field is rejected with 422."""
    body = product()
    accepted(client.post("/products", json=body)).json({"id": int})

    for other in ({}, [], [body], "Tea", 5, None, {"name": body["name"]}, {"price": 5}, {"tags": []}):
        expect(client.post("/products", json=other)).refused(422)
    for broken in (b"{", b"name=Tea&price=5", b'{"name": "Tea", "price": 5,}', b"{'name': 'Tea', 'price': 5}"):
        answer = client.post("/products", content=broken, headers={"Content-Type": "application/json"})
        expect(answer).refused(422)


@task(2)
def test_every_unknown_field_is_422(client, product, draw, accepted):
    """A body with an unknown field is rejected with 422, no matter what the field's value is."""
    accepted(client.post("/products", json=product())).json({"id": int})

    for extra in ({draw.word(): draw.word()}, {"_id": 1}, {"Name": "Tea"}, {"price_": None}, {"id": 1}, {"id": None}):
        expect(client.post("/products", json=product() | extra)).refused(422)


@task(2, weight=4)
def test_one_value_in_common_makes_another_product(client, product, accepted):
    """A product may have the same name, price, tags or description as another one, and still gets its own id."""
    first = product()
    ids = [accepted(client.post("/products", json=first)).json({"id": int}).answer.json["id"]]

    for name, value in first.items():
        answer = client.post("/products", json=product(**{name: value}))
        ids.append(accepted(answer).json({"id": int}).answer.json["id"])

    expect.that(len(set(ids)) == len(ids), f"Two products have the same id: {ids}.")


@task(2, weight=4)
def test_left_out_fields_are_not_those_of_another(client, product, like, accepted):
    """A product sent without tags or a description does not inherit them from an earlier product."""
    first, second = product(), product()
    del second["tags"], second["description"]

    accepted(client.post("/products", json=first)).json(like(first, id=int))
    for _ in range(2):
        answer = client.post("/products", json=second)
        accepted(answer).json({"id": int, "name": second["name"], "tags": [], "description": None})
