"""The command line: each command declared beside what it does."""
