"""What to type to repeat what a check saw."""

import os
import shlex
import subprocess
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from classroom.apps.exchange import Answer, Exchange, Headers
from classroom.checks.by_hand.requests import MAX_REQUESTS, PERSON, by_hand
from classroom.checks.by_hand.tokens import sign
from classroom.checks.by_hand.trail import Act, Trail
from classroom.services.storage import LOCAL_AUTH_SECRET, STORAGE_PORT

SITE = "http://127.0.0.1:8000"
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}  # which curl claims by itself
MULTIPART = {"Content-Type": "multipart/form-data; boundary=edge"}


def sent(method, path, *, status=200, body=b"", **fields):
    """Return a request with its response."""
    exchange = Exchange(method, path, **fields)
    exchange.answer = Answer(status, Headers(), body, exchange)
    return exchange


def lines(*requests, folder=".", **trail):
    """Return the lines to type for the last of these requests."""
    job, week = SimpleNamespace(folder=folder), SimpleNamespace(name="week3-tiny")
    run = SimpleNamespace(trail=Trail(list(requests), **trail), job=job, assignment=week)
    return by_hand(run, requests[-1]).splitlines()


def part(name, content, file="", kind="text/plain"):
    """Return one part of a form as a browser sends it."""
    head = f'--edge\r\nContent-Disposition: form-data; name="{name}"' + (f"; {file}" if file else "")
    return f"{head}\r\nContent-Type: {kind}\r\n\r\n".encode() + content + b"\r\n"


def quoted(name):
    """Return a name in double quotes."""
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def multipart(path, parts, **fields):
    """Return a form with parts."""
    return sent("POST", path, headers=MULTIPART, content=parts + b"--edge--\r\n", **fields)


def test_single_read_is_one_command():
    """A GET is one line."""
    assert lines(sent("GET", "/items")) == [f"curl -i {SITE}/items"]


def test_read_that_changes_nothing_is_left_out():
    """Earlier GETs that the last request does not need are not shown."""
    assert lines(sent("GET", "/health"), sent("GET", "/items")) == [f"curl -i {SITE}/items"]


def test_id_is_taken_from_the_response_of_the_students_app():
    """A later request uses the id that the student's own app returns, whatever the check's was."""
    create = sent("POST", "/items", headers=JSON, content=b'{"name": "Lamp"}', body=b'{"id":17,"name":"Lamp"}')

    first, second = lines(create, sent("DELETE", "/items/17"))

    assert first.startswith(f"id=$(curl -s {SITE}/items -H 'Content-Type: application/json' -d ")
    assert first.endswith("echo id is $id")
    assert second == f'curl -i -X DELETE "{SITE}/items/$id"'


def test_id_of_something_else_is_not_used():
    """The id of a user is not that of a recipe, even if both are the same number."""
    me, change = sent("GET", "/users/me", body=b'{"id":17}'), sent("PUT", "/recipes/17")

    assert lines(me, change) == [f"curl -i -X PUT {SITE}/recipes/17"]


def test_same_number_of_two_kinds_has_two_names():
    """If a post and its comment have the same id, each is taken from its own response."""
    post = sent("POST", "/posts", content=b"{}", body=b'{"id":17}')
    comment = sent("POST", "/comments", content=b"{}", body=b'{"id":17}')

    *_, last = lines(post, comment, sent("DELETE", "/comments/17"))

    assert last == f'curl -i -X DELETE "{SITE}/comments/$id"'


def test_two_ids_have_two_names():
    """The second id is id2."""
    creates = [sent("POST", "/items", content=b"{}", body=b'{"id":%d}' % number) for number in (17, 18)]

    *_, last = lines(*creates, sent("PUT", "/items/17/next/18"))

    assert last == f'curl -i -X PUT "{SITE}/items/$id/next/$id2"'


