"""Signing in with a school's account: the way there and back, every reply that is not valid, and who is let in."""

from __future__ import annotations

import re
import time
from types import SimpleNamespace
from unittest.mock import Mock

import httpx
import pytest
from classroom.core.errors import UsageError
from classroom.instructor.roster import read_roster
from classroom.instructor.site import people, tokens
from classroom.instructor.site.models import ASSISTANT, INSTRUCTOR, LINK, SESSION, Person
from classroom.instructor.site.school.provider import KNOWN_SECONDS
from classroom.instructor.site.school.school import School, Trips
from classroom.instructor.site.school.settings import SchoolSettings, school_settings
from openid_stand_in import Provider
from sqlalchemy import select

ROSTER = "identifier,github_username,name,email\n1,ada,Ada Lovelace,Ada@School.example\n2,bob,Bob Builder,\n"


@pytest.fixture(scope="module")
def running():
    """The school's provider."""
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture(autouse=True)
def certificates(tmp_path, monkeypatch):
    """No certificates: the provider here has no encryption, and each client would read all of them first."""
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))


@pytest.fixture
def provider(running):
    """The provider as at its start, and with its one client."""
    keys = running.key, running.other_key
    running.wrong, running.metadata, running.userinfo, running.status = {}, {}, None, None
    running.signed, running.codes = "RS256", {}
    running.person = {"sub": "1", "email": "ada@school.example", "email_verified": True, "name": "Ada Lovelace"}
    yield running
    running.key, running.other_key = keys


@pytest.fixture
def settings(provider):
    """The settings of the classroom, as a file would have them."""
    return SchoolSettings(provider.issuer, provider.client_id, provider.secret, "Example School")


@pytest.fixture
def school(context, room, settings):
    """A function that has the classroom use a school with other settings, and returns it."""
    (room.folder / "roster.csv").write_text(ROSTER)

    def use(**more):
        context.school = School(SchoolSettings(**{**vars(settings), **more}))
        return context.school

    use()
    return use


def leave(browser):
    """Follow the button to the provider, sign in there, and return the address that it sends the browser to."""
    there = browser.get("/oidc/sign-in", follow_redirects=False)
    assert there.status_code == 303, there.text
    return httpx.get(there.headers["location"]).headers["location"]


def come_back(browser):
    """Sign in at the provider in a fresh browser, and return the page that it sees at the end."""
    browser.cookies.clear()
    return browser.get(leave(browser))


def said(response):
    """Return the status and the sentence of a page."""
    return response.status_code, " ".join(re.sub("<[^>]+>", " ", response.text.partition("<main")[2]).split())


def test_student_of_the_roster_signs_in(context, school, anonymous):
    """The button leads to the school and back to the weeks; the email address is compared in any letter case."""
    page = anonymous.get("/").text
    assert 'href="/oidc/sign-in">Sign in with Example School' in page
    response = come_back(anonymous)

    assert (response.status_code, response.url.path) == (200, "/weeks/")
    assert "Ada Lovelace" in response.text
    with context.begin() as db:
        assert people.students(db)["ada"].joined is not None
        assert people.log(db)[0].what == "joined as ada with the school's account"
    assert come_back(anonymous).url.path == "/weeks/"
    with context.begin() as db:
        assert [act.what for act in people.log(db)] == ["joined as ada with the school's account"]


def test_personal_links_go_on_working(context, school, anonymous):
    """The school's account is one more way to sign in, and the personal link stays one."""
    come_back(anonymous)
    with context.begin() as db:
        secret = tokens.issue(db, people.students(db)["ada"], LINK)
    anonymous.look(f"/sign-in/{secret}")

    assert anonymous.submit(f"/sign-in/{secret}").url.path == "/weeks/"


