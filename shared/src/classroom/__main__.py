"""`python -m classroom`: the same as the command `classroom`."""

import sys

from classroom.cli.main import main

sys.exit(main())
