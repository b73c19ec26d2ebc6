"""Known mistakes of an app in which people sign in."""

import json

import pytest
from classroom.apps.exchange import Answer, Exchange, Headers
from classroom.checks.causes.response_advice import advise

SECURITY = """import jwt
from fastapi.security import OAuth2PasswordBearer

bearer = OAuth2PasswordBearer(tokenUrl="token")


def make_token(name):
    return jwt.encode({{"sub": name}}, settings.SECRET, algorithm="HS256")


def current_user(token: {token}):
    try:
        return find(jwt.decode(token, {decoding}))
    except jwt.InvalidTokenError:
        raise HTTPException(401)
"""
MAIN = """@app.post("/token")
def sign_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
    {check}


@app.get("/users/me")
def read_me(user: {user}):
    return user


@app.post("/recipes")
def create(new: NewRecipe, user: {user}):
    return user
"""
RIGHT = 'settings.SECRET, algorithms=["HS256"]'
BEARER, CURRENT = "Annotated[str, Depends(bearer)]", "Annotated[dict, Depends(current_user)]"


@pytest.fixture
def told(tmp_path):
    """Return the advice about a response of an app in which people sign in."""

    def ask(
        status=401,
        *places,
        path="GET /users/me",
        decoding=RIGHT,
        check="pass",
        token=BEARER,
        user=CURRENT,
        expected=200,
    ):
        (tmp_path / "app").mkdir()
        (tmp_path / "app/main.py").write_text(MAIN.format(check=check, user=user))
        (tmp_path / "app/security.py").write_text(SECURITY.format(token=token, decoding=decoding))
        details = [{"type": "missing", "loc": place} for place in places]
        answer = Answer(status, Headers(), json.dumps({"detail": details}).encode(), Exchange(*path.split()))
        return advise(answer, tmp_path, "", f"{path} returned {status}, expected {expected}.")

    return ask


@pytest.mark.parametrize(
    ("check", "line"),
    [
        ("if hasher.hash(form.password) != user['hash']: refuse()", 3),
        ("if user['hash'] != settings.PASSWORDS.hash(form.password): refuse()", 3),
        ("made = hasher.hash(form.password)\n    if user['hash'] and made != stored: refuse()", 4),
        ("made = hasher.hash(form.password)\n    return stored == made", 4),
    ],
)
def test_hashes_that_are_compared(told, check, line):
    """A password that is hashed again never matches, and has to be verified."""
    assert told(check=check, path="POST /token").startswith(
        f"app/main.py, line {line}: two hashes of the same password"
    )


@pytest.mark.parametrize(
    "check",
    ["if not hasher.verify(form.password, stored): refuse()", "made = hasher.hash(text)\n    if other == 1: pass"],
)
def test_password_that_is_verified(told, check):
    """A password that is verified is no mistake, nor is a hash that is not compared."""
    assert told(check=check, path="POST /token") is None


@pytest.mark.parametrize(
    ("decoding", "sentence"),
    [
        ('settings.SECRET, algorithm="HS256"', "decode() needs algorithms=[...], a list"),
        ("settings.SECRET", "decode() needs algorithms=[...], a list"),
        ('"secret", algorithms=["HS256"]', 'decode() uses "secret", but encode() signs with SECRET'),
        ('config.KEY, algorithms=["HS256"]', "decode() uses KEY, but encode() signs with SECRET"),
    ],
)
def test_token_that_is_decoded_differently(told, decoding, sentence):
    """A token that is rejected because of how it is decoded is explained, although the error was caught."""
    assert told(decoding=decoding).startswith(f"app/security.py, line 13: {sentence}")


@pytest.mark.parametrize("decoding", [RIGHT, 'SECRET, ["HS256"]', "SECRET, **OPTIONS"])
def test_token_that_is_decoded_rightly(told, decoding):
    """The same secret with a list of algorithms is no mistake."""
    assert told(decoding=decoding) is None


def test_rejection_that_is_expected(told):
    """A wrong code for a request that has to be rejected has nothing to do with the secret."""
    assert told(decoding="settings.SECRET", check="hash() == hasher.hash(x)", expected=403) is None


@pytest.mark.parametrize(
    ("places", "answers", "sentence"),
    [
        ([["query", "token"]], {"token": "str"}, "security.py, line 11: token is expected in the query: `Depends` is"),
        ([["query", "token"]], {"token": "str"}, "as in `token: Annotated[str, Depends(bearer)]`."),
        ([["body"]], {"user": "dict"}, "main.py, line 7: user is expected in the body: `Depends` is missing"),
        ([["body"]], {"user": "dict[str, Any]"}, "as in `user: Annotated[dict[str, Any], Depends(current_user)]`."),
        (
            [["body", "new"], ["body", "user"]],
            {"user": "dict", "path": "POST /recipes"},
            "main.py, line 12: user is expected in the body: `Depends` is missing",
        ),
    ],
)
def test_argument_without_depends(told, places, answers, sentence):
    """An argument that a dependency gives, and that FastAPI misses in the query or the body, needs Depends."""
    answers = {"path": "GET /users/me", **answers}
    if "user" not in answers:
        answers["user"] = CURRENT

    assert sentence in told(422, *places, **answers)


@pytest.mark.parametrize("places", [[["body", "title"]], [["path", "user"]], [[]], [["query"]]])
def test_value_that_no_dependency_gives(told, places):
    """A value that is missing from a request, and that no dependency would give, is no mistake of Depends."""
    assert "Depends" not in (told(422, *places) or "")


AUTH = """def current_account(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]):
    {above}
    return jwt.decode({token}, settings.{key}, algorithms=["HS256"], options={{"require": ["sub", "{claim}"]}})
"""
TOKEN = "def token(name, secret):\n    return jwt.encode({}, secret, algorithm='HS256')\n\n\nprint(token('a', settings.auth_secret))\n"
REJECTED = "A valid token was rejected with 401. It is signed with HS256."
BEARER_TOKEN = {"Authorization": "Bearer e30.eyJzdWIiOiAiYWRhIiwgImV4cCI6IDF9.c2ln"}  # sub and exp


@pytest.fixture
def decoded(advice):
    """Return the advice about a 401 of an app that decodes tokens like this."""

    def ask(token="credentials.credentials", key="auth_secret", claim="exp", above="pass"):
        text = AUTH.format(token=token, key=key, claim=claim, above=above)
        fields = {"message": REJECTED, "headers": BEARER_TOKEN, "files": {"token": "import jwt\n" + TOKEN}}
        return advice("import jwt\n" + text, "POST /videos", 401, "{}", **fields)

    return ask


def test_same_secret_under_a_parameter(decoded):
    """A secret that encode() has from a parameter is the one that its callers give."""
    assert decoded() is None


def test_other_secret_under_a_parameter(decoded):
    """Another secret than the one that the callers give is named."""
    assert "decode() uses storage_secret, but encode() signs with auth_secret" in decoded(key="storage_secret")


def test_credentials_that_are_decoded_whole(decoded):
    """The object of HTTPBearer is not the token."""
    assert decoded("credentials") == (
        "app/main.py, line 4: credentials is an object: the token that decode() needs is credentials.credentials."
    )


def test_token_under_the_name_of_the_credentials(decoded):
    """A variable that was changed before may be the token."""
    assert decoded("credentials", above="credentials = credentials.credentials") is None


def test_claim_that_the_token_lacks(decoded):
    """A required claim that is not in the request's token is named."""
    assert decoded(claim="iat") == (
        "app/main.py, line 4: decode() requires the claim `iat`, which this request's token does not have."
    )
