"""Known mistakes that show in a response."""

import json

import pytest
from classroom.apps.exchange import Answer, Exchange, Headers
from classroom.checks.causes.response_advice import advise

APP = """from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/items/{item_id}")
def read_item(item_id: int):
    {body}


@app.get("/items/cheapest")
def read_cheapest():
    return 1


def read_health():
    return 1


@app.post("/orders")
def create_order(name: str):
    raise NotImplementedError("TODO 5: create")
    return name
"""


@pytest.fixture
def told(tmp_path):
    """Return the advice about a response of an app whose first handler has this body."""

    def ask(method, path, status, body, *, code="return 1", printed="", message="", app=APP, **fields):
        (tmp_path / "app").mkdir(exist_ok=True)
        (tmp_path / "app/main.py").write_text(app.replace("{body}", code))
        exchange = Exchange(method, path, **fields)
        return advise(Answer(status, Headers(), body.encode(), exchange), tmp_path, printed, message)

    return ask


NO_ROUTE = '{"detail":"Not Found"}'
MISSING = '{"detail":[{"type":"missing","loc":["query","%s"],"msg":"Field required"}]}'


def test_print_instead_of_return(told):
    """Null came back, and something was printed."""
    assert told("GET", "/items/1", 200, "null", code="print({'id': 1})", printed="{'id': 1}\n") == (
        "app/main.py, line 8: print() only shows {'id': 1} in the terminal: use return to send it."
    )


def test_no_return(told):
    """Null came back, and nothing was printed."""
    assert "line 7: read_item() ends without a return" in told("GET", "/items/1", 200, "null", code="item_id + 1")


@pytest.mark.parametrize("code", [201, 202, 204])
def test_missing_status_code(told, code):
    """FastAPI's default 200 instead of another success is explained by the decorator, and null is not the mistake then."""
    message = f"GET /items/1 returned 200, expected {code}."

    assert told("GET", "/items/1", 200, "null", code="item_id + 1", message=message) == (
        f"app/main.py, line 6: GET /items/{{item_id}} returns 200, expected {code}: status_code={code} is missing."
    )


def test_rows_that_were_not_fetched(told):
    """What execute() returns is None; the rows have to be fetched."""
    found = told("GET", "/items/1", 200, "null", code="return cursor.execute(sql)")

    assert found == "app/main.py, line 8: execute() returns None, so this returns null: fetch the rows first."


def test_null_that_is_returned_is_no_mistake(told):
    """A value that happens to be null has no advice."""
    assert told("GET", "/items/1", 200, "null", code="return ITEMS.get(item_id)") is None


def test_returned_exception(told):
    """An HTTPException that was returned comes back as JSON with its attributes."""
    body = '{"status_code":404,"detail":"Item not found","headers":null}'

    assert told("GET", "/items/1", 200, body, code="return HTTPException(404)").startswith(
        "app/main.py, line 8: HTTPException is returned here: it must be raised"
    )


DEPENDENCY = """def current_member():
    if lost:
        return None
    return {returned}
"""
RETURNS = "app/people.py, line 4: HTTPException is returned here: it must be raised (raise HTTPException...)."


@pytest.mark.parametrize(
    ("returned", "body", "sentence"),
    [
        ("HTTPException(401, 'Show your badge')", '{"status_code":401,"detail":"Show your badge"}', RETURNS),
        ("fastapi.HTTPException(status_code=401)", '{"status_code":401,"detail":"Unauthorized"}', RETURNS),
        ("HTTPException(status.HTTP_401_UNAUTHORIZED)", "[]", RETURNS),
        ("HTTPException(403)", "[]", None),
    ],
)
def test_exception_that_a_dependency_returns(told, tmp_path, returned, body, sentence):
    """The line of a dependency that returns the expected HTTPException is named, even if nothing of it comes back."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/people.py").write_text(DEPENDENCY.format(returned=returned))
    code = "return member  # Depends(current_member)"

    assert told("GET", "/items/1", 200, body, code=code, message="GET /items/1 returned 200, expected 401.") == sentence


def test_exception_that_no_dependency_returns(told, tmp_path):
    """A function that is not a dependency is named only if its exception came back."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/people.py").write_text(DEPENDENCY.format(returned="HTTPException(401)"))

    assert told("GET", "/items/1", 200, "[]", message="GET /items/1 returned 200, expected 401.") is None
    assert told("GET", "/items/1", 200, '{"status_code":401,"detail":"No"}') == RETURNS