@pytest.mark.parametrize("body", ['{"id":17,"name":"a b"}', '{"name": "a b", "id": 17}', '{"id": "17", "x": 1}'])
def test_stored_id_is_the_one_in_the_json(body):
    """The shell takes the id out of JSON with and without spaces."""
    create = sent("POST", "/items", content=b"{}", body=b'{"id":17}')
    first, _ = lines(create, sent("DELETE", "/items/17"))
    script = "curl() { printf '%s' '" + body + "'; }; " + first

    assert subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout == "id is 17\n"


def test_id_that_the_client_chose_is_typed_as_it_is():
    """An id that the request itself contains is the same in another run."""
    name = "0b1f6a52-0000-4000-8000-000000000000"
    create = sent("POST", "/videos", content=f'{{"id": "{name}"}}'.encode(), body=f'{{"id":"{name}"}}'.encode())

    assert lines(create, sent("GET", f"/videos/{name}"))[-1] == f"curl -i {SITE}/videos/{name}"


def test_upload_goes_to_the_storage_with_the_students_own_address():
    """A signed address is taken from the response that gave it; the bytes are those of a file that is there."""
    url = f"http://localhost:40001/videos/1?expires=9&signature={'a' * 64}"
    create = sent("POST", "/videos", content=b"{}", body=b'{"id":"x","upload_url":"%s"}' % url.encode())
    upload = sent(
        "PUT", url.removeprefix("http://localhost:40001"), content=b"\x00\xff" * 40, port=STORAGE_PORT, signed=True
    )

    first, second = lines(create, upload)

    assert first.startswith("upload_url=$(")
    assert second == 'curl -i -X PUT "$upload_url" --data-binary @README.md'


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 60 + b"IEND\xaeB`\x82", "image.png"),
        (b"\xff\xd8\xff\xe0" + b"\1" * 60 + b"\xff\xd9", "image.jpg"),
        (b"\0\xff", "README.md"),
    ],
)
def test_image_is_sent_from_an_image_of_the_students_own(content, name):
    """A body that begins as a PNG or a JPEG does is sent from such a file, and other bytes from a file that is there."""
    assert lines(sent("POST", "/images", content=content))[-1].endswith(f"--data-binary @{name}")


def test_half_an_image_is_made_from_the_students_own():
    """For an image of which the end is missing, the shell cuts off that of the student's own image."""
    make, line = lines(sent("POST", "/images", headers=FORM, content=b"\xff\xd8\xff\xe0" + b"\1" * 60))

    assert make == "head -c 1000 image.jpg > half.jpg"
    assert line == f"curl -i {SITE}/images --data-binary @half.jpg"


@pytest.mark.parametrize(
    ("fields", "end"),
    [
        ({}, "/images -H Content-Type: -d abc"),
        ({"headers": {"Content-Type": "text/plain"}}, "/images -H 'Content-Type: text/plain' -d abc"),
        ({"port": STORAGE_PORT, "signed": True}, "/images -d abc"),
    ],
)
def test_body_without_a_type_is_sent_without_one(fields, end):
    """Where the check claims no type for a body, curl claims none either; the storage does not look at it."""
    assert lines(sent("POST", "/images", content=b"abc", **fields))[-1].endswith(end)


@pytest.mark.parametrize("zeros", [b"", b"\0" * 5])
def test_short_beginning_of_an_image_is_made_by_the_shell(tmp_path, zeros):
    """A body of a few bytes, with or without zeros after them, is made exactly, although it is not a whole image."""
    content = b"\x89PNG\r\n\x1a\n\0\0%d'IHDR" + zeros

    make, line = lines(sent("POST", "/images", headers=FORM, content=content))
    subprocess.run(["bash", "-c", make.replace("/tmp/", f"{tmp_path}/")], check=True)

    assert (tmp_path / "upload.png").read_bytes() == content
    assert line == f"curl -i {SITE}/images --data-binary @/tmp/upload.png"