HOUR = 3600


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "another"},
        {"aud": ["another"], "azp": "classroom"},
        {"aud": ["classroom", "another"], "azp": "another"},
        {"aud": None},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"exp": -HOUR},
        {"exp": None},
        {"nbf": HOUR},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
        {"at_hash": "another"},
    ],
    ids=str,
)
def test_token_that_is_not_for_this_sign_in_is_refused(school, provider, anonymous, wrong):
    """A wrong audience, issuer, time or nonce signs nobody in, and the page says no detail of it."""
    now = int(time.time())
    provider.wrong = {name: now + value if isinstance(value, int) else value for name, value in wrong.items()}
    status, text = said(come_back(anonymous))

    assert (status, "reply from Example School could not be verified" in text) == (400, True)
    assert anonymous.get("/weeks/").status_code == 401


@pytest.mark.parametrize("signed", ["another key", "HS256", "none", "missing"])
@pytest.mark.parametrize("offered", [["RS256"], ["RS256", "HS256", "none"]], ids=["RS256", "all"])
def test_token_without_the_provider_s_signature_is_refused(school, provider, anonymous, signed, offered):
    """Only a signature with the published key counts, even if the provider claims to offer weaker ones."""
    provider.signed, provider.metadata = signed, {"id_token_signing_alg_values_supported": offered}

    assert said(come_back(anonymous))[0] == 400
    assert anonymous.get("/weeks/").status_code == 401


def test_replay_is_refused(school, provider, anonymous, browser_of):
    """An address of return works once, in the browser that left, with the state and the code that belong to it."""
    first, second = leave(anonymous), leave(anonymous)
    stranger = browser_of()
    stranger.get("/")
    for browser, back in (
        (stranger, first),
        (anonymous, first.replace("state=", "state=x")),
        (anonymous, "/oidc/callback"),
        (anonymous, "/oidc/callback?code=a%00b&state=%ED%A0%80"),
    ):
        assert said(browser.get(back))[0] == 400
    mixed = re.sub("code=[^&]+", "code=unknown", second)
    assert "could not be verified" in said(anonymous.get(mixed))[1]
    assert anonymous.get(first).url.path == "/weeks/"
    status, text = said(anonymous.get(first))
    assert (status, "no longer valid" in text) == (400, True)


def test_forged_pkce_verifier_is_refused(context, school, provider, anonymous):
    """A code that someone else has begun to ask for cannot be exchanged in this browser."""
    back = leave(anonymous)
    (key, (at, begun)), *_ = context.school.trips._begun.items()
    context.school.trips._begun[key] = at, type(begun)(begun.url, begun.state, begun.nonce, "x" * 48)

    assert said(anonymous.get(back))[0] == 400


def test_slow_sign_in_has_to_begin_again():
    """After ten minutes a return no longer counts, and the oldest are forgotten if too many are on the way."""
    clock = Mock(return_value=0.0)
    trips, begun = Trips(clock), SimpleNamespace(state="s")
    trips.begin("browser", begun)
    clock.return_value = 601.0
    assert trips.end("browser", "s") is None
    trips.begin("browser", begun)
    assert trips.end("browser", "s") is begun


def test_refusal_of_the_school_is_told(school, anonymous):
    """A person who changes their mind at the school comes back with an error, whose text stays text."""
    back = leave(anonymous)
    status, text = said(anonymous.get(re.sub("code=[^&]+", "error=<b>denied", back)))

    assert (status, "did not sign you in (&lt;b&gt;denied)" in text) == (403, True)


@pytest.mark.parametrize("verified", [False, None, "false", 0])
def test_unverified_email_is_refused(school, provider, anonymous, verified):
    """An email address that anyone may have typed is nobody's."""
    provider.person["email_verified"] = verified
    status, text = said(come_back(anonymous))

    assert (status, "has not verified the email address ada@school.example" in text) == (403, True)