@pytest.mark.parametrize(
    ("code", "expected", "line"),
    [
        ("HTTPException(404, 'Item not found')\n    return ITEMS[item_id]", 404, 8),
        ("if not item_id:\n        HTTPException(status_code=404, detail='no')  # none\n    return None", 404, 9),
        ("HTTPException(404)", 409, None),
        ("raise HTTPException(404)", 404, None),
        ("raise (\n        HTTPException(404)\n    )", 404, None),
    ],
)
def test_exception_that_is_not_raised(told, code, expected, line):
    """An HTTPException of the expected status on a line of its own is named, not what follows from it."""
    message = f"GET /items/300 returned 500, expected {expected}."
    named = f"app/main.py, line {line}: HTTPException(...) alone does nothing: write raise before it."

    assert told("GET", "/items/300", 500, "", code=code, message=message) == (named if line else None)


CAUGHT = """try:
        {code}
        return item
    {clause}"""
LOOKED_FOR = "if item_id not in ITEMS:\n            raise HTTPException(404, 'Item not found')"
OOPS = '{"detail":"Oops"}'
SENDS_OOPS = "except Exception:\n        raise HTTPException(status_code=500, detail='Oops')"
SHOWN = '{"error":"404: Item not found"}'
REMEDY = "write `except HTTPException: raise` directly above line 12."


@pytest.fixture
def caught(told):
    """Return the advice where 404 was expected and an endpoint with this `try` has responded."""

    def ask(status, body, clause, code=LOOKED_FOR, **more):
        message = f"GET /items/300 returned {status}, expected 404."
        return told(
            "GET", "/items/300", status, body, code=CAUGHT.format(code=code, clause=clause), message=message, **more
        )

    return ask


@pytest.mark.parametrize(
    ("status", "body", "clause", "printed", "name"),
    [
        (
            500,
            '{"detail":"404: Item not found"}',
            "except:\n        raise HTTPException(500, str(error))",
            "",
            "except",
        ),
        (200, SHOWN, "except Exception as error:\n        return {'error': str(error)}", "", "except Exception"),
        (200, "null", "except Exception as error:\n        print(error)", "404: Item not found\n", "except Exception"),
        (400, SHOWN, "except (KeyError, Exception) as error:\n        fail(error)", "", "except (KeyError, Exception)"),
        (400, SHOWN, "except (KeyError, \n            Exception) as error:\n        fail(error)", "", "except"),
    ],
)
def test_exception_that_is_caught_again(caught, status, body, clause, printed, name):
    """An `except` is named if the text of the endpoint's own HTTPException is in the response, or was printed."""
    assert caught(status, body, clause, printed=printed) == (
        f"app/main.py, line 12: `{name}` also catches the HTTPException raised on line 10, so its 404 is never sent: {REMEDY}"
    )


@pytest.mark.parametrize(
    ("status", "body", "clause", "code"),
    [
        (500, OOPS, SENDS_OOPS, LOOKED_FOR),
        (500, '{"detail":"Internal Server Error"}', "except Exception:\n        raise HTTPException(500)", LOOKED_FOR),
        (200, '{"error":"no"}', "except Exception:\n        return {'error': 'no'}", LOOKED_FOR),
        (500, OOPS, SENDS_OOPS, "item = ITEMS[item_id]; 0\n        raise HTTPException(404)"),
    ],
)
def test_except_that_hides_the_error(caught, status, body, clause, code):
    """Of a response that an `except` always sends it is only said that it is from there: another error may be behind it."""
    assert caught(status, body, clause, code) == (
        "app/main.py, line 12: `except Exception` sent this response, which hides the error. "
        f"It also catches the HTTPException raised on line 10: {REMEDY}"
    )


