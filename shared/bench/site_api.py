"""schemathesis asks the API of a served class for what its description allows, and for what it does not.

python shared/bench/site_api.py [--examples N]

It asks as the instructor, as a student, and as nobody. A 500, a status, a type or a body that the description does not
name is a failure.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from served_class import ServedClass

if TYPE_CHECKING:
    from web_client import Browser

NAMES = ["ada", "bob", "cem"]
# A cursor is a text for which the description cannot say which one is right.
LEFT_OUT = "positive_data_acceptance"
CASES = re.compile(r"(\d+) generated")
TOKEN = re.compile(r'id="token"><code>([\w-]+)<')
SHOWN_CHARACTERS = 4000


def main() -> int:
    """Print what was asked; the exit status is 0 when nothing failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=int, default=30, metavar="N", help="for each operation (30)")
    examples = parser.parse_args().examples
    with tempfile.TemporaryDirectory(prefix="classroom-api-") as folder:
        Path(folder).chmod(0o755)
        served = ServedClass(Path(folder), NAMES, "none")
        served.open()
        served.start()
        try:
            while b"/sign-in/" not in served.log.read_bytes():  # printed a moment after the address
                time.sleep(0.05)
            tokens = asyncio.run(tokens_of(served))
            found = {role: ask(served.url, token, examples) for role, token in tokens.items()}
        finally:
            served.stop()
    cases = sum(number for number, _ in found.values())
    failed = [role for role, (_, passed) in found.items() if not passed]
    print(
        f"{cases} requests as {', '.join(found)}: " + (f"failures as {', '.join(failed)}" if failed else "no failures")
    )
    return 1 if failed else 0


async def tokens_of(served: ServedClass) -> dict[str, str]:
    """Return a token of each role; a student has joined and accepted the week."""
    instructor = await served.sign_in()
    code = re.search(r'class="code">([A-Z0-9]+)<', (await instructor.look("/class/")).text)
    assert code is not None
    await served.join(code[1], "ada")
    owners = {"instructor": instructor, "student": served.browsers["ada"]}
    return {role: await token_of(browser) for role, browser in owners.items()} | {"nobody": ""}


async def token_of(browser: Browser) -> str:
    """Return a new token for the person who has signed in."""
    await browser.look("/tokens/")
    found = TOKEN.search((await browser.submit("/tokens/", name="schemathesis")).text)
    assert found is not None
    return found[1]


def ask(url: str, token: str, examples: int) -> tuple[int, bool]:
    """Return how many requests schemathesis has sent, and whether each response was as described."""
    program = Path(sys.executable).with_name("schemathesis")
    header = ["--header", f"Authorization: Bearer {token}"] if token else []
    done = subprocess.run(
        [program, "run", f"{url}/api/openapi.json", "--url", f"{url}/api", "--checks", "all", "--exclude-checks", LEFT_OUT,
         "--max-examples", str(examples), "--no-color", *header],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    number = CASES.search(done.stdout)
    if done.returncode:
        print(done.stdout[-SHOWN_CHARACTERS:], done.stderr[-SHOWN_CHARACTERS:])
    return int(number[1]) if number else 0, done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
