"""An app as a submission, and what it prints for an error."""

import pytest
from classroom.apps.exchange import Answer, Exchange, Headers
from classroom.checks.causes.response_advice import advise


def printed(error, source="x = 1", line=2):
    """Return what an app prints for an error in its second line."""
    return f'Traceback (your own lines):\n  File "app/main.py", line {line}, in read\n    {source}\n{error}\n'


@pytest.fixture
def submission(tmp_path):
    """Write app/main.py and return its folder."""

    def write(text="", **files):
        (tmp_path / "app").mkdir(exist_ok=True)
        (tmp_path / "app/main.py").write_text(text)
        for name, content in files.items():
            (tmp_path / f"app/{name}.py").write_text(content)
        return tmp_path

    return write


@pytest.fixture
def advice(submission):
    """Return the advice about the response of an app: a body as text, and the request's method, path and fields."""

    def ask(text, request, status, body, *, message="", printed="", files=None, **fields):
        folder = submission(text, **(files or {}))
        answer = Answer(status, Headers(), body.encode(), Exchange(*request.split(), **fields))
        return advise(answer, folder, printed, message)

    return ask