def test_exception_that_is_caught_below_another_except(caught):
    """An `except` for the database above the one that catches everything does not hide it."""
    clause = f"except psycopg2.Error:\n        raise HTTPException(409)\n    {SENDS_OOPS}"

    assert "line 14: `except Exception` sent this response" in caught(500, OOPS, clause)


@pytest.mark.parametrize(
    ("status", "body", "clause"),
    [
        (500, OOPS, "except KeyError:\n        raise HTTPException(500, 'Oops')"),
        (500, OOPS, "except Exception:\n        raise"),
        (
            500,
            OOPS,
            "except Exception as error:\n        if error.args:\n            raise error\n        raise HTTPException(500, 'Oops')",
        ),
        (500, OOPS, f"except HTTPException:\n        raise\n    {SENDS_OOPS}"),
        (500, OOPS, f"{SENDS_OOPS}\n    except HTTPException:\n        raise"),
        (400, OOPS, "except HTTPException:\n        raise HTTPException(400, 'Oops')"),
        (500, OOPS, f"except StarletteHTTPException:\n        raise\n    {SENDS_OOPS}"),
        (500, '{"detail":"300"}', "except Exception as error:\n        raise HTTPException(500, str(error))"),
        (
            500,
            '{"detail":"HTTP Error 404: no"}',
            "except Exception as error:\n        raise HTTPException(500, str(error))",
        ),
        (500, "Internal Server Error", SENDS_OOPS),
        (499, "{}", "except Exception:\n        raise Custom()"),
        (200, "<p>None</p>", "except Exception as error:\n        return {'error': str(error)}"),
        (200, "null", "except Exception as error:\n        print(error)"),
        (200, '{"message":"deleted"}', "except Exception:\n        return {'message': 'Oops'}"),
        (200, SHOWN, "except Exception:\n        pass\n    finally:\n        return {'error': '404: Item not found'}"),
    ],
)
def test_response_that_the_except_did_not_send(caught, status, body, clause):
    """Nothing is said of an `except` that does not catch it, passes it on, or may not have sent the response."""
    assert caught(status, body, clause) is None


@pytest.mark.parametrize(
    "code",
    [
        "def check():\n            raise HTTPException(404)",
        f"raise HTTPException({'-' * 540}404)",
        "raise HTTPException(" + "not " * 700 + "404)",
        "return {'detail': 'Oops'}",
    ],
)
def test_exception_that_cannot_be_read(caught, code):
    """Nothing is said without an HTTPException of the expected status that can be read."""
    assert caught(500, OOPS, SENDS_OOPS, code) is None


def test_traceback_comes_before_a_hidden_error(caught):
    """Nothing is said of an `except` that hides the error if the app has printed it."""
    assert caught(500, OOPS, SENDS_OOPS, printed="Traceback (most recent call last):\n") is None


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("from fastapi import FastAPI, HTTPException", "from fastapi import FastAPI"),
        (
            "from fastapi import FastAPI, HTTPException",
            "from fastapi import FastAPI\nfrom http.client import HTTPException",
        ),
        ("def read_health():", '@app.get("/items/{item_id}")\ndef read_health():'),
    ],
)
def test_exception_of_another_kind_or_endpoint(caught, line, instead):
    """Nothing is said if HTTPException is not FastAPI's own, or if another endpoint may have responded."""
    assert caught(500, OOPS, SENDS_OOPS, app=APP.replace(line, instead)) is None


