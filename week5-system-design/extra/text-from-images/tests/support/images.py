"""Images that checks send: some with text, some without, some of which parts are missing."""

import io
import struct
import zlib

from classroom.checks.words import GOODS, QUALITIES
from PIL import Image, ImageDraw, ImageFont

MARGIN = 24


class Images:
    """Draws images; the words on them are the check's own."""

    def __init__(self, draw):
        self.draw = draw

    def words(self):
        """Return a line of text."""
        return f"{self.draw.one_of(QUALITIES)} {self.draw.one_of(GOODS)} {self.draw.randint(1000, 9999)}"

    def image(self, text, kind="PNG"):
        """Return an image with a line of text."""
        font = ImageFont.load_default(size=self.draw.one_of((32, 36)))
        _, _, right, bottom = font.getbbox(text)
        image = Image.new("L", (int(right) + 2 * MARGIN, int(bottom) + 2 * MARGIN), "white")
        ImageDraw.Draw(image).text((MARGIN, MARGIN), text, fill="black", font=font)
        return self.saved(image, kind)

    def saved(self, image, kind="PNG"):
        """Return the bytes of an image file."""
        file = io.BytesIO()
        image.save(file, kind)
        return file.getvalue()

    def blank(self, width=60, height=40, kind="PNG"):
        """Return an image without any text."""
        return self.saved(
            Image.new(
                "1" if kind == "PNG" else "L",
                (width, height),
                1 if kind == "PNG" else 255,
            ),
            kind,
        )

    def of_size(self, size):
        """Return the beginning of an image file, padded to this many bytes."""
        return self.head(60, 40).ljust(size, b"\0")

    def head(self, width, height):
        """Return the beginning of a PNG file that says how large it is, but has no pixels."""
        head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
        chunks = struct.pack(">I", 13) + head + struct.pack(">II", zlib.crc32(head), 1000) + b"IDAT"
        return b"\x89PNG\r\n\x1a\n" + chunks

    def cut(self, kind="PNG"):
        """Return an image whose second half is missing."""
        whole = self.image(self.words(), kind)
        return whole[: len(whole) // 2]
