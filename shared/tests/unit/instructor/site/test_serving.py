"""`classroom serve --listen`: where the site listens, and what people type."""

from __future__ import annotations

import sys
from unittest.mock import Mock

import pytest
from classroom.cli.instructor.serve import _serve_site
from classroom.core.errors import CouldNotCheck, UsageError
from classroom.instructor.site import serving
from classroom.instructor.site.serving import WebAddress


@pytest.mark.parametrize(
    ("listen", "url", "address"),
    [
        ("127.0.0.1:8080", "", "http://127.0.0.1:8080"),
        ("192.168.1.5:80", "", "http://192.168.1.5"),
        ("[::1]:8080", "", "http://[::1]:8080"),
        ("0.0.0.0:8080", "https://class.example:443/", "https://class.example"),
        ("0.0.0.0:8080", "https://Schüle.example", "https://xn--schle-mva.example"),
    ],
)
def test_address_is_that_of_the_browser(listen, url, address):
    """Browsers leave out the usual port in `Host`, and so does the address that it is compared with."""
    assert WebAddress(listen, url).url == address


@pytest.mark.parametrize(
    ("listen", "url", "told"),
    [
        ("8080", "", "--listen takes HOST:PORT"),
        ("127.0.0.1:0", "", "--listen takes HOST:PORT"),
        ("[:::]:8080", "", "--listen takes HOST:PORT"),
        ("0.0.0.0:8080", "", "Which address do students type?"),
        ("127.0.0.1:8080", "class.example", "--url takes"),
        ("127.0.0.1:8080", "https://class.example/x", "--url takes"),
        ("127.0.0.1:8080", "https://me@class.example", "--url takes"),
        ("127.0.0.1:8080", "https://class.example:99999", "--url takes"),
        ("127.0.0.1:8080", "http://[::1", "--url takes"),
        ("127.0.0.1:8080", 'https://class"example', "--url takes"),
    ],
)
def test_other_addresses_are_refused(listen, url, told):
    """An address that cannot be used is refused with an example."""
    with pytest.raises(UsageError, match=told):
        WebAddress(listen, url)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_many_pages_may_be_open():
    """A usual limit of open files is raised as far as the account may, because each open page takes some."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
    try:
        serving._allow_open_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(serving.OPEN_FILES, before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_missing_package_is_named(monkeypatch):
    """Without the instructor's packages the command says how to get them."""
    monkeypatch.setitem(sys.modules, "classroom.instructor.site.serving", None)
    with pytest.raises(CouldNotCheck, match="is not installed: type make setup"), _serve_site(Mock(), Mock()):
        pass
