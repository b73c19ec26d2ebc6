"""`classroom serve`: whether there is a site, where it listens, and what people type."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from classroom.cli.instructor.serve import _serve_site, _site
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
        ("8080", "", "--listen needs HOST:PORT"),
        ("127.0.0.1:0", "", "--listen needs HOST:PORT"),
        ("[:::]:8080", "", "--listen needs HOST:PORT"),
        ("0.0.0.0:8080", "", "Which address should students type?"),
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
    with (
        pytest.raises(CouldNotCheck, match="is not installed: type make setup"),
        _serve_site(Mock(), Mock(), "127.0.0.1:8080"),
    ):
        pass


def options(**chosen):
    """The options of `serve` that decide about the site."""
    return SimpleNamespace(**{"listen": None, "once": False, "url": "", "database": "", "new_link": False} | chosen)


def test_pushes_are_graded_without_a_site_that_nobody_asked_for(monkeypatch, capsys):
    """If the site cannot be served where it usually is, that is said, and `serve` goes on."""
    monkeypatch.setitem(sys.modules, "classroom.instructor.site.serving", None)

    with _site(options(), Mock()):
        told = capsys.readouterr().out

    assert told.startswith("There is no site: The package classroom.instructor.site.serving is not installed")
    assert "Students can push to paths and over ssh." in told


@pytest.mark.parametrize("asked", [{"listen": "127.0.0.1:8080"}, {"url": "http://class"}, {"new_link": True}], ids=str)
def test_site_that_was_asked_for_is_not_left_out(monkeypatch, asked):
    """If one of its options was given, a site that cannot be served is an error."""
    monkeypatch.setitem(sys.modules, "classroom.instructor.site.serving", None)
    with pytest.raises(CouldNotCheck), _site(options(**asked), Mock()):
        pass


@pytest.mark.parametrize("chosen", [{"listen": "none"}, {"once": True}], ids=str)
def test_no_site_is_served_without_a_word_where_none_is_wanted(monkeypatch, capsys, chosen):
    """`--listen none` and `--once` serve no site."""
    monkeypatch.setattr("classroom.cli.instructor.serve._serve_site", Mock(side_effect=AssertionError))
    with _site(options(**chosen), Mock()):
        pass

    assert capsys.readouterr() == ("", "")
