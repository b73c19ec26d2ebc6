"""Backups: everything of a classroom in one file, and a classroom from such a file."""