@pytest.mark.parametrize("email", ["eve@school.example", "bob builder", "", None, "x" * 300, "a\u202eb@school.example"])
def test_nobody_outside_of_the_roster_signs_in(context, school, provider, anonymous, email):
    """Without a row of the roster there is no person, and none is made."""
    provider.person["email"], provider.userinfo = email, {"sub": "1"}
    status, _ = said(come_back(anonymous))

    assert (status, anonymous.get("/weeks/").status_code) == (403, 401)
    with context.begin() as db:
        assert people.students(db) == {}


def test_two_rows_with_one_address_sign_in_nobody(room, school, anonymous):
    """An address that could be two students' is refused instead of guessed."""
    (room.folder / "roster.csv").write_text(
        "identifier,username,name,email\nada@school.example,a,A,\n2,b,B,ada@school.example\n"
    )

    assert "Several students on the roster have ada@school.example" in said(come_back(anonymous))[1]


def test_claim_that_the_instructor_names(school, provider, anonymous):
    """Another claim is compared with usernames and identifiers; what the token lacks is asked of userinfo."""
    school(claim="upn")
    provider.userinfo = {"sub": "1", "upn": "BOB"}
    assert "Bob Builder" in come_back(anonymous).text

    provider.userinfo = {"sub": "another", "upn": "ada"}
    assert said(come_back(anonymous))[0] == 400
    provider.userinfo = {"sub": "1", "upn": ["ada"]}
    assert "its reply has no upn" in said(come_back(anonymous))[1]


def test_listed_instructor_signs_in_under_the_own_name(context, school, provider, browser_of):
    """Instructors of the settings have the instructor's pages, with their name in the log, until they are not listed."""
    school(instructors=frozenset({"grace@school.example"}))
    provider.person |= {"email": "Grace@school.example", "name": "Grace Hopper"}
    grace = browser_of()
    assert come_back(grace).url.path == "/class/"
    assert "Grace Hopper" in grace.get("/class/").text

    with context.begin() as db:
        link = tokens.issue(db, people.instructor(db), LINK)
        people.revoke_unlisted(db, INSTRUCTOR, {"grace@school.example"})
    assert grace.get("/class/").status_code == 200
    with context.begin() as db:
        people.revoke_unlisted(db, INSTRUCTOR, ())
        assert tokens.owner(db, LINK, link).username == "instructor"
        person = people.find(db, INSTRUCTOR, "grace@school.example")
        assert [token.kind for token in tokens.valid(db, person) if token.kind == SESSION] == []
    assert grace.get("/class/").status_code == 401


def test_listed_assistant_signs_in_with_an_assistant_s_rights(context, school, provider, browser_of, graded):
    """Assistants of the settings see the class and comment under their name, and may not do what is an instructor's."""
    graded("ada")
    school(assistants=frozenset({"tom@school.example"}))
    provider.person |= {"email": "Tom@School.example", "name": "Tom Sawyer"}
    tom = browser_of()
    assert come_back(tom).url.path == "/class/"
    tom.look("/class/students/ada/weeks/week1-tiny/")
    tom.submit("/class/students/ada/weeks/week1-tiny/comments", text="Well done.")

    assert [tom.get(path).status_code for path in ("/class/log", "/class/assistants/", "/weeks/")] == [403] * 3
    assert tom.submit("/class/students/ada/adjust", week="week1-tiny", kind="excuse").status_code == 403
    with context.begin() as db:
        assert people.log(db)[0].by == "Tom Sawyer"