def test_image_over_the_limit_is_over_that_of_the_students_app(tmp_path):
    """If the check replaced the file with the limit, the body is as near to the student's own limit."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/rules.py").write_text("LIMIT = 2_000\n")
    content = b"\x89PNG\r\n\x1a\n".ljust(1001, b"\0")

    make, _ = lines(sent("POST", "/images", content=content, given={"app/rules.py": "LIMIT = 1000\n"}), folder=tmp_path)

    assert make.endswith("head -c 1993 /dev/zero) > /tmp/upload.png")


def test_address_that_the_app_signed_wrongly_is_its_own():
    """An address that the storage server rejects is taken from the student's own app, if the app returned it."""
    url = b"http://localhost:40001/videos/1?expires=9&signature=aa"
    create = sent("POST", "/videos", content=b"{}", body=b'{"upload_url":"%s"}' % url)
    upload = sent("PUT", "/videos/1?expires=9&signature=aa", content=b"x", port=STORAGE_PORT, signed=False)

    assert lines(create, upload)[-1] == 'curl -i -X PUT "$upload_url" -d x'


def test_changed_address_is_said():
    """An address that the check has forged is shown with a note on how to change one's own."""
    url = b"http://localhost:40001/videos/1?expires=9&signature=aa"
    create = sent("POST", "/videos", content=b"{}", body=b'{"upload_url":"%s"}' % url)
    forged = sent("PUT", "/videos/1?expires=10&signature=aa", content=b"x", port=STORAGE_PORT, signed=False)

    assert lines(create, forged)[1].startswith("The check changes a signed address;")


def test_token_is_valid_in_the_students_app():
    """A token of the check is signed with the secret that `run` gives the app."""
    token = sign({"sub": "ann", "exp": 1}, "theirs")
    (line,) = lines(sent("GET", "/me", headers={"Authorization": f"Bearer {token}"}), secrets={"theirs"})

    assert sign({"sub": "ann", "exp": 1}, LOCAL_AUTH_SECRET) in line


def test_secret_is_the_default_of_the_week_with_tokens():
    """The week's own default is the secret that tokens are signed with here."""
    settings = Path(__file__).resolve().parents[5] / "week5-system-design/app/settings.py"

    assert f'auth_secret: str = "{LOCAL_AUTH_SECRET}"' in settings.read_text(encoding="utf-8")


def test_instance_has_its_own_port():
    """A request to one of two instances goes to its port."""
    assert lines(sent("GET", "/items", port=8001)) == ["curl -i http://127.0.0.1:8001/items"]


def test_id_of_a_replaced_file_becomes_one_of_the_students(tmp_path):
    """If the check replaced the student's file, an id from the student's file is used."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/catalog.py").write_text('ITEMS = {3: {"id": 3}, 4: {"id": 4}}\n')
    given = {"app/catalog.py": "ITEMS = {71: {'id': 71}, 83: {'id': 83}}\n"}

    assert lines(sent("GET", "/items/83", given=given), folder=tmp_path) == [
        "With an id from your own app/catalog.py:",
        f"curl -i {SITE}/items/4",
    ]
    assert lines(sent("GET", "/items/3", given=given), folder=tmp_path) == [
        "With an id that is not in your own app/catalog.py:",
        f"curl -i {SITE}/items/5",
    ]


def test_key_of_a_replaced_file_becomes_one_of_the_students(tmp_path):
    """If the check replaced the student's file, a header with a key of it has the student's key in the same place."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/people.py").write_text('PEOPLE = {"ada": {"id": 3}, "ben": {"id": 4}}\n')
    given = {"app/people.py": "PEOPLE = {'ivo': {'id': 71}, 'mia': {'id': 83}}\n"}

    def shown(badge, path="/me"):
        return lines(sent("GET", path, headers={"X-Badge": badge}, given=given), folder=tmp_path)

    assert shown("mia") == ["With values from your own app/people.py:", f"curl -i {SITE}/me -H 'X-Badge: ben'"]
    assert shown("ivo", "/people/83")[-1] == f"curl -i {SITE}/people/4 -H 'X-Badge: ada'"
    assert shown("nobody") == [f"curl -i {SITE}/me -H 'X-Badge: nobody'"]


