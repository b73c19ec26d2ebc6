"""The command line: each command is declared next to its handler."""
