"""The classroom for programs: the same as the pages show, as JSON."""