def test_setting_of_the_check_is_named(tmp_path):
    """If the check's app has another setting than the student's, the line to change is shown."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/settings.py").write_text("DEBUG = False\n")

    def shown(setting):
        return lines(sent("GET", "/me", given={"app/settings.py": f"DEBUG = {setting}\n"}), folder=tmp_path)

    assert shown(True) == ["With `DEBUG = True` in app/settings.py:", f"curl -i {SITE}/me"]
    assert shown(False) == [f"curl -i {SITE}/me"]


def test_long_text_is_made_by_the_shell():
    """A text of many letters is not shown whole."""
    (line,) = lines(sent("POST", "/items", headers=JSON, content=b'{"name": "%s"}' % (b"x" * 101)))

    assert line.endswith("""-d '{"name": "'"$(printf %0101d 0)"'"}'""")


def test_long_field_of_a_form_is_made_by_the_shell():
    """A form is sent as text, with the type that curl uses anyway, and a long field of letters is not shown whole."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    (line,) = lines(sent("POST", "/finds", headers=form, content=b"what=%s&place=Bus+7" % (b"w" * 61)))

    assert line == f"""curl -i {SITE}/finds -d what="$(printf %061d 0)"'&place=Bus+7'"""


def test_form_with_a_file_is_sent_as_curl_sends_it():
    """A file of a few words is in the command, under its name; the other fields are texts."""
    fields = part("note", b"a; b") + part("document", b"first\n", 'filename="../plan.txt"', "text/plain")

    (line,) = lines(multipart("/documents", fields))

    assert line == (f"curl -i {SITE}/documents --form-string 'note=a; b' -F 'document=first;filename=../plan.txt'")


def test_photo_is_made_by_the_shell(tmp_path):
    """A file of many bytes is made with the same beginning and size, and sent with the type of the check."""
    photo = b"\x89PNG\r\n\x1a\n" + bytes(range(256))

    make, line = lines(multipart("/photo", part("photo", photo, 'filename="photo.png"', "application/octet-stream")))
    subprocess.run(["bash", "-c", make.replace("/tmp/", f"{tmp_path}/")], check=True)

    made = (tmp_path / "photo.png").read_bytes()
    assert made[:8] == photo[:8]
    assert len(made) == len(photo)
    assert line == f"curl -i {SITE}/photo -F 'photo=@/tmp/photo.png;type=application/octet-stream'"


