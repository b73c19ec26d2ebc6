"""A body that is not text: the file to send in its place, and the lines that make this file."""

from __future__ import annotations

from typing import NamedTuple

from classroom.checks.by_hand.multipart import FOLDER, made_of

ANY_FILE = "README.md"
SHORT = 50  # bytes, without zeros at the end, that a command can show
HALF = 1000  # bytes of an image of the student's own, for one of which the end is missing


class Image(NamedTuple):
    """A format of images.

    Attributes:
        start: the first bytes of such a file.
        end: bytes that are near the end of a complete one.
    """

    suffix: str
    start: bytes
    end: bytes


IMAGES = (Image("png", b"\x89PNG\r\n\x1a\n", b"IEND"), Image("jpg", b"\xff\xd8\xff", b"\xff\xd9"))
NEAR_END = 12  # bytes


def body_file(content: bytes, size: int) -> tuple[str, list[str]]:
    """Return the path of a file, and the lines that make it: any file, or an image in place of an image.

    Args:
        content: the body.
        size: how many bytes to send if only its beginning matters.
    """
    image = next((image for image in IMAGES if content.startswith(image.start)), None)
    if image is None:
        return ANY_FILE, []
    start = content.rstrip(b"\0")
    if len(start) <= SHORT:
        path = f"{FOLDER}/upload.{image.suffix}"
        return path, [made_of(start, size, path)]
    whole, half = f"image.{image.suffix}", f"half.{image.suffix}"
    if image.end in content[-NEAR_END:]:
        return whole, []
    return half, [f"head -c {HALF} {whole} > {half}"]
