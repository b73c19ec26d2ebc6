"""Exactly what runs next to a student's code. This folder is the trust boundary: it needs the standard library only."""
