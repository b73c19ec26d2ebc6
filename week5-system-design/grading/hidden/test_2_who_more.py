"""Task 2: who is calling, with more kinds of bad tokens."""

from classroom import task

BROKEN = (
    "half a token",
    "another scheme",
    "a changed signature",
    "another account's name under this signature",
)


@task(2)
def test_every_kind_of_broken_token_is_401(site, forged):
    """POST /videos returns 401 for a token that is incomplete or changed, and for another scheme."""
    for who in (site.owner, site.other):
        site.let_through("POST", "/videos", site.system.bearer(who))
        for what in BROKEN:
            site.stopped(what, site.knock("POST", "/videos", forged(who)[what]))


@task(2)
def test_a_token_of_another_algorithm_is_401(site, forged):
    """POST /videos returns 401 for a token that is signed with another algorithm than HS256."""
    site.let_through("POST", "/videos", site.system.bearer(site.other))

    for what in ("one of algorithm HS512", "one of algorithm HS384"):
        site.stopped(what, site.knock("POST", "/videos", forged(site.other)[what]))
