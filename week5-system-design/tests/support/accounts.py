"""Who is let through: accounts, and tokens that are not theirs."""

import time

import pytest
from classroom import expect, matching

from .videos import Videos

a_bearer = matching(lambda value: value.split()[0].lower().strip(",") == "bearer", "Bearer")  # perhaps with a realm


class Accounts(Videos):
    """What a request is let through for, and what it is stopped for."""

    def knock(self, method, path, headers):
        """Send a request only to see who is let through: a later task's TODO in the response is fine here."""
        sent = {"json": self.new()} if method == "POST" else {}
        answer = self.system.client.request(method, path, headers=headers, **sent)
        expect.that(answer.status != 501 or "TODO 2" not in answer.text, "TODO 2 is still to be done.", answer)
        return answer

    def let_through(self, method, path, headers):
        """Check that a request is not rejected for who is calling."""
        answer = self.knock(method, path, headers)
        sentence = f"{method} {path} was rejected with {answer.status}, although nothing was wrong with who is calling."
        expect.that(answer.status not in (401, 403), sentence, answer)

    def stopped(self, what, answer):
        """Check that a request was rejected for who is calling."""
        sentence = f"{answer.exchange} with {what} returned {answer.status}, expected 401."
        expect.that(answer.status == 401, sentence, answer)
        expect(answer).header("www-authenticate", a_bearer)

    def rejects(self, forged, send):
        """Check that `send(headers)` is rejected with each of these tokens, as a create is.

        A token that the create lets through has cost task 2 its points already.
        """
        for what, headers in forged.items():
            create = self.any.post("/videos", json=self.new(), headers=headers)
            if create.status != 401:
                continue
            answer = send(headers)
            sentence = f"{answer.exchange.method} with {what} returned {answer.status}, expected 401."
            expect.that(answer.status == 401, sentence, answer)
            if "www-authenticate" in create.headers:
                expect(answer).header("www-authenticate", a_bearer)


@pytest.fixture
def forged(system):
    """A function that returns headers that look like a caller's but are not valid, by what is wrong with them."""
    secret = system.auth_secret

    def headers(name):
        good = system.token(name)
        head, body, signature = good.split(".")
        of_another = system.token(name + "x").split(".")[1]
        flipped = ("A" if signature[9] != "A" else "B").join((signature[:9], signature[10:]))
        texts = {
            "no token": None,
            "a word": "Bearer nobody",
            "half a token": f"Bearer {head}.{body}",
            "another scheme": f"Basic {good}",
            "a changed signature": f"Bearer {head}.{body}.{flipped}",
            "another account's name under this signature": f"Bearer {head}.{of_another}.{signature}",
            "an expired one": f"Bearer {system.token(name, exp=int(time.time()) - 400)}",
            "one signed with another secret": f"Bearer {system.token(name, secret=secret[::-1] + 'x')}",
            "one without exp": f"Bearer {system.token(name, exp=None)}",
            "one without a signature": f"Bearer {system.token(name, secret='', algorithm='none')}",
            "one of algorithm HS512": f"Bearer {system.token(name, algorithm='HS512')}",
            "one of algorithm HS384": f"Bearer {system.token(name, algorithm='HS384')}",
        }
        return {what: {"Authorization": text} if text else {} for what, text in texts.items()}

    return headers