def test_assistant_who_is_not_listed_anymore_has_no_access(
    context, school, provider, instructor, assistant, browser_of
):
    """Their sessions end at the next start; an assistant who signs in with a link keeps it."""
    school(assistants=frozenset({"tom@school.example"}))
    provider.person |= {"email": "tom@school.example", "name": "Tom Sawyer"}
    tom = browser_of()
    come_back(tom)
    page = instructor.look("/class/assistants/").text
    assert re.search(r"Tom Sawyer</th>\s*<td>signed in on \S+ [^<]* with the school&#39;s account", page)
    assert (page.count("New link"), page.count("Assistants listed in <code>oidc.toml</code>")) == (1, 1)
    with context.begin() as db:
        people.revoke_unlisted(db, ASSISTANT, {"tom@school.example"})
    assert tom.get("/class/").status_code == 200

    with context.begin() as db:
        people.revoke_unlisted(db, ASSISTANT, ())
        told = people.log(db)[0].what
    assert told == "revoked the access of the assistant Tom Sawyer (school:tom@school.example)"
    assert [browser.get("/class/").status_code for browser in (tom, assistant)] == [401, 200]


@pytest.mark.parametrize(("entry", "role"), [("instructors", "instructor"), ("assistants", "assistant")])
def test_subject_names_an_account(context, school, provider, anonymous, entry, role):
    """An entry `sub:` is the account itself, in its letter case, also without a verified address."""
    school(**{entry: frozenset({"sub:aB1"})})
    provider.person = {"sub": "aB1", "email": "tom@school.example", "email_verified": False}
    assert come_back(anonymous).url.path == "/class/"
    anonymous.cookies.clear()

    provider.person["sub"] = "AB1"
    assert said(come_back(anonymous))[0] == 403
    with context.begin() as db:
        known = db.scalars(select(Person))
        assert [person.role for person in known if people.has_school_account(person)] == [role]


def test_log_says_the_subject_of_an_account_that_was_not_let_in(school, provider, anonymous, caplog):
    """An instructor finds what to list in the log, where control characters have no effect."""
    caplog.set_level("INFO", "classroom.instructor.site.school")
    provider.person = {"sub": "aB\x1b1"}
    provider.userinfo = {"sub": "aB\x1b1"}
    come_back(anonymous)

    assert caplog.messages[-1].startswith("A school's account was not let in: sub:aB")
    assert "\x1b" not in caplog.messages[-1]


def test_student_s_account_is_never_one_of_the_staff_s(context, school, provider, browser_of):
    """Only the entry itself counts: not the name, an unverified address, or a claim that is written like a subject."""
    school(
        instructors=frozenset({"sub:7", "grace@school.example"}), assistants=frozenset({"sub:8", "tom@school.example"})
    )
    provider.person |= {"name": "Tom Sawyer"}
    ada = browser_of()
    assert come_back(ada).url.path == "/weeks/"
    assert ada.get("/class/").status_code == 403
    for address in ("tom@school.example", "grace@school.example"):
        provider.person |= {"email": address, "email_verified": False}
        assert said(come_back(browser_of()))[0] == 403

    for claim in ("sub:7", "SUB:8", "sub:8"):
        school(claim="upn", instructors=frozenset({"sub:7"}), assistants=frozenset({"sub:8"}))
        provider.person["upn"] = claim
        assert said(come_back(browser_of()))[0] == 403


def test_instructor_comes_before_assistant_before_student(school, provider, browser_of):
    """An account that is listed twice, or is a student's as well, has the most rights that it was given."""
    both = frozenset({"ada@school.example"})
    school(assistants=both)
    ada = browser_of()
    come_back(ada)
    assert [ada.get(path).status_code for path in ("/class/", "/class/log")] == [200, 403]

    school(assistants=both, instructors=both)
    ada = browser_of()
    come_back(ada)
    assert ada.get("/class/log").status_code == 200


def test_admitted_student_is_added_to_the_roster(room, school, provider, browser_of):
    """Where the instructor wants it, a student who is not listed gets a row, once, and no name that may be another's."""
    school(admit=True)
    provider.person |= {"email": "zoe@school.example", "name": "Zoe Young"}
    for _ in range(2):
        assert come_back(browser_of()).url.path == "/weeks/"
    rows = [(each.username, each.name, each.email) for each in read_roster(room.folder / "roster.csv")]
    assert rows[2:] == [("Zoe-Young", "Zoe Young", "zoe@school.example")]

    provider.person |= {"email": "bob@school.example", "name": "Bob Builder"}
    assert "already a student with this name" in said(come_back(browser_of()))[1]
    provider.person |= {"email": "=cmd@school.example", "name": "=1+1"}
    assert said(come_back(browser_of()))[0] == 403
    provider.person["email"] = "cmd@school.example"
    come_back(browser_of())
    assert [each.name for each in read_roster(room.folder / "roster.csv")][3:] == ["cmd"]