def test_photo_over_the_limit_is_over_that_of_the_students_app(tmp_path):
    """If the check replaced the file with the limit, the size is as near to the student's own limit."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/rules.py").write_text("LIMIT = 2_000  # bytes\n")
    photo = part("photo", b"\0" * 1001, 'filename="photo.png"', "image/png")

    make, line = lines(multipart("/photo", photo, given={"app/rules.py": "LIMIT = 1000\n"}), folder=tmp_path)

    assert make == "head -c 2001 /dev/zero > /tmp/photo.png"
    assert line == f"curl -i {SITE}/photo -F photo=@/tmp/photo.png"


@pytest.mark.parametrize("content", [b"", b"--edge", b"--edge--", b"--edge\r\n\r\n--edge--\r\n", b"no form"])
def test_body_that_is_no_form_is_sent_as_it_is(content):
    """A malformed form keeps the header with its boundary, since curl would send a valid one."""
    line = "\n".join(lines(sent("POST", "/photo", headers=MULTIPART, content=content)))

    assert "boundary=edge" in line
    assert " -F " not in line


def test_name_of_a_file_runs_nothing_in_a_shell():
    """A hostile name or text is an argument of curl, and no part of the command or of another option."""
    name, text = "';reboot;type=x, \"$(reboot)`.png", b"</etc/passwd"

    (line,) = lines(multipart("/photo", part("photo", text, f"filename={quoted(name)}", "image/png")))

    assert shlex.split(line)[-1] == f'photo="</etc/passwd";filename={quoted(name)}'


def test_requests_at_the_same_time_are_a_sentence():
    """A race cannot be repeated by hand, and a command would mislead."""
    other = threading.get_ident() + 1

    assert lines(sent("GET", "/items", thread=other)) == [Act.TOGETHER.value]


def test_database_that_refuses_is_a_sentence():
    """What a check does to the database cannot be repeated by hand."""
    assert lines(sent("GET", "/items"), acts=[Act.DATABASE]) == [Act.DATABASE.value]


def test_rows_of_the_check_are_said():
    """If the check stored rows itself, the command has a note about ids."""
    assert lines(sent("GET", "/items/4"), acts=[Act.ROWS]) == [Act.ROWS.value, f"curl -i {SITE}/items/4"]
    assert lines(sent("GET", "/items"), acts=[Act.ROWS]) == [f"curl -i {SITE}/items"]


def stored(table, *rows):
    """Return the statement that stores rows in a table."""
    row = f"({', '.join(['%s'] * len(rows[0]))})"
    values = tuple(value for each in rows for value in each.values())
    return f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES {', '.join([row] * len(rows))}", values


def test_rows_that_a_request_is_about_are_stored_first(monkeypatch):
    """The rows with an id in the path, and those that they and others refer to, are statements for psql."""
    monkeypatch.delenv("CLASSROOM_MAKE", raising=False)
    statements = [
        stored("resources", {"id": 7, "name": "O'Hara House"}, {"id": 8, "name": "Hall"}),
        stored("referrals", {"id": 9, "resource_id": 7, "notes": None}),
    ]

    assert lines(sent("DELETE", "/resources/7"), acts=[Act.ROWS], statements=statements) == [
        "First, store the check's rows in your own database:",
        "python -m classroom psql <<'SQL'",
        "INSERT INTO resources (id, name) VALUES (7, 'O''Hara House');",
        "INSERT INTO referrals (id, resource_id, notes) VALUES (9, 7, NULL);",
        "SQL",
        f"curl -i -X DELETE {SITE}/resources/7",
    ]


def test_rows_that_a_query_finds_are_stored_first():
    """The rows that contain a text of the query are stored, too."""
    statements = [stored("resources", {"id": 7, "name": "Oak House"}, {"id": 8, "name": "Hall"})]

    shown = lines(sent("GET", "/resources?q=OAK"), acts=[Act.ROWS], statements=statements)

    assert "INSERT INTO resources (id, name) VALUES (7, 'Oak House');" in shown
    assert "Hall" not in "".join(shown)


@pytest.mark.parametrize(
    "statements",
    [
        [],
        [stored("resources", {"name": "x"})],
        [stored("resources", {"id": 7, "name": "x"}), ("UPDATE resources SET name = %s", ("y",))],
        [stored("referrals", {"id": number, "resource_id": 7}) for number in range(9)],
    ],
    ids=["none", "without its id", "changed afterwards", "too many"],
)
def test_rows_that_cannot_be_shown_are_said(statements):
    """Rows that are not known in full, or are too many, remain a sentence."""
    assert lines(sent("GET", "/resources/7"), acts=[Act.ROWS], statements=statements)[0] == Act.ROWS


def test_token_of_a_user_whom_only_the_check_has(tmp_path):
    """A token is signed with the student's own secret, and the card names its user, who is not in their database."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/settings.py").write_text("SECRET = 'ours'\n")
    theirs = {"Authorization": f"Bearer {sign({'sub': 'ada'}, 'theirs')}"}
    request = sent("GET", "/me", headers=theirs, given={"app/settings.py": "SECRET = 'theirs'\n"})

    about, line = lines(request, acts=[Act.ROWS], stored={"ada", "ben"}, folder=tmp_path)

    assert about == PERSON.format(users="user ada")
    assert line == f"curl -i {SITE}/me -H 'Authorization: Bearer {sign({'sub': 'ada'}, 'ours')}'"


