"""Whether the page of a class is accessible: classes of 0 to 500, wide and narrow, light and dark.

python shared/bench/page.py [--sizes 0,1,40,500]

axe-core looks at each page, and at the card of its first student.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests/unit/instructor/grading/test_page.py"
WIDTHS, SCHEMES = (390, 1440), ("light", "dark")


def main() -> int:
    """Run the accessibility test for every combination; the exit status is 0 when each has passed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="0,1,40,500", metavar="N,N", help="numbers of students")
    sizes = [int(size) for size in parser.parse_args().sizes.split(",")]
    cases = [f"{size} {width} {scheme}" for size, width, scheme in itertools.product(sizes, WIDTHS, SCHEMES)]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", TESTS, "-k", "accessible"]
    done = subprocess.run(
        command, env={**os.environ, "PAGES": ",".join(cases)}, check=False, capture_output=True, text=True
    )
    print(done.stdout, end="")
    passed = f" {len(cases)} passed" in f" {done.stdout.splitlines()[-1]}"
    print(
        f"axe-core found nothing serious in {len(cases)} views of classes of {min(sizes)} to {max(sizes)}"
        if passed
        else "see above"
    )
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
