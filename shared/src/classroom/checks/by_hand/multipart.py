"""Forms with files: the parts of a multipart body, and the options of curl that send them."""

from __future__ import annotations

import re
import shlex
from email import message_from_string
from email.message import Message
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

FORM_DATA = "multipart/form-data"
MAX_PARTS = 10
MAX_TEXT = 200  # characters of a file that are shown in the command
FOLDER = "/tmp"  # noqa: S108 - where the student's shell makes a file
PLAIN = re.compile(r"[^\s\"\\;,@<][^\"\\;,]*")  # a value that curl takes as it is
STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff", b"GIF89a", b"%PDF-")  # of common formats
# What curl sends for a file with one of these endings, and for any other.
TYPES = {
    ".gif": "image/gif",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".htm": "text/html",
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".xml": "application/xml",
}
OTHER = "application/octet-stream"


class Part(NamedTuple):
    """One field of a form.

    Attributes:
        name: of the field.
        file: the name of the file; None if the field is not a file.
        kind: the type that the client claims.
        content: its bytes.
        size: how many bytes to send; more than `content` has, or fewer, if the student's own app has another limit.
    """

    name: str
    file: str | None
    kind: str
    content: bytes
    size: int

    @property
    def text(self) -> str | None:
        """The content, if it is short text that fits in a command."""
        try:
            text = self.content.decode("utf-8").removesuffix("\n")
        except ValueError:
            return None
        return text if text.isprintable() and len(text) <= MAX_TEXT else None

    @property
    def path(self) -> str:
        """Where the file is made."""
        name = re.sub(r"[^\w.-]", "", PurePosixPath(self.file or "").name).lstrip(".-")
        return f"{FOLDER}/{name or 'upload'}"

    def made(self) -> list[str]:
        """Return the line that makes a file with as many bytes and the same beginning, if the file is not short text."""
        if self.text is not None:
            return []
        start = next((start for start in STARTS if self.content.startswith(start)), b"")
        return [made_of(start, self.size, self.path)]

    def option(self) -> list[str]:
        """Return the option of curl that sends the part."""
        text = self.text
        if self.file is None and text is not None and not PLAIN.fullmatch(text):
            return ["--form-string", shlex.quote(f"{self.name}={text}")]
        value = f"@{self.path}" if text is None else _quoted(text)
        if self.file is not None:
            if text is not None or PurePosixPath(self.path).name != self.file:
                value += f";filename={_quoted(self.file)}"
            if self.kind != TYPES.get(PurePosixPath(self.file).suffix, OTHER):
                value += f";type={self.kind}"
        return ["-F", shlex.quote(f"{self.name}={value}")]


def made_of(start: bytes, size: int, path: str) -> str:
    """Return the line that makes a file of this size, with zeros after its beginning."""
    zeros = f"head -c {size - len(start)} /dev/zero"
    if not start:
        return f"{zeros} > {path}"
    parts = [f"printf '{_octal(start)}'", *([zeros] if size > len(start) else [])]
    return f"({'; '.join(parts)}) > {path}"


def parts_of(headers: Mapping[str, str], content: bytes | None) -> list[Part] | None:
    """Return the parts of a request's body, or None if it is not a well-formed form with parts."""
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    message = Message()
    message["Content-Type"] = kind
    boundary = message.get_boundary()
    if content is None or message.get_content_type() != FORM_DATA or not boundary:
        return None
    first, *pieces = (b"\r\n" + content).split(b"\r\n--" + boundary.encode())
    if first or not 1 < len(pieces) <= MAX_PARTS or not pieces.pop().startswith(b"--"):
        return None
    parts = [part for piece in pieces if (part := _part(piece))]
    return parts if len(parts) == len(pieces) else None


def _part(piece: bytes) -> Part | None:
    head, between, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    message = message_from_string(head.decode("utf-8", "replace"))
    name = message.get_param("name", header="content-disposition")
    if not between or not isinstance(name, str):
        return None
    return Part(name, message.get_filename(), message.get_content_type(), content, len(content))


def _quoted(value: str) -> str:
    """Return a value as curl reads it: in double quotes, if it has a character that would end it."""
    if PLAIN.fullmatch(value):
        return value
    return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'


def _octal(start: bytes) -> str:
    """Return bytes in the notation of `printf`."""
    return "".join(chr(byte) if chr(byte).isalnum() and byte < 128 else f"\\{byte:03o}" for byte in start)  # noqa: PLR2004 - ASCII
