"""Task 2: who is calling."""

from classroom import task

OUTLINE = (
    "no token",
    "a word",
    "an expired one",
    "one without exp",
    "one signed with another secret",
    "one without a signature",
)


@task(2)
def test_a_bad_token_is_401(site, forged):
    """POST /videos lets a caller with a good token through; without one it returns 401 with `WWW-Authenticate: Bearer`."""
    for who in (site.owner, site.other):
        site.let_through("POST", "/videos", site.system.bearer(who))

    for what, headers in forged(site.owner).items():
        if what in OUTLINE:
            site.stopped(what, site.knock("POST", "/videos", headers))


@task(2)
def test_a_token_without_exp_is_401(site):
    """POST /videos rejects a token without `exp` with 401; with an `exp` in the future it lets the caller through."""
    site.let_through("POST", "/videos", site.system.bearer(site.owner))

    answer = site.knock("POST", "/videos", site.system.bearer(site.owner, exp=None))
    site.stopped("a token without exp", answer)


@task(2)
def test_reads_are_open(site):
    """GET /videos and GET /videos/{id} need no token, while POST /videos does."""
    site.stopped("no token", site.knock("POST", "/videos", {}))

    site.let_through("GET", "/videos", {})
    site.let_through("GET", f"/videos/{site.new_id()}", {})