@pytest.mark.parametrize(
    ("method", "path", "status", "body", "sentence"),
    [
        (
            "GET",
            "/item/1",
            404,
            NO_ROUTE,
            "line 6: there is no route for GET /item/1; your app has GET /items/{item_id}.",
        ),
        (
            "PUT",
            "/items/1",
            405,
            '{"detail":"Method Not Allowed"}',
            "line 6: there is no route for PUT /items/{item_id}",
        ),
        ("GET", "/health", 404, NO_ROUTE, "line 16: read_health() has no decorator"),
        ("GET", "/other", 404, NO_ROUTE, "There is no route for GET /other."),
        ("GET", "/items/1", 404, '{"detail":"Item not found"}', None),
    ],
)
def test_missing_route(told, method, path, status, body, sentence):
    """The route that is probably meant is named where a path or a method is not there."""
    found = told(method, path, status, body)

    assert found is None if sentence is None else sentence in found


ENDPOINT = "def read():\n    raise HTTPException(404)\n"


@pytest.mark.parametrize(
    "source",
    [
        f"@app.get(BASE + '/x')\n{ENDPOINT}",
        f"@app.get(f'{{BASE}}/x')\n{ENDPOINT}",
        f"@app.get('/x' + END)\n{ENDPOINT}",
        f"@app.api_route('/x', methods=['GET'])\n{ENDPOINT}",
        f"{ENDPOINT}app.add_api_route('/x', read)\n",
        f"{ENDPOINT}app.get('/x')(read)\n",
        "app.mount('/x', StaticFiles(directory='.'))\n",
        f"router = APIRouter(prefix=BASE)\n@router.get('/')\n{ENDPOINT}app.include_router(router)\n",
        f"@router.get('/')\n{ENDPOINT}app.include_router(router, prefix=BASE)\n",
        f"@router.get('/')\n{ENDPOINT}outer.include_router(router)\napp.include_router(outer, prefix='/x')\n",
        f"@router.get('/')\n{ENDPOINT}app.include_router(items_router, prefix='/x')\n",
        f"api = FastAPI()\n@api.get('/x')\n{ENDPOINT}app = api\n",
    ],
)
def test_route_that_cannot_be_read_is_not_denied(tmp_path, source):
    """An app with a path that is not one text may have the route, and may itself have responded with 404."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/main.py").write_text(source)

    assert advise(Answer(404, Headers(), NO_ROUTE.encode(), Exchange("GET", "/x")), tmp_path, "") is None


MORE_APPS = {
    "prefix with spaces": (
        "router = APIRouter(prefix = '/x')\n@router.get('/a')\ndef read():\n    pass\napp.include_router(router)\n",
        "your app has GET /x/a.",
    ),
    "second app": ("app = FastAPI()\n@app.get('/')\ndef read():\n    pass\napp = FastAPI()\n", "line 5: a second app"),
    "no at": ("app.get('/')\ndef read():\n    pass\n", "line 1: `app.get('/')` does nothing without an @"),
    "router": ("@router.get('/')\ndef read():\n    pass\n", "line 1: GET / is on a router that app/main.py does not"),
    "no path": (
        "@app.get\ndef read():\n    pass\n",
        'line 1: `@app.get` needs parentheses and a path, as in @app.get("/")',
    ),
    "type": (
        "@app.get('/x/{id: int}')\ndef read():\n    pass\n",
        "line 1: FastAPI takes {id: int} for plain text: write",
    ),
    "another method": (
        "@app.get('/xyz/{id}')\ndef read():\n    pass\n\n\n@app.put('/xyzs/{id}')\ndef change():\n    pass\n",
        "line 1: there is no route for GET /xyzs/5; your app has GET /xyz/{id}.",
    ),
    "space": ("@app.get('/x/5 ')\ndef read():\n    pass\n", 'your app has GET "/x/5 ", with a space.'),
    "flask": ("@app.get('/x/<id>')\ndef read():\n    pass\n", "your app has GET /x/<id>."),
}


@pytest.mark.parametrize(("text", "sentence"), MORE_APPS.values(), ids=MORE_APPS)
def test_route_that_is_declared_and_not_there(tmp_path, text, sentence):
    """A route that is in the file but not in the app is named, with the reason."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/main.py").write_text(text)
    path = "/xyzs/5" if "xyzs" in text else "/x/5" if "/x" in text else "/"

    found = advise(Answer(404, Headers(), NO_ROUTE.encode(), Exchange("GET", path)), tmp_path, "")

    assert sentence in found