def test_token_of_a_user_whom_nobody_has():
    """A token whose user does not exist in the check's database either is sent as it is, without a note."""
    theirs = {"Authorization": f"Bearer {sign({'sub': 'nobody'}, 'theirs')}"}

    (line,) = lines(sent("GET", "/me", headers=theirs), acts=[Act.ROWS], stored={"ada"})

    assert line.startswith("curl")


@pytest.mark.parametrize("token", ["let-me-in", sign({"sub": "17"}, "theirs")])
def test_token_whose_user_is_not_known(token):
    """A token that names nobody, or an id, has a note about users in general."""
    request = sent("GET", "/me", headers={"Authorization": f"Bearer {token}"})

    assert lines(request, acts=[Act.ROWS], stored={"ada"})[0] == Act.PEOPLE.value


def test_start_in_between_is_a_step():
    """If the check restarted the app, the steps restart the student's."""
    shown = lines(sent("POST", "/items", content=b"{}", start=1), sent("GET", "/items", start=2))

    assert shown[1] == "Stop the app and start it again here, then:"


def test_many_requests_are_the_last_ones():
    """Of many requests the last are shown, with the number of the others."""
    creates = [sent("POST", "/items", content=b"{}", body=b'{"id":%d}' % number) for number in range(1, 13)]

    shown = lines(*creates, sent("GET", "/items?sort=price"))

    assert shown[0] == "Before these, the check sends 10 other requests, which are left out here."
    assert len(shown) == 4


def test_many_creations_of_a_list_are_a_loop():
    """What is repeated before a list is read is a loop, so that the list has as many entries by hand."""
    creates = [
        sent("POST", "/items", headers=FORM, content=b'{"name": "Blue mug %d", "box": "no 77"}' % number, body=b"{}")
        for number in range(131, 143)
    ]

    shown = lines(*creates, sent("GET", "/items?limit=10"))

    assert shown == [
        "for n in $(seq 12); do",
        f"""curl -i {SITE}/items -d '{{"name": "Blue mug '$n'", "box": "no 77"}}'""",
        "done",
        f"curl -i '{SITE}/items?limit=10'",
    ]


def video(number, **fields):
    """Return the requests that create, upload and complete a video."""
    url = f"http://localhost:40001/videos/{number}?expires=9&signature={'a' * 64}"
    body = b'{"id":"video-%d","upload_url":"%s"}' % (number, url.encode())
    path = url.removeprefix("http://localhost:40001")
    return [
        sent("POST", "/videos", headers=FORM, content=b'{"title": "Owls %d"}' % number, body=body, **fields),
        sent("PUT", path, content=b"\x00\xff" * 40, port=STORAGE_PORT, signed=True),
        sent("POST", f"/videos/video-{number}/complete", **fields),
    ]


def test_steps_that_are_repeated_are_a_loop_of_several_lines():
    """A loop has all steps of a repetition, and the variables that they need."""
    pending = video(50)[0]

    shown = lines(*video(41), *video(42), *video(43), pending, sent("GET", "/videos"))

    assert shown[0] == "for n in $(seq 3); do"
    assert shown[-5:] == [
        'curl -i -X PUT "$upload_url" --data-binary @README.md',
        f'curl -i -X POST "{SITE}/videos/$id/complete"',
        "done",
        f"""curl -i {SITE}/videos -d '{{"title": "Owls 50"}}'""",
        f"curl -i {SITE}/videos",
    ]


def test_loop_is_not_used_for_one_of_its_items():
    """If a later request is about one of many, the others are left out."""
    shown = lines(
        *video(41), *video(42), *video(43), sent("PATCH", "/videos/video-42", content=b"{}"), sent("GET", "/videos")
    )

    assert "for n" not in "".join(shown)


