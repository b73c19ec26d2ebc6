"""Task 2: who is calling, with more kinds of invalid tokens."""

from classroom import task

BROKEN = (
    "half a token",
    "a valid token under the scheme Basic",
    "a token with a changed signature",
    "a token whose account was changed",
)


@task(2)
def test_every_kind_of_broken_token_is_401(site, forged):
    """POST /videos returns 401 for an incomplete or changed token, and for a scheme other than Bearer."""
    for who in (site.owner, site.other):
        site.let_through("POST", "/videos", site.system.bearer(who))
        for what in BROKEN:
            site.stopped(what, site.knock("POST", "/videos", forged(who)[what]))


@task(2)
def test_a_token_of_another_algorithm_is_401(site, forged):
    """POST /videos returns 401 for a token signed with an algorithm other than HS256."""
    site.let_through("POST", "/videos", site.system.bearer(site.other))

    for what in ("a token signed with HS512", "a token signed with HS384"):
        site.stopped(what, site.knock("POST", "/videos", forged(site.other)[what]))