@pytest.mark.parametrize(
    ("imported", "path", "sentence"),
    [
        (
            "from app.routers import books",
            "/books",
            "line 4: there is no route for GET /books; your app has GET /books/books.",
        ),
        (
            "from app.routers import books",
            "/books/7",
            "line 9: there is no route for GET /books/7; your app has GET /books/books/{book_id}.",
        ),
        ("from app import store", "/books/books", "GET /books/books is on a router that app/main.py does not include"),
        ("from app.routers import books", "/books/books", None),
        ("from app.routers import *", "/books/books", None),
        ("from app.routers import (  # all of them\n    authors,\n    books,\n)", "/books/books", None),
        ("from app.routers import authors, \\\n    books", "/books/books", None),
        (
            "from app import (\n    store,\n)\nbooks = store",
            "/books/books",
            "GET /books/books is on a router that app/main.py does not include",
        ),
    ],
)
def test_router_in_a_file_of_its_own(tmp_path, imported, path, sentence):
    """A prefix that is in a path twice is named, and a router whose module no file imports; another one is not denied."""
    (tmp_path / "app/routers").mkdir(parents=True)
    (tmp_path / "app/main.py").write_text(f"{imported}\napp.include_router(books.router)\n")
    (tmp_path / "app/routers/books.py").write_text(
        f"router = APIRouter(prefix='/books')\n\n\n@router.get('/books')\n{ENDPOINT}"
        f"\n\n@router.get('/books/{{book_id}}')\n{ENDPOINT}"
    )

    found = advise(Answer(404, Headers(), NO_ROUTE.encode(), Exchange("GET", path)), tmp_path, "")

    assert found is None if sentence is None else sentence in found


@pytest.fixture
def library(tmp_path):
    """Return the advice about a 404 of an app with two routers, of which main.py has these lines."""

    def ask(path, main, books, branches=""):
        (tmp_path / "app/routers").mkdir(parents=True)
        (tmp_path / "app/main.py").write_text(f'"""The library: books and branches."""\n\n{main}\n')
        for name, text in (("books", books), ("branches", branches)):
            (tmp_path / f"app/routers/{name}.py").write_text(text)
        return advise(Answer(404, Headers(), NO_ROUTE.encode(), Exchange("GET", path)), tmp_path, "")

    return ask


BOOKS = f"router = APIRouter(prefix='/books')\n\n\n@router.get('')\n{ENDPOINT}"


@pytest.mark.parametrize(
    ("main", "sentence"),
    [
        (
            "from app.routers import books, highlights\n# books\napp.include_router(highlights.router)",
            "books is imported, but its router is not included: app.include_router(books.router).",
        ),
        (
            "import app.routers.books\napp.include_router(highlights.router)",
            "app.routers.books is imported, but its router is not included: app.include_router(app.routers.books.router).",
        ),
        (
            "from app.routers.books import router as ours\napp.include_router(highlights.router)",
            "ours is imported, but it is not included: app.include_router(ours).",
        ),
    ],
)
def test_router_that_is_imported_and_not_included(library, main, sentence):
    """A router whose name follows only in comments and texts is not included, however it is imported."""
    assert library("/books", main, BOOKS) == f"app/main.py, line 3: {sentence}"


@pytest.mark.parametrize(
    "main",
    [
        "from app.routers.books import router as ours\napp.include_router(ours)",
        "import app.routers.books\napp.include_router(app.routers.books.router)",
        "from app.routers import books\nfor one in (books,):\n    app.include_router(one.router)",
    ],
)
def test_router_that_is_included_is_not_blamed(library, main):
    """A router whose name is used after its import may have responded with 404 itself."""
    assert library("/books", main, BOOKS) is None