def test_upload_of_a_video_that_is_shown_is_kept():
    """Of many requests, those that upload and complete what the last one asks for are shown."""
    create, upload, complete = video(41)
    others = [sent("PATCH", "/videos/other", content=b"{}", body=b"{}") for _ in range(9)]

    shown = lines(create, upload, complete, *others, sent("GET", "/videos/video-41"))

    assert 'curl -i -X PUT "$upload_url" --data-binary @README.md' in shown
    assert f'curl -i -X POST "{SITE}/videos/$id/complete"' in shown
    assert shown[0] == "Before these, the check sends 7 other requests, which are left out here."


def test_one_request_that_is_left_out_is_one():
    """A single request that is left out, before a single command, is said in the singular."""
    reads = [sent("GET", "/items", headers={"X": str(n)}) for n in range(MAX_REQUESTS - 1)] + [sent("GET", "/items")]

    shown = lines(sent("POST", "/items", content=b"{}"), *reads)

    assert shown == [
        "Before this, the check sends 1 other request, which is left out here.",
        f"curl -i {SITE}/items",
    ]


def test_hundreds_of_requests_are_counted_and_keep_what_the_last_is_about():
    """However many requests come after it, the one that creates what the last one asks for is shown, and all are counted."""
    creates = [sent("POST", "/items", content=b"{}", body=b'{"id":%d}' % number) for number in range(1, 151)]

    note, create, *_, last = lines(*creates, sent("GET", "/items/1"))

    assert note == "Before these, the check sends 147 other requests, which are left out here."
    assert create.startswith(f"id=$(curl -s {SITE}/items ")
    assert last == f'curl -i "{SITE}/items/$id"'


def test_requests_at_the_same_time_are_a_sentence_however_many_follow():
    """A race at the beginning of many requests is not forgotten."""
    race = sent("POST", "/items", content=b"{}", thread=threading.get_ident() + 1)

    assert lines(race, *[sent("GET", "/items") for _ in range(200)]) == [Act.TOGETHER.value]


@pytest.mark.skipif(os.name == "nt", reason="The shown commands are for a Unix shell.")
def test_variables_are_taken_from_json_with_escapes():
    """Two variables of one response are right in every shell, also if the JSON has a line break in a title."""
    path = f"/videos/a1b2c3d4?expires=9&signature={'a' * 64}"
    url = f"http://localhost:40001{path}"
    body = f'{{"id":"a1b2c3d4","upload_url":"{url}","title":"two\\nlines"}}'
    create = sent("POST", "/videos", content=b"{}", body=body.encode())
    upload = sent("PUT", path, content=b"x", port=STORAGE_PORT, signed=True)
    complete = sent("POST", "/videos/a1b2c3d4/complete")
    takes = [line for line in lines(create, upload, complete) if "$reply" in line]

    script = "\n".join([f"reply={shlex.quote(body)}", *takes])
    said = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout

    assert said.splitlines() == ["id is a1b2c3d4", f"upload_url is {url}"]


def test_token_that_is_needed_twice_is_stored():
    """A long token of several requests is one line of its own."""
    token = sign({"sub": "ann", "exp": 1}, LOCAL_AUTH_SECRET)
    mine = {"Authorization": f"Bearer {token}"}

    first, second, third = lines(sent("POST", "/a", headers=mine), sent("POST", "/b", headers=mine))

    assert first == f"token={token}"
    assert second == f'curl -i -X POST {SITE}/a -H "Authorization: Bearer $token"'
    assert third == f'curl -i -X POST {SITE}/b -H "Authorization: Bearer $token"'


def test_path_of_a_submission_runs_nothing():
    """A path from a redirect of the app does nothing in the shell that it is pasted into."""
    create = sent("POST", "/items", content=b"{}", body=b'{"id":17}')

    *_, last = lines(create, sent("POST", "/items/17/$(reboot)`reboot`"))

    assert last == f'curl -i -X POST "{SITE}/items/$id/\\$(reboot)\\`reboot\\`"'


def test_field_of_a_submission_is_no_variable_of_the_shell():
    """Only fields such as id, upload_url and next_cursor become variables."""
    create = sent("POST", "/items", content=b"{}", body=b'{"path":"abcdefgh"}')

    assert lines(create, sent("GET", "/items/abcdefgh"))[-1] == f"curl -i {SITE}/items/abcdefgh"


