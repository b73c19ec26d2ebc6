"""The usual way to grade: pytest imports the student's module, and its exit status is the grade."""

from app.main import app
from fastapi.testclient import TestClient

client = TestClient(app)


def test_hello():
    """A greeting."""
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.json() == {"message": "hello"}


def test_double():
    """Twice the number."""
    answer = client.get("/double/123")
    assert answer.status_code == 200
    assert answer.json() == {"double": 246}


def test_backwards():
    """The word backwards."""
    answer = client.get("/backwards/stone")
    assert answer.status_code == 200
    assert answer.json() == {"backwards": "enots"}