def test_provider_that_is_down_does_not_stop_the_site(school, provider, anonymous, code):
    """While the school does not respond, its button says so, and everything else works."""
    back = leave(anonymous)
    provider.status = 503
    assert "Nobody can sign in with Example School at the moment" in school().why_unavailable()
    for path in ("/oidc/sign-in", back):
        status, text = said(anonymous.get(path))
        assert status in (400, 503)
        assert "is not responding at the moment" in text or "no longer valid" in text
    assert anonymous.get(f"/join/{code}").status_code == 200
    provider.status = None
    assert come_back(anonymous).url.path == "/weeks/"

    gone = Provider()
    gone.close()
    assert "does not respond" in school(issuer=gone.issuer).why_unavailable()
    assert said(anonymous.get("/sign-out", follow_redirects=False))[0] == 405
    anonymous.cookies.clear()
    assert said(anonymous.get("/oidc/sign-in"))[0] == 503


def test_provider_that_goes_down_on_the_way_is_told(school, provider, anonymous):
    """Whoever comes back while the school is down is told to try again later."""
    back = leave(anonymous)
    provider.status = 500

    assert "is not responding at the moment" in said(anonymous.get(back))[1]


def test_new_keys_of_the_provider_are_read(context, school, provider, anonymous):
    """A provider that signs with another key is understood again at once if it names it, else at the next sign-in."""
    assert come_back(anonymous).url.path == "/weeks/"
    provider.key = provider.other_key
    assert said(come_back(anonymous))[0] == 400
    assert come_back(anonymous).url.path == "/weeks/"
    assert provider.asked.count("openid-configuration") > 0
    asked = len([name for name in provider.asked if name == "openid-configuration"])
    context.school.provider._read_at -= KNOWN_SECONDS + 1
    come_back(anonymous)
    assert len([name for name in provider.asked if name == "openid-configuration"]) == asked + 1


@pytest.mark.parametrize(
    ("metadata", "told"),
    [
        ({"issuer": "https://other.example"}, 'calls itself https://other.example: write issuer = "https://other.'),
        ({"token_endpoint": "http://other.example/token"}, "has no usable token_endpoint"),
        ({"jwks_uri": None}, "has no usable jwks_uri"),
        ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, "no signature algorithm that is accepted here"),
    ],
)
def test_wrong_provider_is_told_at_the_start(school, provider, metadata, told):
    """What can never work is one sentence at the start, and not a page for each student."""
    provider.metadata = metadata
    with pytest.raises(UsageError, match=re.escape(told)):
        school().why_unavailable()


def test_address_that_is_no_provider_is_told_at_the_start(school, provider):
    """An issuer with a typing error responds with 404 or a page, and is named."""
    with pytest.raises(UsageError, match="is not the configuration of an OpenID Connect provider: check issuer"):
        school(issuer=provider.issuer.replace("realms/", "realm/") + "?").why_unavailable()


