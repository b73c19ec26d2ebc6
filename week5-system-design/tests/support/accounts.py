"""Callers: accounts, and tokens that are not valid."""

import time

import pytest
from classroom import expect, matching

from .videos import Videos

a_bearer = matching(lambda value: value.split()[0].lower().strip(",") == "bearer", "Bearer")  # perhaps with a realm
NO_TOKEN = "no token"


class Accounts(Videos):
    """Requests that must be accepted or rejected depending on who sends them."""

    def knock(self, method, path, headers):
        """Send a request only to see whether its caller is accepted: a later task's TODO in the response is fine here."""
        sent = {"json": self.new()} if method == "POST" else {}
        return self.system.client.request(method, path, headers=headers, **sent)

    def let_through(self, method, path, headers):
        """Check that a request is not rejected because of its caller."""
        answer = self.knock(method, path, headers)
        self._written(answer, method, path, headers)
        if headers:
            why = f"A valid token was rejected with {answer.status}. It is signed with HS256 and AUTH_SECRET, and has not expired."
        else:
            why = f"{answer.exchange} without a token returned {answer.status}: reading needs no token."
        expect.that(answer.status not in (401, 403), why, answer)

    def _written(self, answer, method, path, headers):
        """Check that the response is not task 2's TODO; if part of the task is written, say what that part does."""
        if not self._todo(answer):
            return
        stranger = self.knock(method, path, {}) if headers else answer
        if self._todo(stranger):
            expect.that(False, "TODO 2 is not written yet.", answer)
        good = "as expected" if stranger.status == 401 else "expected 401"
        sentence = f"{stranger.exchange} without a token returned {stranger.status}, {good}. With a valid token it still reaches TODO 2."
        expect.that(False, sentence, answer)

    @staticmethod
    def forbidden(what, answer):
        """Check that a request from an account that does not own the video was rejected with 403."""
        sentence = f"{what} by another account returned {answer.status}, expected 403: only its owner may do that."
        expect.that(answer.status == 403, sentence, answer)

    @staticmethod
    def _todo(answer):
        return answer.status == 501 and "TODO 2" in answer.text

    def stopped(self, what, answer):
        """Check that a request was rejected because of its caller.

        Args:
            what: what the request came with, a key of `forged`.
            answer: the response.
        """
        sentence = "TODO 2 is not written yet." if self._todo(answer) else self._let_in(what, answer)
        expect.that(answer.status == 401, sentence, answer)
        missing = f"The 401 response to {answer.exchange} has no WWW-Authenticate: Bearer header."
        expect.that("www-authenticate" in answer.headers, missing, answer)
        expect(answer).header("www-authenticate", a_bearer)

    @staticmethod
    def _let_in(what, answer):
        """Return the failure message for a request that was not rejected with 401."""
        rejected = 400 <= answer.status < 600 and answer.status not in (404, 409, 422, 501)
        if what == NO_TOKEN:
            return f"{answer.exchange} without a token returned {answer.status}, expected 401."
        if rejected:
            return f"{answer.exchange} with {what} returned {answer.status}, expected 401."
        return f"{what[0].upper()}{what[1:]} was accepted: {answer.exchange} returned {answer.status}, expected 401."

    def rejects(self, forged, send):
        """Check that `send(headers)` is rejected with each of these tokens, just as a create request is.

        A token that the create lets through has cost task 2 its points already.
        """
        for what, headers in forged.items():
            create = self.any.post("/videos", json=self.new(), headers=headers)
            if create.status != 401:
                continue
            answer = send(headers)
            expect.that(answer.status == 401, self._let_in(what, answer), answer)
            if "www-authenticate" in create.headers:
                expect(answer).header("www-authenticate", a_bearer)


@pytest.fixture
def forged(system):
    """A function that returns headers with invalid credentials, keyed by what is wrong with them."""
    secret = system.auth_secret

    def headers(name):
        good = system.token(name)
        head, body, signature = good.split(".")
        of_another = system.token(name + "x").split(".")[1]
        flipped = ("A" if signature[9] != "A" else "B").join((signature[:9], signature[10:]))
        texts = {
            NO_TOKEN: None,
            "a word": "Bearer nobody",
            "half a token": f"Bearer {head}.{body}",
            "a valid token under the scheme Basic": f"Basic {good}",
            "a token with a changed signature": f"Bearer {head}.{body}.{flipped}",
            "a token whose account was changed": f"Bearer {head}.{of_another}.{signature}",
            "an expired token": f"Bearer {system.token(name, exp=int(time.time()) - 400)}",
            "a token signed with another secret": f"Bearer {system.token(name, secret=secret[::-1] + 'x')}",
            "a token without exp": f"Bearer {system.token(name, exp=None)}",
            "an unsigned token": f"Bearer {system.token(name, secret='', algorithm='none')}",
            "a token signed with HS512": f"Bearer {system.token(name, algorithm='HS512')}",
            "a token signed with HS384": f"Bearer {system.token(name, algorithm='HS384')}",
        }
        return {what: {"Authorization": text} if text else {} for what, text in texts.items()}

    return headers
