"""Task 2: who is calling, with every kind of bad token."""

from classroom import task


@task(2)
def test_every_kind_of_bad_token_is_401(site, forged):
    """POST /videos returns 401 for a token that is broken, changed, expired, without `exp`, or signed in any other way."""
    site.let_through("POST", "/videos", site.system.bearer(site.other))

    for who in (site.owner, site.other):
        for what, headers in forged(who).items():
            site.stopped(what, site.knock("POST", "/videos", headers))
            site.let_through("POST", "/videos", site.system.bearer(who))
