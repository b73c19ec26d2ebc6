"""The limit and the leaflets that the app gets in a run, and what a browser sends."""

import keyword
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from classroom import expect
from classroom.checks.words import GOODS, PLACES, QUALITIES, STREETS, WORDS

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"
FORM = "application/x-www-form-urlencoded"


class Office:
    """Forms and files to send, and a look at the app's disk."""

    def __init__(self, client, draw, rules):
        self.client = client
        self.draw = draw
        self.limit = rules["LIMIT"]
        self.leaflets = rules["LEAFLETS"]
        self.secret = rules["SECRET"]

    def form(self):
        """Return what somebody has found, as form fields."""
        place = f"{self.draw.one_of(PLACES)}, {self.draw.one_of(STREETS)} {self.draw.randint(1, 99)}"
        return {"what": f"{self.draw.one_of(QUALITIES)} {self.draw.one_of(GOODS)} & more", "place": place}

    def send(self, fields):
        """Send a form as a browser does."""
        return self.client.post("/finds", content=urlencode(fields).encode(), headers={"Content-Type": FORM})

    def find(self):
        """Report a find that another task needs, and return the path of its photo."""
        made = expect(self.send(self.form())).ground(task=2, has=["id"])
        return f"/finds/{made['id']}/photo"

    def photo(self, size=None, start=PNG):
        """Return the content of a photo with this many bytes, or with a few hundred."""
        size = size or self.draw.randint(300, 900)
        return start + self.draw.randbytes(size - len(start))

    def upload(self, path, field, content, name, kind="application/octet-stream"):
        """Upload a file as a browser does, under this name."""
        edge = f"edge{self.draw.randint(10**9, 10**10)}"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        body = f"{head}Content-Type: {kind}\r\n\r\n".encode() + content + f"\r\n--{edge}--\r\n".encode()
        return self.client.post(path, content=body, headers={"Content-Type": f"multipart/form-data; boundary={edge}"})

    def upload_photo(self, path, content, name="photo.png"):
        """Upload a photo of a find, and expect its type not to be rejected if its first bytes are right."""
        answer = self.upload(path, "photo", content, name)
        sentence = (
            "A photo was rejected with 415, although it begins as a PNG or a JPEG does: only its first bytes matter."
        )
        expect.that(answer.status != 415 or not content.startswith((PNG, JPEG)), sentence, answer)
        return answer

    def upload_document(self, name, content=None):
        """Upload a document under this name."""
        return self.upload("/documents", "document", content or self.text(), name, "text/plain")

    def text(self):
        """Return the content of a document."""
        return f"{self.draw.one_of(QUALITIES)} {self.draw.one_of(GOODS)}, {self.draw.randint(1, 999)}\n".encode()

    def name(self, ending=".txt"):
        """Return the name of a document that does not exist yet."""
        return f"{self.draw.one_of(WORDS)}_{self.draw.randint(10**6, 10**7)}-2{ending}"

    def ways_outside(self):
        """Return two spellings of the absolute path of one of Python's own files, which every app can read."""
        path = Path(keyword.__file__).as_posix()
        return quote(path), quote(path, safe="")

    def disk(self):
        """Return the sizes of all of the app's files, by path."""
        answer = self.client.get("/disk")
        expect(answer).ok(dict)
        return answer.json

    def changed(self, before):
        """Return the sizes of the files on the disk that are new or have changed in size."""
        return {path: size for path, size in self.disk().items() if before.get(path) != size}

    def same_disk(self, before, after):
        """Expect no file to have appeared, disappeared or changed in size."""
        now = self.disk()
        different = sorted(path for path in now.keys() | before.keys() if now.get(path) != before.get(path))
        expect.that(not different, f"After {after}, these files have changed: {', '.join(different)}. See GET /disk.")


@pytest.fixture(scope="session")
def rules(session_draw):
    """What app/rules.py contains in this run."""
    first, second, third = session_draw.sample(WORDS, 3)
    return {
        "LIMIT": session_draw.randint(150_000, 190_000),
        "PIECE": 16_384,
        "LEAFLETS": {
            f"{first.lower()}.txt": f"{first}: open from {session_draw.randint(7, 11)} to 5.\n",
            f"{second.lower()}.txt": f"{second}: ring twice.\n",
            f"en/{third.lower()}.txt": f"{third}: {session_draw.randint(2, 90)} cents.\n",
        },
        "SECRET": f"The safe opens with {session_draw.randint(10**6, 10**7)}.\n",
    }


@pytest.fixture(scope="session")
def given_files(rules):
    """The file that replaces app/rules.py in every check."""
    return {"app/rules.py": "".join(f"{name} = {value!r}\n" for name, value in rules.items())}


@pytest.fixture
def office(client, draw, rules):
    """Forms and files to send, and a look at the app's disk."""
    return Office(client, draw, rules)


@pytest.fixture
def jpeg():
    """The first bytes of a JPEG file."""
    return JPEG