def test_many_requests_begin_with_what_the_last_is_about():
    """Where the client chose the id, the request that made it is shown among the last ones."""
    name = "0b1f6a52-0000-4000-8000-000000000000"
    content, body = f'{{"id": "{name}"}}'.encode(), f'{{"id":"{name}"}}'.encode()
    create = sent("POST", "/videos", headers=FORM, content=content, body=body)
    others = [sent("PATCH", "/videos/other", content=b"{}", body=b"{}") for _ in range(9)]

    shown = lines(create, *others, sent("GET", f"/videos/{name}", body=body))

    assert shown[1].startswith(f"curl -i {SITE}/videos -d ")
    assert shown[-1] == f"curl -i {SITE}/videos/{name}"


def test_read_before_the_change_is_a_step():
    """A read before and after a change shows a stale copy in a cache, so the first one is not left out."""
    change = sent("PATCH", "/videos/a", headers=FORM, content=b"{}")

    shown = lines(sent("GET", "/videos/a"), sent("GET", "/videos/a"), change, sent("GET", "/videos/a"))

    assert shown == [
        f"curl -i {SITE}/videos/a",
        f"curl -i -X PATCH {SITE}/videos/a -d '{{}}'",
        f"curl -i {SITE}/videos/a",
    ]


def test_reads_of_a_check_that_waits_are_one():
    """However often a check reads while it waits, the change that it waits for is shown."""
    change = sent("POST", "/videos/a/play")

    shown = lines(sent("GET", "/videos/b"), change, *[sent("GET", "/videos/a")] * 200)

    assert shown == [f"curl -i -X POST {SITE}/videos/a/play", f"curl -i {SITE}/videos/a"]


def test_websockets_have_terminals_of_their_own():
    """Each WebSocket is a command in a terminal of its own; messages are between the requests where they were sent."""
    ada = sent("WebSocket", "/live?name=Ada", status=101, at=1, messages=[(5, '{"text": "Tea"}'), (7, "more")])
    ben = sent(
        "WebSocket", "/live?name=Ben", status=101, at=3, messages=[(9 + number, str(number)) for number in range(9)]
    )
    hold, free = sent("PUT", "/lines/Ben/held", at=4), sent("PUT", "/lines/Ben/free", at=8)

    assert lines(ada, sent("GET", "/notes", at=2), ben, hold, sent("GET", "/lines", at=6), free) == [
        "In terminal 1:",
        "python -m websockets 'ws://127.0.0.1:8000/live?name=Ada'",
        "In terminal 2:",
        "python -m websockets 'ws://127.0.0.1:8000/live?name=Ben'",
        "In any other terminal:",
        f"curl -i -X PUT {SITE}/lines/Ben/held",
        "Type in terminal 1:",
        '{"text": "Tea"}',
        "more",
        "In any other terminal:",
        f"curl -i -X PUT {SITE}/lines/Ben/free",
        "Type in terminal 2:",
        *"01234",
        "... and 4 more messages",
    ]


def test_request_after_the_websocket_in_question_is_shown():
    """What a check did after it opened the WebSocket in question is shown as well."""
    ada, hold = sent("WebSocket", "/live?name=Ada", status=101), sent("PUT", "/lines/Ada/held")
    run = SimpleNamespace(trail=Trail([ada, hold]), job=SimpleNamespace(folder="."))

    assert by_hand(run, ada).splitlines()[-1] == f"curl -i -X PUT {SITE}/lines/Ada/held"


def test_environment_of_the_app_is_said():
    """A request to an app with its own environment is preceded by the line that starts the student's app like it."""
    request = sent("GET", "/", variables={"QUESTION": "red or blue?", "LIMIT": None})

    assert lines(request) == [
        "Stop the app, type `export QUESTION='red or blue?'; unset LIMIT`, and start it again in the same terminal, then:",
        f"curl -i {SITE}/",
    ]
