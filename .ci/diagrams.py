"""Draw new Mermaid diagrams of the lessons as SVG, and delete those no longer used.

It needs npm and a browser. The drawings are committed, so only a change to a diagram needs it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from classroom.web.diagrams import FOLDER, blocks, file_name

ROOT = Path(__file__).resolve().parents[1]
MERMAID = "@mermaid-js/mermaid-cli@11"
BROWSERS = ("chromium", "google-chrome", "chromium-browser")
LOOK = {"theme": "base", "htmlLabels": False, "fontFamily": "system-ui, sans-serif", "flowchart": {"htmlLabels": False}}
SECONDS = 600


def main() -> int:
    """Bring the drawings of all weeks and extras up to date, and print what was done; `--all` draws each one again."""
    wanted = {}
    removed = 0
    for readme in sorted([*ROOT.glob("week*/README.md"), *ROOT.glob("week*/extra/*/README.md")]):
        folder = readme.parent / FOLDER
        here = {folder / file_name(block): block for block in blocks(readme.read_text(encoding="utf-8"))}
        wanted |= here
        for path in set(folder.glob("*.svg")) - set(here):
            path.unlink()
            removed += 1
    missing = {path: block for path, block in wanted.items() if not path.is_file() or "--all" in sys.argv}
    if missing and (problem := _draw(missing)):
        print(problem, file=sys.stderr)
        return 2
    print(f"{len(wanted)} diagrams: {len(missing)} drawn, {removed} deleted.")
    return 0


def _draw(missing: dict[Path, str]) -> str | None:
    """Draw blocks into files; return what is missing on this machine, or None."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not shutil.which("npx") or not browser:
        return "Diagrams are drawn with npm and a browser. On Debian: apt install npm chromium"
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        (room / "look.json").write_text(json.dumps(LOOK))
        root = os.geteuid() == 0
        start = {"executablePath": browser, "args": ["--no-sandbox"] if root else []}
        (room / "browser.json").write_text(json.dumps(start))
        page = "\n".join(f"```mermaid\n{block}```\n" for block in missing.values())
        (room / "all.md").write_text(page, encoding="utf-8")
        words = ["npx", "--yes", MERMAID, "--puppeteerConfigFile", "browser.json", "--configFile", "look.json"]
        words += ["--cssFile", str(ROOT / ".ci" / "diagrams.css"), "--backgroundColor", "transparent"]
        words += ["--input", "all.md", "--output", "drawn.md"]
        # The browser that puppeteer would download is not needed.
        around = os.environ | {"PUPPETEER_SKIP_DOWNLOAD": "1"}
        done = subprocess.run(words, cwd=room, env=around, timeout=SECONDS, check=False)
        if done.returncode:
            return "Mermaid could not draw them: see the lines above."
        for number, path in enumerate(missing, 1):
            path.parent.mkdir(exist_ok=True)
            shutil.copyfile(room / f"drawn-{number}.svg", path)
    return None


if __name__ == "__main__":
    sys.exit(main())
