"""Where the endpoints are: on a router, and at exactly the path that clients request."""

import ast
from urllib.parse import urlsplit

import pytest
from classroom import expect


def endpoints_of_apps(source):
    """Yield the path and line of each endpoint that is on an app created in this file, rather than on a router."""
    tree = ast.parse(source)
    apps = {
        target.id
        for made in ast.walk(tree)
        if isinstance(made, ast.Assign) and isinstance(made.value, ast.Call) and _name(made.value.func) == "FastAPI"
        for target in made.targets
        if isinstance(target, ast.Name)
    }
    for function in ast.walk(tree):
        for call in getattr(function, "decorator_list", []):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and _name(call.func.value) in apps:
                paths = [*call.args[:1], *(given.value for given in call.keywords if given.arg == "path")]
                yield from ((path.value, call.lineno) for path in paths if isinstance(path, ast.Constant))


def _name(part):
    return part.id if isinstance(part, ast.Name) else getattr(part, "attr", None)


@pytest.fixture
def expect_router(submission):
    """A function that checks that no path beginning with a given string is on the app itself."""

    def check(beginning):
        for path, line in endpoints_of_apps(submission.read("app/main.py")):
            sentence = f"app/main.py, line {line}: {path} is an endpoint of the app: move it to a router."
            expect.that(not str(path).startswith(beginning), sentence)

    return check


@pytest.fixture
def direct(client):
    """A function that sends a GET request, and checks that the response is not a redirect."""

    def get(path):
        answer = client.get(path, follow=False)
        to = urlsplit(answer.headers.get("location") or "").path
        sentence = f"GET {path} is redirected to {to}: that is the path of the endpoint, expected {path}."
        expect.that(answer.status not in (307, 308), sentence, answer)
        return answer

    return get
