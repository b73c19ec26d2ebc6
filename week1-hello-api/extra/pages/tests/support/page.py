"""Reads a page as a browser does, and says what is different from what was expected."""

import re
from html.parser import HTMLParser

import pytest
from classroom import expect

OK = 200
LONGEST, DEEPEST = 200_000, 200  # characters of a page, and elements that are open at once
WITHOUT_END = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
ELEMENT = re.compile(r"<(\w+)>(.*?)</\1>")


class Page(HTMLParser):
    """The elements of a page, each with its attributes and its text, as a browser understands them."""

    def __init__(self, answer):
        super().__init__(convert_charrefs=True)
        self.answer = answer
        self.elements = []  # (tag, attributes, pieces of text)
        self._open = []
        expect.that(len(answer.text) <= LONGEST, f"The page is longer than {LONGEST} characters.", answer)
        self.feed(answer.text)
        self.close()

    def handle_starttag(self, tag, attrs):
        element = (tag, dict(attrs), [])
        self.elements.append(element)
        if tag not in WITHOUT_END:
            self._open.append(element)
            sentence = f"In the page, more than {DEEPEST} elements are inside each other: is each one closed?"
            expect.that(len(self._open) <= DEEPEST, sentence, self.answer)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), []))

    def handle_endtag(self, tag):
        names = [name for name, _, _ in self._open]
        if tag in names:
            del self._open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data):
        for _, _, text in self._open:
            text.append(data)

    def texts(self, tag):
        """Return the text of each element with this tag."""
        return [squeezed("".join(text)) for name, _, text in self.elements if name == tag]

    def links(self):
        """Return the address and the text of each link to an exhibit's page."""
        anchors = [
            (found.get("href") or "", squeezed("".join(text))) for name, found, text in self.elements if name == "a"
        ]
        return [(href, text) for href, text in anchors if href.rstrip("/").split("/")[-1].isdecimal()]

    def images(self):
        """Return the attributes of each image."""
        return [attributes for name, attributes, _ in self.elements if name == "img"]

    def has(self, tag, text, what):
        """Expect an element with this tag and this text."""
        found = self.texts(tag)
        shown = ", ".join(repr(each) for each in found) or f"no <{tag}> at all"
        sentence = f"The page does not show {what} as <{tag}>: expected {text!r}, found {shown}."
        expect.that(squeezed(text) in found, sentence, self.answer)

    def contains(self, text, what):
        """Expect this text in the body of the page, in any element."""
        body = " ".join(self.texts("body") or self.texts("html"))
        expect.that(text in body, f"The page does not contain {what}, {text}.", self.answer)

    def has_no_element_of(self, story):
        """Expect that no HTML in a story has become an element of the page."""
        for tag, text in ELEMENT.findall(story):
            sentence = f"The page contains a <{tag}> that a visitor wrote: was the story escaped?"
            expect.that(squeezed(text) not in self.texts(tag), sentence, self.answer)


def squeezed(text):
    """Return a string with each run of spaces and line breaks turned into one space, as a browser shows it."""
    return " ".join(text.split())


@pytest.fixture
def page_at():
    """Request a page, and check that it is HTML."""

    def read(client, path, **headers):
        answer = client.get(path, headers=headers)
        expect(answer).status(OK)
        is_type(answer, "text/html")
        return Page(answer)

    return read


@pytest.fixture
def has_type():
    """Check the type of a response, in its Content-Type header."""
    return is_type


def is_type(answer, *kinds):
    """Expect one of these types in the Content-Type header."""
    found = (answer.headers.get("content-type") or "").split(";")[0].strip().lower()
    wanted = " or ".join(kinds)
    sentence = (
        f"The Content-Type is {found}, expected {wanted}." if found else f"There is no Content-Type, expected {wanted}."
    )
    expect.that(found in kinds, sentence, answer)