class TestSettings:
    GOOD = 'issuer = "https://login.school.example"\nclient_id = "classroom"\n'

    @pytest.fixture
    def folder(self, tmp_path):
        """A classroom's folder with a secret."""
        folder = tmp_path / "my room"
        (folder / ".classroom").mkdir(parents=True)
        (folder / ".classroom/oidc-secret").write_text("the secret\n")
        (folder / ".classroom/oidc-secret").chmod(0o600)
        return folder

    def test_file_is_read(self, folder):
        """The file has the settings, and the secret is in one of its own."""
        more = 'name = "X"\nclaim = "upn"\nadmit = true\ninstructors = ["Grace@X"]\nassistants = ["Tom@X", "Sub: aB1", ""]\n'
        (folder / "oidc.toml").write_text(self.GOOD + more)

        assert school_settings(folder, {}) == SchoolSettings(
            "https://login.school.example", "classroom", "the secret", "X", "upn",
            frozenset({"grace@x"}), frozenset({"tom@x", "sub:aB1"}), admit=True,
        )  # fmt: skip

    def test_environment_comes_first_or_alone(self, folder):
        """Variables replace entries, and need no file."""
        variables = {"ISSUER": "https://id.example", "CLIENT_ID": "c", "CLIENT_SECRET": "s", "INSTRUCTORS": "A@x, b@x"}
        variables |= {"ADMIT": "true", "ASSISTANTS": "Tom@x,sub:B"}
        found = school_settings(folder, {f"CLASSROOM_OIDC_{name}": value for name, value in variables.items()})

        assert (found.issuer, found.secret, found.admit) == ("https://id.example", "s", True)
        assert (found.instructors, found.assistants) == ({"a@x", "b@x"}, {"tom@x", "sub:B"})
        assert school_settings(folder, {}) is None

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("issuer = ", "oidc.toml cannot be read: Invalid value"),
            ('client_id = "c"', "oidc.toml: issuer is missing; write it like issuer ="),
            ('issuer = "https://x.example"', "client_id is missing"),
            ('issuer = "http://x.example"\nclient_id = "c"', "issuer must be an https address"),
            ('issuer = "https://[x"\nclient_id = "c"', "issuer must be an https address"),
            (GOOD + 'client_secret = "s"', "has the unknown entry client_secret (known: issuer,"),
            (GOOD + "admit = 1", "admit must be true or false"),
            (GOOD + 'instructors = "grace@x"', "instructors must be a list such as"),
            (GOOD + "assistants = [3]", 'assistants must be a list such as ["grace@school.example"]'),
            (GOOD + 'assistants = ["sub:"]', "assistants cannot list sub:: give an email address or sub:SUBJECT"),
            (GOOD + 'instructors = ["Instructor"]', "instructors cannot list instructor: give an email"),
            (GOOD + "claim = 3", "claim must be text in quotes"),
            (GOOD + 'secret_file = "nowhere"', "nowhere is missing: put the client secret"),
            (GOOD + 'secret_file = ".classroom"', ".classroom cannot be read: Is a directory"),
        ],
    )
    def test_mistake_is_one_sentence(self, folder, text, told):
        """Every mistake names the file and says what to write."""
        (folder / "oidc.toml").write_text(text)
        with pytest.raises(UsageError) as error:
            school_settings(folder, {})

        assert told in str(error.value)
        assert "\n" not in str(error.value)

    def test_secret_that_others_can_read_is_refused(self, folder):
        """A secret is private, has one line, and says how to make it so."""
        (folder / "oidc.toml").write_text(self.GOOD)
        path = folder / ".classroom/oidc-secret"
        path.chmod(0o640)
        with pytest.raises(UsageError, match=r"Other accounts can read the client secret in .*: type chmod 600"):
            school_settings(folder, {})
        path.chmod(0o600)
        for text in ("", "\n", "a\nb", "x" * 5000):
            path.write_text(text)
            with pytest.raises(UsageError, match="must contain the client secret"):
                school_settings(folder, {})

    def test_wrong_settings_stop_the_start(self, room, classroom):
        """`serve` says in one sentence what is wrong, and does not go on without a site."""
        (room.folder / "oidc.toml").write_text('client_id = "c"')
        done = classroom("serve", room.folder, "--sandbox", "none")

        assert (done.status, "issuer is missing" in done.err) == (2, True)