STUB = "router = APIRouter()\n\n\n@router.get('/{code}')\ndef read(code):\n    raise NotImplementedError('TODO 3')\n"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (STUB, "app/routers/books.py, line 4: there is no route for GET /books; your app has GET /books/books."),
        (STUB.replace("raise NotImplementedError('TODO 3')", "return {}"), "your app has GET /books/books."),
    ],
)
def test_router_that_is_not_included_is_not_blamed_for_other_paths(library, body, sentence):
    """A route that would match any path is not the cause if another one is meant."""
    main = "from app.routers import books\napp.include_router(books.router)"

    assert sentence in library("/books", main, BOOKS.replace("get('')", "get('/books')"), body)


def test_stub_that_is_not_included_is_no_cause(library):
    """A stub that is not included and would match any path says nothing about a path that is not there."""
    found = library("/towns", "from app.routers import books\napp.include_router(books.router)", BOOKS, STUB)

    assert found == "There is no route for GET /towns."


FORM = "application/x-www-form-urlencoded"
PHOTO = b'--x\r\nContent-Disposition: form-data; name="name"; filename="a.png"\r\n\r\nabc\r\n--x--\r\n'


@pytest.mark.parametrize(
    ("kind", "content", "sentence"),
    [
        (FORM, b"name=x", "line 21: name is expected in the query, but was sent in a form: `Form()` is missing, as in"),
        ("multipart/form-data; boundary=x", PHOTO, "as a file: write `name: UploadFile`."),
    ],
)
def test_field_of_a_form_that_is_read_from_the_query(tmp_path, kind, content, sentence):
    """A field needs Form, and a file UploadFile."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/main.py").write_text(APP)
    exchange = Exchange("POST", "/orders", {"Content-Type": kind}, content)

    found = advise(Answer(422, Headers(), (MISSING % "name").encode(), exchange), tmp_path, "")

    assert sentence in found


MEMBER = """from fastapi import Depends, Header


def current_member({parameter}):
    return find(x_badge)


@app.get("/me")
def read_me(member: dict = Depends(current_member)):
    return {body}
"""


@pytest.fixture
def asked(tmp_path):
    """Return the advice about a 401 of an app whose member is known by a header."""

    def ask(parameter, body="member", expected=200):
        (tmp_path / "app").mkdir()
        (tmp_path / "app/main.py").write_text(MEMBER.format(parameter=parameter, body=body))
        exchange = Exchange("GET", "/me", {"X-Badge": "ada-17"})
        message = f"GET /me returned 401, expected {expected}."
        return advise(Answer(401, Headers(), b'{"detail":"no"}', exchange), tmp_path, "", message)

    return ask


@pytest.mark.parametrize(
    "parameter", ["x_badge: str | None = None", "x_badge", "a=1,\n    x_badge: Optional[str] = None"]
)
def test_header_that_is_read_from_the_query(asked, parameter):
    """An argument with the name of a header that was sent needs Header."""
    line = 5 if "\n" in parameter else 4

    assert asked(parameter).startswith(
        f"app/main.py, line {line}: x_badge is read from the query: `Header()` is missing"
    )


@pytest.mark.parametrize("parameter", ["x_badge: Annotated[str | None, Header()] = None", "x_badge: Badge", "y: str"])
def test_header_that_is_read_as_a_header(asked, parameter):
    """An argument that has Header, or a type that may have it, is not blamed; nor is another argument."""
    assert asked(parameter) is None


def test_rejection_that_is_expected_is_no_mistake_of_the_header(asked):
    """A wrong code for a request that has to be rejected has nothing to do with Header."""
    assert asked("x_badge: str = ''", expected=403) is None


def test_dependency_that_the_endpoint_calls(asked):
    """A function whose arguments come from the request is not called by hand."""
    found = asked("x_badge: str | None = Header(None)", "current_member()  # TODO")

    assert found.startswith("app/main.py, line 10: current_member() is called here with nothing from the request: let")


def test_router_in_a_package(tmp_path):
    """A router in `__init__.py` is imported by its package's name."""
    (tmp_path / "app/api").mkdir(parents=True)
    (tmp_path / "app/main.py").write_text("from app.api import router\napp.include_router(router)\n")
    (tmp_path / "app/api/__init__.py").write_text(
        f"router = APIRouter()\n\n\n@router.get('/books/{{number}}')\n{ENDPOINT}"
    )

    answer = Answer(404, Headers(), NO_ROUTE.encode(), Exchange("GET", "/books/7"))

    assert advise(answer, tmp_path, "") is None


