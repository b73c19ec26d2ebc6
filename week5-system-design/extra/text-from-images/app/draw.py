"""Draws an image with a line of text, to try the app (provided): python -m app.draw "Green umbrella" image.png"""

import sys

from PIL import Image, ImageDraw, ImageFont

MARGIN = 24


def draw(text: str) -> Image.Image:
    """Return an image with a line of text, black on white."""
    font = ImageFont.load_default(size=32)
    _, _, right, bottom = font.getbbox(text)
    image = Image.new("L", (int(right) + 2 * MARGIN, int(bottom) + 2 * MARGIN), "white")
    ImageDraw.Draw(image).text((MARGIN, MARGIN), text, fill="black", font=font)
    return image


if __name__ == "__main__":
    draw(sys.argv[1]).save(sys.argv[2])
