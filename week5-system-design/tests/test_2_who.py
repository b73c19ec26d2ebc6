"""Task 2: who is calling."""

from classroom import task


@task(2)
def test_without_a_token_a_create_is_401(site, forged):
    """POST /videos accepts a valid token; without one, it returns 401 with a `WWW-Authenticate: Bearer` header."""
    for who in (site.owner, site.other):
        site.let_through("POST", "/videos", site.system.bearer(who))

    for what in ("no token", "a word"):
        site.stopped(what, site.knock("POST", "/videos", forged(site.owner)[what]))


@task(2)
def test_an_expired_token_is_401(site, forged):
    """POST /videos accepts a token until it expires and then returns 401."""
    site.let_through("POST", "/videos", site.system.bearer(site.owner))

    site.stopped("an expired token", site.knock("POST", "/videos", forged(site.owner)["an expired token"]))


@task(2)
def test_a_token_without_exp_is_401(site, forged):
    """POST /videos returns 401 for a token without `exp`, which would be valid forever."""
    site.let_through("POST", "/videos", site.system.bearer(site.owner))

    site.stopped("a token without exp", site.knock("POST", "/videos", forged(site.owner)["a token without exp"]))


@task(2)
def test_a_forged_token_is_401(site, forged):
    """POST /videos returns 401 for a token that is signed with a different secret or not signed at all."""
    site.let_through("POST", "/videos", site.system.bearer(site.owner))

    for what in ("a token signed with another secret", "an unsigned token"):
        site.stopped(what, site.knock("POST", "/videos", forged(site.owner)[what]))


@task(2)
def test_reads_are_open(site):
    """GET /videos and GET /videos/{id} need no token; POST /videos does."""
    site.stopped("no token", site.knock("POST", "/videos", {}))

    site.let_through("GET", "/videos", {})
    site.let_through("GET", f"/videos/{site.new_id()}", {})