def test_status_code_after_the_value(told):
    """A code in a tuple after the value is Flask's way."""
    found = told("GET", "/items/1", 200, '[{"detail":"x"},404]', code='return {"detail": "x"}, 404')

    assert found.startswith("app/main.py, line 8: `return value, 404` sends a two-item list")


def test_route_above_catches_the_request(told):
    """A parameter that matches another route's word is named with both lines."""
    body = '{"detail":[{"type":"int_parsing","loc":["path","item_id"],"msg":"m","input":"cheapest"}]}'

    assert told("GET", "/items/cheapest", 422, body) == (
        "app/main.py, line 6: GET /items/{item_id} is above GET /items/cheapest (line 11) and matches /items/cheapest first."
    )


def test_two_names_of_one_parameter(told):
    """A path parameter of another name than the function's turns into a query parameter."""
    found = told("GET", "/items/1", 422, MISSING % "number", app=APP.replace("(item_id: int)", "(number: int)"))

    assert "the path has {item_id}, the function number" in found


@pytest.mark.parametrize("parameters", ["item_id: int, name: str", "\n    item_id: int,\n    name: str,\n"])
def test_parameter_next_to_that_of_the_path(told, parameters):
    """A further parameter is not taken for another name of the one in the path."""
    app = APP.replace("item_id: int", parameters)

    assert told("GET", "/items/1", 422, MISSING % "name", app=app) is None
    found = told("GET", "/items/1", 422, MISSING % "name", app=app, content=b'{"name": "Lamp"}')
    assert "name is expected in the query, but was sent in the body" in found


def test_parameter_that_needs_its_type(told):
    """FastAPI passes a response, a request and background tasks only to a parameter of that type."""
    app = APP.replace("(item_id: int)", "(item_id: int, response)")

    found = told("GET", "/items/1", 422, MISSING % "response", app=app)

    assert found == (
        "app/main.py, line 7: response has no type, so it is expected in the query: write `response: Response`."
    )


def test_body_that_is_read_from_the_query(told):
    """A plain parameter is read from the query, not from the body."""
    found = told("POST", "/orders", 422, MISSING % "name", content=b'{"name": "Ada"}')

    assert "line 21: name is expected in the query, but was sent in the body" in found


def test_parameter_that_was_not_sent(told):
    """A parameter that is neither in the query nor in the body is not said to be in the body."""
    assert told("POST", "/orders", 422, MISSING % "name", content=b"{}") is None


def test_raise_above_the_return(told):
    """The stub's raise that was left above the student's lines is named."""
    assert told("POST", "/orders", 501, '{"detail":"TODO 5: create"}') == (
        "app/main.py, line 22 still raises NotImplementedError: line 23 is never reached."
    )


def test_endpoint_below_its_stub(told):
    """An endpoint that was written below the stub instead of in its place is named with both lines."""
    app = APP.replace("    return name\n", '\n\n@app.post("/orders")\ndef order(name: str):\n    return name\n')

    assert told("POST", "/orders", 501, '{"detail":"TODO 5: create"}', app=app) == (
        "app/main.py, line 20: this stub is above your POST /orders (line 25) and matches first: delete it."
    )


def test_helper_is_no_endpoint_without_a_decorator(told):
    """A function that others call is not said to lack a decorator, and a path that differs by a letter is named."""
    helper = APP.replace("return 1\n\n\n@app.post", "return 1\n\n\ndef item_or_404():\n    return 1\n\n\n@app.post")
    called = helper.replace("    return name", "    return item_or_404()")

    assert "your app has GET /items/{item_id}" in told("GET", "/itemss/1", 404, NO_ROUTE, app=helper)
    assert told("GET", "/item/old/1", 404, NO_ROUTE, app=called) == "There is no route for GET /item/old/1."
    assert "item_or_404() has no decorator" in told("GET", "/item/old/1", 404, NO_ROUTE, app=helper)


def test_print_next_to_a_return(told):
    """A print for debugging is not blamed where a value was returned that is None."""
    assert told("GET", "/items/1", 200, "null", code="print(item_id)\n    return item_id", printed="1\n") is None


def test_stub_that_was_not_touched_has_no_advice(told):
    """A raise with nothing below it is a task that is not written yet."""
    assert told("GET", "/items/1", 501, '{"detail":"TODO 3"}', code='raise NotImplementedError("TODO 3")') is None


@pytest.mark.parametrize(
    ("body", "code", "sentence"),
    [
        ('[{"id":1}]', 'return {"id": 1},', "the comma at the end makes this a tuple"),
        ('["id","x"]', 'return {"id", "x"}', "braces without colons make a set"),
        ('[{"id":1}]', 'return [{"id": 1}]', None),
    ],
)
def test_tuple_and_set(told, body, code, sentence):
    """A list that was not meant is traced to its comma or braces."""
    found = told("GET", "/items/1", 200, body, code=code)

    assert found is None if sentence is None else sentence in found


@pytest.mark.parametrize("body", ["[" * 100_000, "\x00", "{" * 30_000, ""])
def test_hostile_body(told, body):
    """A response that is not JSON, or is too large, has no advice."""
    assert told("GET", "/items/1", 200, body) is None


def test_exception_returned_with_204(advice):
    """A 204 shows nothing of the HTTPException that was returned."""
    text = (
        '@app.delete("/items/{item_id}", status_code=204)\ndef delete(item_id: int):\n    return HTTPException(404)\n'
    )

    found = advice(text, "DELETE /items/1", 204, "", message="DELETE /items/1 returned 204, expected 404.")

    assert found == "app/main.py, line 3: HTTPException is returned here: it must be raised (raise HTTPException...)."


def test_two_models_in_a_signature(advice):
    """FastAPI expects the names of both models in the body."""
    text = '@app.put("/items")\ndef replace(item: ItemIn, changes: ItemPatch):\n    return 1\n'
    body = json.dumps({"detail": [{"type": "missing", "loc": ["body", name]} for name in ("item", "changes")]})

    found = advice(text, "PUT /items", 422, body, message="PUT /items returned 422, expected 200.")

    assert found.startswith("app/main.py, line 2: item and changes are two models")


@pytest.mark.parametrize(
    ("line", "is_named"),
    [
        ('found = [one for one in found if tag in one["tags"]]', True),
        ('found = [one for one in found if all(tag in one["tags"] for tag in tags)]', False),
        ('found = [one for one in found if set(tag) <= set(one["tags"])]', False),
    ],
)
def test_list_that_is_looked_for_in_a_list(advice, line, is_named):
    """A list of parameters is none of the tags."""
    text = f'@app.get("/items")\ndef read(tag: Annotated[list[str], Query()] = []):\n    {line}\n'
    if "for tag" in line:
        text = text.replace("tag:", "tags:")

    found = advice(text, "GET /items", 200, "[]", message="The list is empty, expected 10 items.")

    assert (found is not None and "line 3: tag is a list here" in found) is is_named
